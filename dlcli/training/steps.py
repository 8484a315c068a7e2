"""The compiled arithmetic of training and validation, on any strategy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from dlcli.layers import positions
from dlcli.training.batches import EVALUATION_STREAMS, Batch
from dlcli.training.carrying import carrying, forget, states_of
from dlcli.training.members import averaged, member_name, member_seed, members_of
from dlcli.training.prepare import Prepared

Totals = np.ndarray[Any, np.dtype[np.float64]]


class Steps:
    """Runs many optimizer steps, or a whole validation, per call.

    Results are the same on any number of replicas: the loss is divided by the weight of the whole batch, gradients
    are clipped after they are summed, random masks depend on the row of the global batch, batch normalisation takes
    the moments of the global batch, and what is reported are plain totals, summed over replicas at every step.
    An ensemble's members are trained as if each were alone: the sum of their own losses is lowered, each draws masks by
    a seed of its own, each's gradients are clipped for themselves. Any other model is its own only member.
    A model that carries its states begins each epoch with zeros, and validation, too, which has states of its own.
    """

    def __init__(self, prepared: Prepared, model: keras.Model, optimizer: keras.optimizers.Optimizer) -> None:
        experiment, task = prepared.experiment, prepared.task
        self.model, self.optimizer, self.task, self.strategy = model, optimizer, task, prepared.strategy
        self.members = members_of(model)
        self._seeds = [member_seed(experiment.seed, number) for number in range(len(self.members))]
        self.states = states_of(model)
        self._per_epoch = prepared.steps_per_epoch
        self._reader = self._reading(prepared) if self.states else None
        self._clip_norm = experiment.optimizer.clip_norm
        self.training_losses = prepared.training_losses
        self._parts = experiment.train.accumulation_steps
        self._train = tf.function(self._train_steps)
        self._evaluate = tf.function(self._evaluate_batches)
        self.no_totals: Totals = np.zeros(2 + sum(metric.size for metric in task.metrics))
        self._headline = next(metric for metric in task.metrics if metric.name == task.headline)

    def train(self, batches: Any, count: int, totals: Totals) -> tuple[bool, Totals]:
        """Takes `count` steps; returns whether all losses, gradients and the weights after them are finite numbers.

        Returns also `totals` with theirs added. Where not all are finite, whoever calls must put back what was before.
        """
        good, added = self._train(batches, tf.constant(count, tf.int64), tf.constant(totals))
        return bool(good), added.numpy()

    def evaluate(self, batches: Any, count: int) -> Totals:
        """The totals of `count` batches, with the plain loss: no smoothing, no class weights, no penalties.

        Behind them, those of the headline metric of each member, where there are several.
        """
        of_members = len(self.members) * self._headline.size if len(self.members) > 1 else 0
        none = tf.constant(np.append(self.no_totals, np.zeros(of_members)))
        if self._reader is not None:
            self._reader.set_weights(self.model.get_weights())
            forget(self._reader)
        totals: Totals = self._evaluate(batches, tf.constant(count, tf.int64), none).numpy()
        return totals

    @contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """While entered, the model has the running mean of its weights, if the optimizer keeps one."""
        if not self.optimizer.use_ema:
            yield
            return
        variables = self.model.trainable_variables
        own = [variable.numpy() for variable in variables]
        self.optimizer.finalize_variable_values(variables)
        try:
            yield
        finally:
            for variable, value in zip(variables, own, strict=True):
                variable.assign(value)

    def begin(self, step: tf.Tensor | int) -> None:
        """Sets the states that the model carries to zero, where this is the first step of an epoch."""
        for state in self.states:
            first = step % self._per_epoch == 0
            state.assign(tf.where(first, tf.zeros_like(state.value), state.value))

    def position(self, batch: Batch, member: int = 0) -> positions.Position:
        """Where in the training the layers of a member are when they see this batch."""
        seed = tf.constant(self._seeds[member], tf.int64)
        return positions.Position(seed, batch.step, batch.first_row, batch.weight)

    def logs(self, totals: Totals) -> dict[str, float]:
        """Loss and metrics by name; those of members, if there are such, as `member_1_accuracy`."""
        logs = {"loss": float(totals[0] / totals[1]) if totals[1] else float("nan")}
        named = [(metric.name, metric) for metric in self.task.metrics]
        named += [(f"{member_name(i)}_{self._headline.name}", self._headline) for i in range(len(self.members))]
        at = 2
        for name, metric in named:
            if at < len(totals):
                logs[name] = metric.result(totals[at : at + metric.size])
            at += metric.size
        return logs

    def _reading(self, prepared: Prepared) -> keras.Model | None:
        """A copy of the model that reads validation, with states of its own; None where there is no validation."""
        split = prepared.data.validation
        if split is None:
            return None
        with self.strategy.scope():
            return carrying(self.model, min(EVALUATION_STREAMS, len(split)))

    def _train_steps(self, batches: Any, count: tf.Tensor, totals: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        good = tf.constant(True)
        for _ in tf.range(count):
            added = self._over_replicas(self._train_step, next(batches))
            totals += added[:-1]
            good = tf.math.is_finite(added[-1])
            if not good:
                break
        # Once for all steps: at each, it would wait for the new weights. Spoilt ones stay spoilt.
        sums = [tf.cast(tf.reduce_sum(weight), totals.dtype) for weight in self.model.trainable_variables]
        return good & tf.math.is_finite(tf.add_n(sums)), totals

    def _evaluate_batches(self, batches: Any, count: tf.Tensor, totals: tf.Tensor) -> tf.Tensor:
        for _ in tf.range(count):
            totals += self._over_replicas(self._evaluate_step, next(batches))
        return totals

    def _over_replicas(self, step: Any, batch: Any) -> tf.Tensor:
        # As Keras' own loop does: nothing below looks at tensors in Python, and going through all of Keras to see that
        # takes longer than making the graph.
        as_it_is = tf.autograph.experimental.do_not_convert(step)
        added = self.strategy.reduce(tf.distribute.ReduceOp.SUM, self.strategy.run(as_it_is, args=(batch,)), axis=None)
        return tf.cast(added, tf.float64)

    def _train_step(self, batch: Batch) -> tf.Tensor:
        weights = self.model.trainable_variables
        self.begin(batch.step)
        gradients, totals = self._gradients(_part(batch, 0, self._parts), weights)
        for number in range(1, self._parts):
            # One part after another, or all would be in memory at once.
            with tf.control_dependencies(gradients):
                more, more_totals = self._gradients(_part(batch, number, self._parts), weights)
            gradients = [one + other for one, other in zip(gradients, more, strict=True)]
            totals += more_totals
        self._apply(gradients, weights)
        # A sum is finite only where all its terms are, and takes no time, unlike a look at each of them.
        sums = [totals[0], *(tf.cast(tf.reduce_sum(gradient), totals.dtype) for gradient in gradients)]
        return tf.concat([totals, [tf.add_n(sums)]], axis=0)

    def _gradients(self, batch: Batch, weights: Any) -> tuple[list[tf.Tensor], tf.Tensor]:
        shares = self.strategy.num_replicas_in_sync * self._parts
        outputs, losses = [], []
        with tf.GradientTape() as tape:
            for number, member in enumerate(self.members):
                with positions.at(self.position(batch, number)):
                    outputs.append(member(batch.x, training=True))
                # This share's part of the loss of the whole batch: the parts add up to it.
                loss = tf.reduce_sum(batch.weight * self.training_losses(batch.y, outputs[-1])) / batch.total_weight
                losses.append(loss + (tf.add_n(member.losses) / shares if member.losses else 0.0))
            # Their sum, not their mean: so each has the gradient that it has alone.
            loss = tf.add_n(losses)
        gradients = tape.gradient(loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        # Of a table in which rows are looked up it is a few rows, which can neither be added nor divided.
        dense = [tf.convert_to_tensor(gradient) for gradient in gradients]
        mean = loss / len(losses)
        return dense, self._totals(batch, mean * batch.total_weight, averaged(outputs, self.task))

    def _apply(self, gradients: list[tf.Tensor], weights: Any) -> None:
        if self._clip_norm is not None:
            # Keras sums gradients over replicas inside apply(), after which it is too late to clip the sum.
            replicas = self.strategy.num_replicas_in_sync
            if replicas > 1:
                context = tf.distribute.get_replica_context()
                gradients = context.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
            gradients = self._clipped(gradients, weights)
            gradients = [gradient / replicas for gradient in gradients] if replicas > 1 else gradients
        self.optimizer.apply(gradients, weights)

    def _clipped(self, gradients: list[tf.Tensor], weights: Any) -> list[tf.Tensor]:
        """The gradients, those of each member together no longer than `clip_norm`."""
        by_weight = {id(weight): gradient for weight, gradient in zip(weights, gradients, strict=True)}
        for member in self.members:
            own = [id(weight) for weight in member.trainable_variables]
            clipped, _ = tf.clip_by_global_norm([by_weight[weight] for weight in own], self._clip_norm)
            by_weight |= dict(zip(own, clipped, strict=True))
        return [by_weight[id(weight)] for weight in weights]

    def _evaluate_step(self, batch: Batch) -> tf.Tensor:
        members = self.members if self._reader is None else [self._reader]
        outputs = [member(batch.x, training=False) for member in members]
        output = averaged(outputs, self.task)
        totals = self._totals(batch, tf.reduce_sum(batch.weight * self.task.losses(batch.y, output)), output)
        if len(outputs) == 1:
            return totals
        return tf.concat([totals, *(self._headline.totals(batch.y, each, batch.weight) for each in outputs)], axis=0)

    def _totals(self, batch: Batch, loss: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        metrics = [metric.totals(batch.y, output, batch.weight) for metric in self.task.metrics]
        return tf.concat([[loss, tf.reduce_sum(batch.weight)], *metrics], axis=0)


def _part(batch: Batch, number: int, parts: int) -> Batch:
    """One of the equal parts in which a replica works through its share."""
    if parts == 1:
        return batch
    size = batch.x.shape[0] // parts
    rows = slice(number * size, (number + 1) * size)
    first_row = batch.first_row + number * size
    return batch._replace(x=batch.x[rows], y=batch.y[rows], weight=batch.weight[rows], first_row=first_row)
