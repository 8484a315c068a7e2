"""Scores of a finished model on one split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from dlcli.datasets.data import PADDING, Data, Split
from dlcli.datasets.rows import Rows
from dlcli.errors import DataError, TrainingError, UsageError
from dlcli.faults import plugin_faults
from dlcli.metrics.report import Report
from dlcli.metrics.spec import MetricSpec
from dlcli.models.recurrent import carries
from dlcli.report.figures.subject import Subject
from dlcli.runs.run import Run
from dlcli.spec import Experiment, load_recorded
from dlcli.tasks import Detection, SequenceToSequence, Task, task_for
from dlcli.training.batches import EVALUATION_BATCH
from dlcli.training.carrying import read_in_streams
from dlcli.training.decoding import beam_of_run, decode
from dlcli.training.loading import load_data
from dlcli.training.members import is_ensemble, members_of


@dataclass(frozen=True)
class Evaluation:
    """What a model reached on a split."""

    split: str
    examples: int
    loss: float
    report: Report
    subject: Subject = field(repr=False)
    """What figures are drawn of."""
    further: Mapping[str, float] = field(default_factory=dict)
    """The scores of the metrics that the spec asks for, by name."""
    naive: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """What simple rules reach on the same examples, by what they are called: the report's scores, by name."""
    members: Sequence[Mapping[str, float]] = ()
    """Loss and scores of each member of an ensemble, in their order."""
    member_names: Sequence[str] = ()
    """What the members are, where they differ: the types of their models, or the runs that they are from."""

    @property
    def scores(self) -> dict[str, float]:
        """The headline scores by name."""
        return {"loss": self.loss, **self.report.scores, **self.further}

    def as_json(self) -> dict[str, Any]:
        """Everything, ready for json.dumps."""
        naive = {"naive": {name: dict(scores) for name, scores in self.naive.items()}} if self.naive else {}
        members = {"members": [dict(scores) for scores in self.members]} if self.members else {}
        report = self.report.as_json()
        return {"split": self.split, "examples": self.examples, **self.scores, **members, **report, **naive}


def evaluate(model: keras.Model, name: str, data: Data, task: Task, run: Run, *, beam: int | None = None) -> Evaluation:
    """Runs a model over the split of this name. The same model file and data give the same numbers to the last digit.

    The run's experiment tells which further metrics there are. beam: the widest that a model which writes is scored
    with, if not that of its spec.
    """
    experiment = run.experiment
    beam = beam or beam_of_run(run)
    split = data.splits[name]
    outputs, losses = _kept(model, split, task, in_streams=carries(experiment.model))
    report = _report(model, data, split, task, outputs, beam)
    further = {metric.name: score(metric, *task.judged(split.y, outputs)) for metric in experiment.metrics}
    naive = {rule: task.report(split.y, forecasts).scores for rule, forecasts in split.naive.items()}
    single = members_of(model) if is_ensemble(model) else []
    subject = Subject(f"{experiment.name} · {name}", data, split, task, report, outputs, losses, model, single)
    members = [_scores_of_member(member, data, split, task, beam) for member in single]
    names = _member_names(run) if members else ()
    return Evaluation(name, len(split), _mean(losses), report, subject, further, naive, members, names)


def _member_names(run: Run) -> list[str]:
    """What an ensemble's members are, in their order; nothing where all are alike."""
    if taken := run.info.get("members"):
        return ["/".join(Path(path).parts[-2:]) for path in taken]
    return [member.type for member in getattr(run.experiment.model, "members", ())]


def _report(
    model: keras.Model, data: Data, split: Split, task: Task, outputs: NDArray[np.float32], beam: int
) -> Report:
    """What is told of these outputs; of a model that writes sequences, of those that it writes by itself."""
    if isinstance(task, Detection):
        return task.detected(split, outputs)
    if not isinstance(task, SequenceToSequence):
        return task.report(split.y, outputs)
    sources = np.asarray(split.x[:])[:, : task.target.source_steps]
    texts = {beam: decode(model, sources, beam) for beam in sorted({1, beam})}
    names = [split.name_of(row) for row in range(len(split))]
    separator, vocabulary = task.target.separator, data.vocabulary or ()
    read = [separator.join(vocabulary[token] for token in source if token != PADDING) for source in sources]
    return task.written(split.y, outputs, texts, names, read)


def _scores_of_member(member: keras.Model, data: Data, split: Split, task: Task, beam: int) -> dict[str, float]:
    outputs, losses = _kept(member, split, task)
    return {"loss": _mean(losses), **_report(member, data, split, task, outputs, beam).scores}


def _mean(losses: NDArray[np.float32]) -> float:
    return float(losses.mean(dtype=np.float64))


def _kept(
    model: keras.Model, split: Split, task: Task, *, in_streams: bool = False
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What is kept of a model's outputs for a split, and the loss of each example, (N,), in the split's order.

    in_streams: whether the model goes on with its states from one example to the next.
    """
    rows, losses, kept = [], [], []
    for numbers, outputs in read_in_streams(model, split.x) if in_streams else _in_order(model, split.x):
        y = split.y[numbers]
        losses.append(task.losses(tf.constant(y), tf.constant(outputs)).numpy())
        kept.append(task.kept(y, outputs))
        rows.append(numbers)
    all_kept, all_losses = np.concatenate(kept), np.concatenate(losses)
    if not in_streams:
        return all_kept, all_losses
    order = np.argsort(np.concatenate(rows))
    return all_kept[order], all_losses[order]


def _in_order(model: keras.Model, x: NDArray[Any] | Rows) -> Iterator[tuple[NDArray[Any], NDArray[np.float32]]]:
    """The outputs of a model for x, batch by batch, and the numbers of these examples."""
    start = 0
    for outputs in predictions(model, x):
        yield np.arange(start, start + len(outputs)), outputs
        start += len(outputs)


def score(metric: MetricSpec, targets: NDArray[Any], predictions: NDArray[np.float64]) -> float:
    """What a metric says of a split; raises UsageError where that is not a number."""
    value: Any = metric.score(targets, predictions)
    if isinstance(value, bool) or np.ndim(value) or not isinstance(value, int | float | np.number | np.ndarray):
        raise UsageError(f"metrics: {metric.name} gave {value!r:.60}; expected a number")
    return float(value)


def scored_splits(experiment: Experiment, data: Data) -> list[str]:
    """The splits to evaluate when training is over: validation and test, where there are such; training, too, where
    there is nothing else or the spec expects something of it.
    """
    wanted = {score.partition("_")[0] for score in experiment.expect} | {"validation", "test"}
    return [name for name in data.splits if name in wanted] or ["train"]


def predict(model: keras.Model, x: NDArray[Any] | Rows) -> NDArray[np.float32]:
    """The model's outputs for x, (N, ...) -> (N, ...)."""
    return np.concatenate(list(predictions(model, x)))


def predictions(model: keras.Model, x: NDArray[Any] | Rows) -> Iterator[NDArray[np.float32]]:
    """The model's outputs for x, batch by batch, (N, ...) -> (B, ...); of one size, so that it is compiled once."""
    given = tf.TensorSpec([EVALUATION_BATCH, *x.shape[1:]], tf.float32)
    # The one concrete function of this model: TensorFlow would warn that functions of many models are made.
    run = tf.function(lambda batch: model(batch, training=False), autograph=False).get_concrete_function(given)
    for start in range(0, len(x), EVALUATION_BATCH):
        batch = x[start : start + EVALUATION_BATCH].astype(np.float32)
        filled = np.concatenate([batch, np.zeros((EVALUATION_BATCH - len(batch), *x.shape[1:]), np.float32)])
        yield run(tf.constant(filled)).numpy()[: len(batch)]


def kept_model(run: Run) -> keras.Model:
    """The model that a run has kept."""
    # Keras then knows the layers that it has none for: those of the run's plugins, and dlcli's.
    load_recorded(run.path / "spec.yaml")
    import dlcli.layers.attention  # noqa: F401

    return keras.models.load_model(run.model_path)


@plugin_faults(TrainingError)
def evaluate_run(
    run: Run, split: str | None = None, data: Data | None = None, *, beam: int | None = None
) -> Evaluation:
    """The scores of a run's kept model on the split of this name, of the data that the run was trained on.

    split: if None, test, or validation where there is no test, or train where there is neither. data: the run's, where
    it is loaded already. beam: as for evaluate.
    Raises UsageError where the run has no model yet or its data no such split, DataError where the data has changed
    since.
    """
    if not run.model_path.exists():
        raise UsageError(f"{run.path}: has no model; the run is {run.info['state']} and finished no epoch")
    info, experiment = run.info, run.experiment
    data = data or load_data(experiment, smoke=info["smoke"], fold=info.get("fold"))
    if data.fingerprint() != info["dataset"]:
        raise DataError(
            f"{run.path}: the data is not what the run was trained on (fingerprint {data.fingerprint()}, "
            f"in the run {info['dataset']})"
        )
    if split is None:
        split = next(name for name in ("test", "validation", "train") if name in data.splits)
    if split not in data.splits:
        raise UsageError(f"--split {split}: this dataset has no such split, only {', '.join(data.splits)}")
    model = kept_model(run)
    task = task_for(data, experiment.normalize)
    return evaluate(model, split, data, task, run, beam=beam)
