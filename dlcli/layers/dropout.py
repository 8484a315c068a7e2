"""Dropout whose mask depends on seed, step and row alone."""

from __future__ import annotations

import math
import zlib

import keras
import tensorflow as tf

from dlcli.layers.positions import position_or_none, uniform


@keras.saving.register_keras_serializable("dlcli")
class Dropout(keras.layers.Dropout):
    """Sets a share of its inputs to zero in training and scales the rest up by 1 / (1 - rate).

    x: (B, ...) -> the same shape. In dlcli's training loop every row of the global batch has a mask of its own that
    depends on the run's seed, the step and the row, so that one device and many give the same result and a resumed
    run repeats nothing and skips nothing. Anywhere else it is Keras' Dropout.
    Source: Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html.
    """

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """x: (B, ...) -> the same shape."""
        position = position_or_none()
        if not training or position is None or not self.rate:
            return super().call(inputs, training=training)
        shape = tf.shape(inputs)
        # One number for all places of an axis that `noise_shape` has 1 for.
        wanted = self.noise_shape or inputs.shape
        sizes = [shape[i] if size is None else size for i, size in enumerate(inputs.shape)][1:]
        row = [size if one is None else one for one, size in zip(wanted[1:], sizes, strict=True)]
        salt = zlib.crc32(self.name.encode())
        numbers = tf.reshape(uniform(position, salt, shape[0], math.prod(row)), [shape[0], *row])
        kept = tf.cast(numbers >= self.rate, inputs.dtype)
        return inputs * kept / (1.0 - self.rate)
