"""Batch normalisation by the moments of the whole batch, however many devices share it."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from dlcli.layers.positions import position_or_none


@keras.saving.register_keras_serializable("dlcli")
class BatchNorm(keras.layers.BatchNormalization):
    """Normalises each channel with its mean and variance in the batch, then scales and shifts it.

    x: (B, ..., C) -> the same shape. In dlcli's training loop the moments are those of the global batch, without the
    rows that only fill it up, so that one device and many give the same result. Anywhere else, and where it is not
    trained, it is Keras' BatchNormalization.
    Source: Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167. The variance is that of the batch itself (its
    sum of squares divided by N), also in the moving averages, as in Keras.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self.renorm:
            raise ValueError("`renorm` (=True) would give other results on two devices than on one; leave it out")

    def call(self, inputs: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None) -> tf.Tensor:
        """x: (B, ..., C) -> the same shape; mask: (B, T) says which time steps count."""
        position = position_or_none()
        if position is None or position.weight is None or not (training and self.trainable):
            return super().call(inputs, training=training, mask=mask)
        weight = position.weight
        if mask is not None:
            weight = weight[:, None] * tf.cast(mask, weight.dtype)
        mean, variance, count = self._global_moments(tf.cast(inputs, tf.float32), weight)
        # Every replica has the same moments, so each writes its own copy and the copies stay equal.
        # A part of a batch that is all filling has no moments, and teaches nothing.
        momentum = tf.where(count > 0, self.momentum, 1.0)
        for average, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            average.assign(average * momentum + value * (1.0 - momentum))
        outputs = keras.ops.batch_normalization(
            tf.cast(inputs, tf.float32), mean, variance, self.axis, self.beta, self.gamma, self.epsilon
        )
        return tf.cast(outputs, self.compute_dtype)

    def _global_moments(self, x: tf.Tensor, weight: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Mean and variance of each channel, (C,), and over how much weight, ().

        weight: what each row of x counts, or each row's time steps.
        """
        channels = self.axis % x.shape.rank
        weighted = list(range(weight.shape.rank))
        within = [axis for axis in range(len(weighted), x.shape.rank) if axis != channels]

        def total(values: tf.Tensor) -> tf.Tensor:
            # Of this replica: its rows' means, each as often as its row counts.
            return tf.reduce_sum(weight[..., None] * tf.reduce_mean(values, within), weighted)

        sums = _over_replicas(tf.concat([total(x), [tf.reduce_sum(weight)]], axis=0))
        count = sums[-1]
        mean = tf.math.divide_no_nan(sums[:-1], count)
        # In a second pass: the mean of squares less the squared mean loses all digits where the mean is large.
        shape = [-1 if axis == channels else 1 for axis in range(x.shape.rank)]
        squares = _over_replicas(total(tf.math.squared_difference(x, tf.reshape(mean, shape))))
        return mean, tf.math.divide_no_nan(squares, count), count


def _over_replicas(value: tf.Tensor) -> tf.Tensor:
    """The sum of what the replicas have; gradients flow back to each of them."""
    context = tf.distribute.get_replica_context()
    if context.num_replicas_in_sync == 1:
        return value
    return context.all_reduce(tf.distribute.ReduceOp.SUM, value)
