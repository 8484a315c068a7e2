"""The linear rise that any of Keras' schedules can have before it."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from dlcli.schedules.warmup import first_rate


@keras.saving.register_keras_serializable("dlcli")
class RisingRate(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises linearly over `steps` steps to where `then` begins, and follows `then` from there.

    `then` counts its steps from the end of the rise.
    """

    def __init__(self, then: keras.optimizers.schedules.LearningRateSchedule, steps: int) -> None:
        self.then, self.steps = then, steps

    def __call__(self, step: Any) -> tf.Tensor:
        """step: () -> the learning rate, () float32."""
        step = tf.cast(step, tf.float32)
        full = self.then(0)
        rising = first_rate(full, self.steps) * (step + 1)
        return tf.where(step < self.steps, rising, self.then(tf.maximum(step - self.steps, 0)))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same schedule of."""
        return {"then": keras.optimizers.schedules.serialize(self.then), "steps": self.steps}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> RisingRate:
        """The schedule that `get_config` described."""
        return cls(keras.optimizers.schedules.deserialize(config["then"]), config["steps"])
