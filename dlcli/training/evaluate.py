"""Scores of a finished model on one split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlcli.datasets.data import Split
from dlcli.errors import DataError, UsageError
from dlcli.metrics.classification import ClassificationReport
from dlcli.runs.run import Run
from dlcli.tasks import Classification, task_for
from dlcli.training.batches import EVALUATION_BATCH
from dlcli.training.loading import load_data


@dataclass(frozen=True)
class Evaluation:
    """What a model reached on a split."""

    split: str
    examples: int
    loss: float
    report: ClassificationReport

    @property
    def scores(self) -> dict[str, float]:
        """The headline scores by name."""
        return {"loss": self.loss, "accuracy": self.report.accuracy, "macro_f1": self.report.macro_f1}

    def as_json(self) -> dict[str, Any]:
        """Everything, ready for json.dumps."""
        return {
            "split": self.split,
            "examples": self.examples,
            **self.scores,
            "classes": {
                c.name: {"precision": c.precision, "recall": c.recall, "f1": c.f1, "support": c.support}
                for c in self.report.classes
            },
            "confusion": self.report.confusion.tolist(),
        }


def evaluate(model: keras.Model, name: str, split: Split, task: Classification) -> Evaluation:
    """Runs a model over a split. The same model file and data give the same numbers to the last digit."""
    outputs = predict(model, split.x)
    losses = task.losses(tf.constant(split.y), tf.constant(outputs)).numpy()
    report = ClassificationReport.of(task.target.names, split.y, outputs.argmax(axis=-1))
    return Evaluation(name, len(split), float(losses.mean(dtype=np.float64)), report)


def predict(model: keras.Model, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The model's outputs for x, (N, ...) -> (N, ...), in batches of one size so that it is compiled once."""
    run = tf.function(lambda batch: model(batch, training=False))
    outputs = []
    for start in range(0, len(x), EVALUATION_BATCH):
        batch = x[start : start + EVALUATION_BATCH]
        filled = np.concatenate([batch, np.zeros((EVALUATION_BATCH - len(batch), *x.shape[1:]), x.dtype)])
        outputs.append(run(tf.constant(filled)).numpy()[: len(batch)])
    return np.concatenate(outputs)


def evaluate_run(run: Run, split: str) -> Evaluation:
    """The scores of a run's kept model on the split of this name, of the data that the run was trained on.

    Raises UsageError where the run has no model yet, DataError where the data has changed since.
    """
    if not run.model_path.exists():
        raise UsageError(f"{run.path}: has no model; the run is {run.info['state']} and finished no epoch")
    data = load_data(run.experiment, smoke=run.info["smoke"])
    if data.fingerprint() != run.info["dataset"]:
        raise DataError(
            f"{run.path}: the data is not what the run was trained on (fingerprint {data.fingerprint()}, "
            f"in the run {run.info['dataset']})"
        )
    model = keras.models.load_model(run.model_path)
    return evaluate(model, split, data.splits[split], task_for(data))
