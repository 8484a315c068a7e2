"""A recurrent layer that looks over its whole input at every step."""

from __future__ import annotations

from typing import Any, Literal

import keras
import tensorflow as tf

Cell = Literal["lstm", "gru", "rnn"]
Score = Literal["dnn", "dot", "general", "cosine"]
_CELLS = {"lstm": keras.layers.LSTMCell, "gru": keras.layers.GRUCell, "rnn": keras.layers.SimpleRNNCell}
_NEVER = -1e9
"""What is added to the score of an input that only fills up: its weight is then exactly zero."""


@keras.saving.register_keras_serializable("dlcli")
class AttentionRNN(keras.layers.Layer):
    """A recurrent layer that weighs all inputs by its state at every step, and reads their weighted sum.

    x: (B, T, C) -> the outputs, (B, T, U), or (B, U) without `return_sequences`, and the weights, (B, T, T): the
    weight at step t of input i, of which each row adds up to 1. At step t each input x_i is scored against the state
    s of step t - 1, weights are the softmax of the scores over i, and the cell reads the input x_t beside the weighted
    sum of all x_i. Scores: `dnn` v tanh(W s + V x_i + b), `dot` s x_i, `general` s W x_i, `cosine` the cosine of s
    and x_i, times a strength that is learned. `dot` and `cosine` need as many units as an input has values.
    Backwards it begins with the last input; its outputs stand at their steps all the same. Masked inputs have no
    weight and leave the state as it was; a masked step's own weights are zero.

    How to look at the weights of a saved model, (B, T, T) for examples x:

        import dlcli.layers.attention, keras
        model = keras.models.load_model("model.keras")
        weights = keras.Model(model.input, model.get_layer("attention_1").output[1]).predict(x)

    Source: Bahdanau et al. 2015, https://arxiv.org/abs/1409.0473, for `dnn`; Luong et al. 2015,
    https://arxiv.org/abs/1508.04025, for `dot` and `general`; Graves et al. 2014, https://arxiv.org/abs/1410.5401,
    for `cosine`. Differs: what is looked over is the layer's own input, and each of its outputs reads one input, too.
    """

    def __init__(
        self, units: int, cell: Cell = "lstm", score: Score = "dnn", return_sequences: bool = False,
        go_backwards: bool = False, kernel_regularizer: Any = None, recurrent_regularizer: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.units, self.score = units, score
        self.return_sequences, self.go_backwards = return_sequences, go_backwards
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = keras.regularizers.get(recurrent_regularizer)
        self.cell = _CELLS[cell](
            units, kernel_regularizer=self.kernel_regularizer, recurrent_regularizer=self.recurrent_regularizer,
            name=cell,
        )  # fmt: skip

    def build(self, sequences_shape: tuple[Any, ...]) -> None:
        """Makes the weights for inputs of (B, T, C); raises ValueError where these cannot be scored."""
        U, C = self.units, sequences_shape[-1]
        if self.score in ("dot", "cosine") and C != U:
            raise ValueError(f"`score` (={self.score}) needs as many `units` (={U}) as each input has values, {C}")
        self.cell.build((sequences_shape[0], 2 * C))
        if self.score == "dnn":
            self.state_kernel = self._kernel("state_kernel", (U, U))
            self.input_kernel = self._kernel("input_kernel", (C, U))
            self.score_bias = self.add_weight(name="score_bias", shape=(U,), initializer="zeros")
            self.score_kernel = self._kernel("score_kernel", (U, 1))
        elif self.score == "general":
            self.state_kernel = self._kernel("state_kernel", (U, C))
        elif self.score == "cosine":
            self.strength = self.add_weight(name="strength", shape=(), initializer="ones")

    def call(self, sequences: Any, mask: Any = None, training: bool = False) -> tuple[tf.Tensor, tf.Tensor]:
        """x: (B, T, C), mask: (B, T) -> (B, T, U), or (B, U) without `return_sequences`, and (B, T, T)."""
        x = tf.convert_to_tensor(sequences)
        keys = self._keys(x)
        never = 0.0 if mask is None else tf.where(mask, 0.0, _NEVER)
        B, T = tf.shape(x)[0], tf.shape(x)[1]

        def step(before: tuple[tf.Tensor, ...], now: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, ...]:
            *states, _ = before
            weights = tf.nn.softmax(self._scores(states[0], keys) + never)
            read = tf.concat([now[0], tf.linalg.matvec(x, weights, transpose_a=True)], axis=-1)
            _, after = self.cell(read, states, training=training)
            after = list(after) if isinstance(after, list | tuple) else [after]
            if mask is None:
                return (*after, weights)
            counts = now[1][:, None]
            after = [tf.where(counts, new, old) for new, old in zip(after, states, strict=True)]
            return (*after, tf.where(counts, weights, 0.0))

        first = (*self.cell.get_initial_state(batch_size=B), tf.zeros([B, T], x.dtype))
        steps = (tf.transpose(x, [1, 0, 2]), *(() if mask is None else (tf.transpose(mask),)))
        h, *_, weights = tf.scan(step, steps, first, reverse=self.go_backwards)
        last = h[0] if self.go_backwards else h[-1]
        return tf.transpose(h, [1, 0, 2]) if self.return_sequences else last, tf.transpose(weights, [1, 0, 2])

    def compute_output_shape(self, sequences_shape: tuple[int | None, ...]) -> tuple[tuple[int | None, ...], ...]:
        """Of the outputs and of the weights."""
        B, T, _ = sequences_shape
        return (B, T, self.units) if self.return_sequences else (B, self.units), (B, T, T)

    def compute_mask(self, inputs: Any, mask: Any = None) -> list[Any]:
        """That of the outputs, which are masked as the inputs; none of the weights."""
        return [mask if self.return_sequences else None, None]

    def operations(self, T: int) -> int:
        """Floating-point operations for one example of T steps, counted as `training/costs.py` does."""
        C: int = self.cell.kernel.shape[0] // 2
        U = self.units
        scores = {"dnn": U * U + T * U + C * U, "general": U * C + T * C}.get(self.score, T * C)
        cell: int = self.cell.kernel.shape[1] * (2 * C + U)
        return 2 * T * (scores + T * C + cell)

    def kept_numbers(self, T: int) -> int:
        """How many numbers of one example training keeps: states, gates, weights, and what `dnn` scores come from."""
        gates: int = self.cell.kernel.shape[1]
        return T * (self.units + gates + T * (1 + (self.units if self.score == "dnn" else 0)))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the same layer of."""
        config: dict[str, Any] = super().get_config()
        return config | {
            "units": self.units,
            "cell": self.cell.name,
            "score": self.score,
            "return_sequences": self.return_sequences,
            "go_backwards": self.go_backwards,
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "recurrent_regularizer": keras.regularizers.serialize(self.recurrent_regularizer),
        }

    def _kernel(self, name: str, shape: tuple[int, int]) -> Any:
        return self.add_weight(
            name=name, shape=shape, initializer="glorot_uniform", regularizer=self.kernel_regularizer
        )

    def _keys(self, x: tf.Tensor) -> tf.Tensor:
        """What states are compared with, (B, T, U) or (B, T, C): the same at every step."""
        if self.score == "dnn":
            return tf.matmul(x, self.input_kernel) + self.score_bias
        return tf.math.l2_normalize(x, axis=-1, epsilon=1e-6) if self.score == "cosine" else x

    def _scores(self, state: tf.Tensor, keys: tf.Tensor) -> tf.Tensor:
        """state: (B, U) -> the score of each input, (B, T)."""
        if self.score == "dnn":
            both = tf.tanh(keys + tf.matmul(state, self.state_kernel)[:, None])
            return tf.squeeze(tf.matmul(both, self.score_kernel), -1)
        if self.score == "general":
            state = tf.matmul(state, self.state_kernel)
        elif self.score == "cosine":
            state = tf.math.l2_normalize(state, axis=-1, epsilon=1e-6) * self.strength
        return tf.linalg.matvec(keys, state)
