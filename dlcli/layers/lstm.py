"""LSTM that runs in one kernel on the CPU, where Keras' runs a graph of small ones at every time step."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

_FAST_UP_TO = 64
"""Units up to which the one kernel is the faster of the two (measured on 2 cores; at 128 it takes twice as long)."""


@keras.saving.register_keras_serializable("dlcli")
class LSTM(keras.layers.LSTM):
    """Keras' LSTM, two to three times as fast on a CPU for up to 64 units.

    x: (B, T, C) -> (B, T, U) or (B, U). The same weights and, to rounding, the same outputs and gradients.
    Which of the two runs depends on the layer and the machine's devices alone: see `kernel_used`. Where steps are
    masked, it is always Keras'.
    """

    @property
    def kernel_used(self) -> str:
        """`block` where one kernel runs over all steps, else `keras` and why; may be set to what it was before."""
        if (recorded := getattr(self, "_kernel", None)) is not None:
            return str(recorded)
        if tf.config.list_logical_devices("GPU"):
            return "keras (there is a GPU)"
        if self.units > _FAST_UP_TO:
            return f"keras (over {_FAST_UP_TO} units)"
        if self.stateful:
            return "keras (states are carried on)"
        return "block" if self._is_standard() else "keras (not the standard cell)"

    @kernel_used.setter
    def kernel_used(self, kernel: str) -> None:
        self._kernel = kernel

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool = False) -> Any:
        """x: (B, T, C) -> (B, T, U), or (B, U) without `return_sequences`."""
        if initial_state is not None or mask is not None or self.kernel_used != "block":
            return super().call(sequences, initial_state=initial_state, mask=mask, training=training)
        x = tf.transpose(tf.convert_to_tensor(sequences), [1, 0, 2])
        if self.go_backwards:
            x = tf.reverse(x, axis=[0])
        weights = tf.concat([self.cell.kernel, self.cell.recurrent_kernel], axis=0)
        bias = tf.convert_to_tensor(self.cell.bias)
        # Two halves of the batch do not wait for each other and run on two cores.
        B = x.shape[1]
        parts = tf.split(x, 2, axis=1) if B is not None and B % 2 == 0 else [x]
        h = tf.concat([_lstm(part, weights, bias) for part in parts], axis=1)
        return tf.transpose(h, [1, 0, 2]) if self.return_sequences else h[-1]

    def _is_standard(self) -> bool:
        cell = self.cell
        return (
            cell.activation is keras.activations.tanh
            and cell.recurrent_activation is keras.activations.sigmoid
            and cell.use_bias
            and not (cell.dropout or cell.recurrent_dropout or self.return_state)
        )


@tf.custom_gradient  # type: ignore[untyped-decorator]
def _lstm(x: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor) -> Any:
    """x: (T, B, C), weights: (C + U, 4U) and bias: (4U,) with gates in the order i, f, c, o -> (T, B, U).

    The gradient is spelled out because the one that TensorFlow 2.21 registers for this kernel is that of its first
    version, which had the gates in another order: it returns wrong numbers.
    """
    T, B, U = tf.shape(x, tf.int64)[0], tf.shape(x)[1], weights.shape[1] // 4
    state, peephole = tf.zeros([B, U], x.dtype), tf.zeros([U], x.dtype)
    given = {
        "seq_len_max": T, "x": x, "cs_prev": state, "h_prev": state, "w": weights, "b": bias,
        "wci": peephole, "wcf": peephole, "wco": peephole, "use_peephole": False,
    }  # fmt: skip
    out = tf.raw_ops.BlockLSTMV2(**given, cell_clip=-1.0)

    def gradient(of_h: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        back = tf.raw_ops.BlockLSTMGradV2(
            **given, i=out.i, cs=out.cs, f=out.f, o=out.o, ci=out.ci, co=out.co, h=out.h,
            cs_grad=tf.zeros_like(out.cs), h_grad=of_h,
        )  # fmt: skip
        return back.x_grad, back.w_grad, back.b_grad

    return out.h, gradient
