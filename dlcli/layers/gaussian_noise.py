"""Noise that depends on seed, step and row alone."""

from __future__ import annotations

import math
import zlib

import keras
import tensorflow as tf

from dlcli.augment.draws import normal, numbers_for_normal
from dlcli.layers.positions import position_or_none, uniform


@keras.saving.register_keras_serializable("dlcli")
class GaussianNoise(keras.layers.GaussianNoise):
    """Adds independent Gaussian noise to its inputs in training.

    x: (B, ...) -> the same shape. In dlcli's training loop every row of the global batch has noise of its own, as it
    has masks (`dlcli/layers/dropout.py`). Anywhere else it is Keras' GaussianNoise.
    """

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """x: (B, ...) -> the same shape."""
        position = position_or_none()
        if not training or position is None or not self.stddev:
            return super().call(inputs, training=training)
        count = math.prod(inputs.shape[1:])
        numbers = uniform(position, zlib.crc32(self.name.encode()), tf.shape(inputs)[0], numbers_for_normal(count))
        drawn = tf.reshape(normal(numbers)[:, :count], tf.shape(inputs))
        return inputs + self.stddev * tf.cast(drawn, inputs.dtype)
