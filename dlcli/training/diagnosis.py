"""Why a step would spoil the weights: where in the model the first numbers are that are not finite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlcli.augment.mixup import Mixup
from dlcli.layers import positions
from dlcli.training.advance import batches_from
from dlcli.training.batches import Batch
from dlcli.training.prepare import Prepared
from dlcli.training.steps import Steps

_SHOWN = 5


@dataclass(frozen=True)
class Diagnosis:
    """What is said, and what goes into the run's record."""

    text: str
    record: dict[str, Any]


def diagnose(prepared: Prepared, steps: Steps, step: int) -> Diagnosis:
    """Looks into the step that would be the next. Training cannot go on after it: it may change moving averages."""
    examples = prepared.order.examples_of(step)
    where, rows = _first_fault(prepared, steps, step)
    own = examples if rows is None else _at_fault(prepared, step, examples, rows)
    epoch = step // prepared.steps_per_epoch + 1
    named = ", ".join(map(prepared.data.train.name_of, own[:_SHOWN]))
    more = f" and {len(own) - _SHOWN} others" if len(own) > _SHOWN else ""
    whose = "" if rows is None or not own else f", at {named}{more} of training"
    text = f"step {step + 1} (epoch {epoch}) was not taken: {where}{whose}"
    record = {"step": step + 1, "epoch": epoch, "what": where, "examples": examples, "at_fault": own}
    return Diagnosis(text, record)


def _at_fault(prepared: Prepared, step: int, examples: list[int], rows: list[int]) -> list[int]:
    """The examples in some rows of a batch; where another is mixed into each, of both those that are not finite."""
    own = [examples[row] for row in rows]
    if not any(isinstance(part, Mixup) for part in prepared.experiment.augment):
        return own
    train = prepared.data.train
    mixed_in = prepared.order.examples_of(step, further=len(train) // 2)
    both = [*own, *(mixed_in[row] for row in rows)]
    bad = [example for example in both if not np.isfinite(train.take(np.array([example])).x[:]).all()]
    return sorted(set(bad)) or own


def _first_fault(prepared: Prepared, steps: Steps, step: int) -> tuple[str, list[int] | None]:
    """What is not finite first on the way from the weights over inputs and layers to loss and gradient.

    Returns it in words, and the rows of the batch that are at fault, where it is single ones.
    """
    batch = next(batches_from(prepared, step))
    for number in range(len(steps.members)):
        where, rows = _fault_in(prepared, steps, number, batch)
        if where:
            return where, rows
    return "loss and gradients are finite, but the penalties or the weights it leads to are not", None


def _fault_in(prepared: Prepared, steps: Steps, number: int, batch: Batch) -> tuple[str, list[int] | None]:
    """As `_first_fault`, in one member; empty where all is finite."""
    member = steps.members[number]
    within = f"{member.name}/" if len(steps.members) > 1 else ""
    for variable in member.trainable_variables:
        if not np.isfinite(np.asarray(variable.numpy(), np.float32)).all():
            return f"the weights `{within}{variable.path}` are no longer finite numbers since the step before it", None
    probe = _probe(member)
    reports = steps.strategy.run(_look, args=(steps, number, probe, batch))
    layers: list[list[int]] = [[] for _ in probe.outputs]
    losses: list[int] = []
    gradients: set[str] = set()
    for report in steps.strategy.experimental_local_results(reports):
        first = int(report["first_row"])
        for rows, bad in zip(layers, report["layers"], strict=True):
            rows += (first + np.flatnonzero(bad)).tolist()
        losses += (first + np.flatnonzero(report["losses"])).tolist()
        names = [variable.path for variable in member.trainable_variables]
        gradients |= {name for name, bad in zip(names, report["gradients"], strict=True) if bad}
    for tensor, rows in zip(probe.outputs, layers, strict=True):
        operation = tensor._keras_history.operation
        if rows and not _may_miss_numbers(prepared, operation):
            name = operation.name
            if name == "inputs":
                return "the batch has inputs that are not finite numbers", rows
            return f"the outputs of layer `{within}{name}` are the first that are not finite numbers", rows
    if losses:
        return "the loss is not a finite number, though all outputs of the model are", losses
    first_back = next((name for name in reversed(names) if name in gradients), None)
    if first_back is not None:
        return f"the gradient of `{within}{first_back}` is not finite, though the loss is", None
    return "", None


def _may_miss_numbers(prepared: Prepared, operation: keras.Operation) -> bool:
    """Whether NaN is no fault there: a number missing in a table, until the model's first layers have filled it in."""
    is_filled_in = isinstance(operation, keras.Layer) and operation.name not in ("inputs", "normalize")
    return prepared.data.columns is not None and not is_filled_in


def _probe(model: keras.Model) -> keras.Model:
    """A model that gives what every layer gives, in their order, the inputs first."""
    return keras.Model(model.inputs, list(_tensors(model)))


def _tensors(model: keras.Model) -> Iterator[keras.KerasTensor]:
    for depth in sorted(model._nodes_by_depth, reverse=True):
        for node in model._nodes_by_depth[depth]:
            yield from node.output_tensors


def _look(steps: Steps, number: int, probe: keras.Model, batch: Batch) -> dict[str, Any]:
    """Of one replica: for each of the probe's outputs which rows are not finite, of the losses, and each gradient."""
    member = steps.members[number]
    steps.begin(batch.step)
    last = next(i for i, tensor in enumerate(probe.outputs) if tensor is member.outputs[0])
    with positions.at(steps.position(batch, number)), tf.GradientTape() as tape:
        outputs = probe(batch.x, training=True)
        losses = steps.training_losses(batch.y, outputs[last])
        loss = tf.reduce_sum(batch.weight * losses) / batch.total_weight
    real = batch.weight > 0
    gradients = tape.gradient(loss, member.trainable_variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return {
        "first_row": batch.first_row,
        "layers": [real & _bad_rows(output) for output in outputs],
        "losses": real & _bad_rows(losses),
        "gradients": [tf.reduce_any(~tf.math.is_finite(tf.convert_to_tensor(each))) for each in gradients],
    }


def _bad_rows(values: tf.Tensor) -> tf.Tensor:
    values = tf.cast(values, tf.float32)
    return tf.reduce_any(~tf.math.is_finite(tf.reshape(values, [tf.shape(values)[0], -1])), axis=1)
