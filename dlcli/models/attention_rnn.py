"""Recurrent network that looks over its whole input at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from dlcli.errors import UsageError
from dlcli.models.cnn_lstm import Convolved
from dlcli.models.recurrent import penalised

if TYPE_CHECKING:
    import keras


class AttentionRNN(Convolved):
    """Stacked recurrent layers, each of which scores every input against its state at every step.

    x: (B, T, C), or images (B, H, W, C) row by row, float32 -> (B, K) or (B, T, K) logits. The weighted sum of all
    inputs is read beside the step's own. Keras has no such layer, so the saved model opens where dlcli is installed,
    after `import dlcli.layers.attention`, and `model.get_layer("attention_1").output[1]` are its weights, (B, T, T).
    Source: Bahdanau et al. 2015, https://arxiv.org/abs/1409.0473, for `dnn`; Luong et al. 2015,
    https://arxiv.org/abs/1508.04025, for `dot` and `general`; Graves et al. 2014, https://arxiv.org/abs/1410.5401,
    for `cosine`, with a factor that is learned.
    """

    kind: ClassVar[str] = "attention"

    type: Literal["attention_rnn"] = "attention_rnn"
    cell: Literal["lstm", "gru", "rnn"] = "lstm"
    """What keeps the state."""
    score: Literal["dnn", "dot", "general", "cosine"] = "dnn"
    """How inputs are compared with the state: by a small network, their product, their product through a kernel, or
    the cosine of the angle between them. `dot` and `cosine` need as many units as an input has values."""

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples are neither signals nor images, or a layer cannot score what it reads."""
        super().refuse_unfit(shape)
        if self.score not in ("dot", "cosine"):
            return
        read = self._values(shape)
        for number, units in enumerate(self.units, start=1):
            if read is not None and read != units:
                raise UsageError(
                    f"model: {self.type} with `score: {self.score}` needs as many units as each input has values; "
                    f"layer {number} has {units} and reads {read}; `score: general` fits any",
                    at=("model", "score"),
                )
            read = units * (2 if self.both_ways else 1)

    def layer(
        self, x: keras.KerasTensor, mask: keras.KerasTensor | None, units: int, name: str, *, sequences: bool
    ) -> keras.KerasTensor:
        """One layer: x (B, T, C) -> (B, T, U) where `sequences` are asked for, else (B, U).

        U is twice the `units` where the layer reads in both directions: it is then two, forward_... and backward_...
        """
        import keras

        from dlcli.layers.attention import AttentionRNN as Layer

        options: dict[str, Any] = {"cell": self.cell, "score": self.score, "return_sequences": sequences}
        options |= penalised(self.l2)
        if not self.both_ways:
            return Layer(units, **options, name=name)(x, mask=mask)[0]
        forwards = Layer(units, **options, name=f"forward_{name}")(x, mask=mask)[0]
        backwards = Layer(units, **options, go_backwards=True, name=f"backward_{name}")(x, mask=mask)[0]
        return keras.layers.Concatenate(name=f"bi{name}")([forwards, backwards])

    def _values(self, shape: tuple[int | None, ...]) -> int | None:
        """How many values the first layer reads at each step, if the shape tells."""
        *_, W, C = shape if len(shape) == 3 else (1, *shape[1:])
        for channels in self.filters:
            W, C = None if W is None else -(-W // (self.pool if len(shape) == 3 else 1)), channels
        return None if W is None or C is None else W * C
