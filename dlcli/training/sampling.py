"""Lets a model that predicts the next token go on with a text."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from dlcli.datasets.data import PADDING, UNKNOWN, NextToken
from dlcli.datasets.texts.fields import By
from dlcli.datasets.texts.tokens import joined, tokens_of
from dlcli.errors import UsageError
from dlcli.models.recurrent import Recurrent
from dlcli.runs.run import Run
from dlcli.spec import Experiment
from dlcli.training.carrying import carrying
from dlcli.training.decoding import beam_of_run, write_run
from dlcli.training.evaluate import kept_model
from dlcli.training.prepare import Prepared

TEMPERATURE = 0.8
LENGTH = 400


def sample_run(
    run: Run,
    prompt: str,
    *,
    temperature: float = TEMPERATURE,
    length: int = LENGTH,
    seed: int = 0,
    beam: int | None = None,
) -> str:
    """What a run's kept model goes on with after a prompt, the prompt included; or what it writes of it.

    beam: what it is written with, if not what the run's spec says.
    Raises UsageError where the run does not predict next tokens or has no model yet, and for a prompt that is empty or
    holds what its vocabulary does not have.
    """
    vocabulary, writes = run.info.get("vocabulary"), "writes" in run.info
    if vocabulary is None or not (writes or run.info["target"] == ["next token"]):
        raise UsageError(f"--prompt {prompt!r}: {run.path} does not predict the next token of texts")
    if not run.model_path.exists():
        raise UsageError(f"{run.path}: has no model; the run is {run.info['state']} and finished no epoch")
    if writes:
        return write_run(run, kept_model(run), prompt, beam or beam_of_run(run))
    return sample(kept_model(run), run.experiment, vocabulary, prompt, temperature, length, seed)


def first_sample(model: keras.Model, prepared: Prepared) -> str | None:
    """A text by a model whose training is over, from the first token of the training split on; None if it writes none.

    At most four windows long: of very short texts, no more can be asked.
    """
    data = prepared.data
    if not isinstance(data.target, NextToken) or data.vocabulary is None:
        return None
    first = int(data.train.x[np.array([0])][0, 0])
    length = min(LENGTH, 4 * data.train.x.shape[1])
    experiment = prepared.experiment
    return _continued(model, experiment, data.vocabulary, [first], TEMPERATURE, length, experiment.seed)


def sample(
    model: keras.Model, experiment: Experiment, vocabulary: Sequence[str], prompt: str, temperature: float, length: int,
    seed: int,
) -> str:  # fmt: skip
    """The prompt and `length` tokens after it, each drawn from what the model predicts.

    temperature: what logits are divided by: below 1, probable tokens become more probable; 0 takes the most probable.
    seed: the same one gives the same text. Padding and what is unknown are never drawn.
    """
    numbers = {token: number for number, token in enumerate(vocabulary)}
    given = _tokens(prompt, experiment)
    if not given:
        raise UsageError("--prompt: is empty; give at least one token to go on from")
    if unknown := unknown_tokens(prompt, experiment, vocabulary):
        said = ", ".join(map(repr, unknown))
        raise UsageError(f"--prompt {prompt!r}: the vocabulary of this run does not have {said}")
    return _continued(model, experiment, vocabulary, [numbers[token] for token in given], temperature, length, seed)


def unknown_tokens(prompt: str, experiment: Experiment, vocabulary: Sequence[str]) -> list[str]:
    """The tokens of a prompt that a vocabulary does not have, each once, in their order."""
    return [token for token in dict.fromkeys(_tokens(prompt, experiment)) if token not in set(vocabulary)]


def _tokens(prompt: str, experiment: Experiment) -> list[str]:
    lowercase = bool(getattr(experiment.dataset, "lowercase", False))
    return list(tokens_of(prompt, _by(experiment), lowercase=lowercase))


def _by(experiment: Experiment) -> By:
    """What a token is; of a plugin's dataset that does not tell, a character."""
    return getattr(experiment.dataset, "by", None) or "characters"


def _continued(
    model: keras.Model, experiment: Experiment, vocabulary: Sequence[str], given: Sequence[int], temperature: float,
    length: int, seed: int,
) -> str:  # fmt: skip
    draw = np.random.default_rng(seed)
    # A recurrent model remembers what it has read; any other reads its last window anew for each token.
    reads = _remembering(model) if isinstance(experiment.model, Recurrent) else _looking_back(model)
    next(reads)
    for token in given:
        logits = reads.send(token)
    drawn: list[int] = []
    for _ in range(length):
        drawn.append(_drawn(logits, temperature, draw))
        logits = reads.send(drawn[-1])
    return joined([vocabulary[number] for number in (*given, *drawn)], _by(experiment))


def _drawn(logits: NDArray[np.float64], temperature: float, draw: np.random.Generator) -> int:
    logits = logits.astype(np.float64)
    logits[[PADDING, UNKNOWN]] = -np.inf
    if temperature == 0:
        return int(logits.argmax())
    scaled = logits / temperature
    shares = np.exp(scaled - scaled.max())
    return int(draw.choice(len(shares), p=shares / shares.sum()))


Reader = Generator[Any, int, None]
"""Is sent one token after another, and gives the logits (V,) of the one that follows."""


def _remembering(model: keras.Model) -> Reader:
    """Reads with a copy of the model that reads one token at a time and carries its states along."""
    copy = carrying(model, rows=1, steps=1)
    given = tf.TensorSpec([1, 1])
    run = tf.function(lambda token: copy(token, training=False), autograph=False).get_concrete_function(given)
    logits = None
    while True:
        token = yield logits
        logits = run(tf.constant([[token]], tf.float32)).numpy()[0, 0]


def _looking_back(model: keras.Model) -> Reader:
    """Reads the last tokens again for each new one, as many as the model's examples have."""
    T = model.input_shape[1]
    run = tf.function(lambda x: model(x, training=False), autograph=False).get_concrete_function(tf.TensorSpec([1, T]))
    window: list[int] = []
    logits = None
    while True:
        window = [*window, (yield logits)][-T:]
        x = np.full((1, T), PADDING, np.float32)
        x[0, : len(window)] = window
        logits = run(tf.constant(x)).numpy()[0, len(window) - 1]
