"""Lets a model write: the most probable sequence of tokens for each source."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from dlcli.datasets.data import BEGIN, END, NO_LABEL, PADDING, UNKNOWN
from dlcli.datasets.texts.fields import By, unit
from dlcli.datasets.texts.tokens import filled_up, tokens_of
from dlcli.errors import UsageError
from dlcli.runs.run import Run
from dlcli.training.batches import EVALUATION_BATCH


def decode(model: keras.Model, sources: NDArray[np.int32], beam: int = 1) -> NDArray[np.int32]:
    """What a model writes for sources (N, S): tokens (N, T), -1 after the last, without the one that ends them.

    beam: how many beginnings of each sequence are kept at every step, those of the largest product of probabilities;
    with 1, the most probable token is taken each time (greedy). Padding, what is unknown and the beginning are never
    written; what has not ended after T tokens is taken as it is.
    Source: Sutskever et al. 2014, https://arxiv.org/abs/1409.3215, section 3.2.
    """
    per_batch = max(1, EVALUATION_BATCH // beam)
    S = sources.shape[1]
    steps = model.output_shape[1]
    given = tf.TensorSpec([per_batch * beam, S + steps], tf.float32)
    # The one concrete function of this model: TensorFlow would warn that functions of many models are made.
    run = tf.function(lambda x: model(x, training=False), autograph=False).get_concrete_function(given)
    written = []
    for start in range(0, len(sources), per_batch):
        part = sources[start : start + per_batch]
        filled = np.concatenate([part, np.zeros((per_batch - len(part), S), part.dtype)])
        written.append(_search(run, filled, steps, beam)[: len(part)])
    return np.concatenate(written) if written else np.empty((0, steps), np.int32)


def write_run(run: Run, model: keras.Model, text: str, beam: int) -> str:
    """What the kept model of a run writes for a text.

    Tokens that its vocabulary does not have are unknown to it, as in evaluation.
    Raises UsageError for a text that is empty or longer than it can read.
    """
    writes, dataset = run.info["writes"], run.experiment.dataset
    steps = int(writes["source_steps"])
    by: By = getattr(dataset, "by", "characters")
    tokens = tokens_of(text, by, lowercase=bool(getattr(dataset, "lowercase", False)))
    if not 0 < len(tokens) <= steps:
        raise UsageError(f"--prompt {text!r}: has {len(tokens)} {unit(by)}; this run reads 1 to {steps}")
    numbers = {token: number for number, token in enumerate(run.info["vocabulary"])}
    source = filled_up([np.array([numbers.get(token, UNKNOWN) for token in tokens], np.int32)], steps)
    written = decode(model, source, beam)[0]
    return str(writes["separator"]).join(run.info["target"][token] for token in written if token >= 0)


def beam_of(spec: object, members: Sequence[Run] = ()) -> int:
    """The `beam` of a model's spec; of an ensemble the widest of its members', which may be other runs' models."""
    parts = [*(getattr(spec, "parts", None) or (spec,)), *(run.experiment.model for run in members)]
    return max(int(getattr(part, "beam", 1)) for part in parts)


def beam_of_run(run: Run) -> int:
    """The same of a run; one that was made from other runs has it on record, for those may be gone."""
    return int(run.info.get("beam") or beam_of(run.experiment.model))


def _search(
    run: tf.types.experimental.ConcreteFunction, sources: NDArray[np.int32], T: int, k: int
) -> NDArray[np.int32]:
    """The first of the k most probable sequences for each source; (B, S) -> (B, T)."""
    B, S = sources.shape
    x = np.zeros((B, k, S + T), np.float32)
    x[:, :, :S] = sources[:, None]
    x[:, :, S] = BEGIN
    tokens = np.full((B, k, T), NO_LABEL, np.int32)
    # All beginnings are the same at first: only one of them may go on.
    nats = np.full((B, k), -np.inf)
    nats[:, 0] = 0.0
    ended = np.zeros((B, k), bool)
    for t in range(T):
        logits = run(tf.constant(x.reshape(B * k, S + T))).numpy()[:, t].astype(np.float64)
        V = logits.shape[-1]
        gained = _log_softmax(logits).reshape(B, k, V)
        # What has ended stays as it is.
        gained[ended] = -np.inf
        gained[ended, END] = 0.0
        total = (nats[:, :, None] + gained).reshape(B, k * V)
        best = np.argsort(-total, axis=1, kind="stable")[:, :k]
        nats = np.take_along_axis(total, best, axis=1)
        parent, token = best // V, best % V
        tokens = np.take_along_axis(tokens, parent[:, :, None], axis=1)
        x = np.take_along_axis(x, parent[:, :, None], axis=1)
        ended = np.take_along_axis(ended, parent, axis=1) | (token == END)
        tokens[:, :, t] = np.where(ended, NO_LABEL, token)
        if ended.all():
            break
        if t + 1 < T:
            x[:, :, S + t + 1] = np.where(ended, PADDING, token)
    return tokens[:, 0]


def _log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of tokens that may be written."""
    logits[:, [PADDING, UNKNOWN, BEGIN]] = -np.inf
    scaled = logits - logits.max(axis=-1, keepdims=True)
    result: NDArray[np.float64] = scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))
    return result
