"""Encoder of a transformer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import PositiveInt, model_validator

from dlcli.component import Component, shape_text
from dlcli.errors import UsageError
from dlcli.models.embedding import embedded, vocabulary_of
from dlcli.models.feed_forward import Activation, Names, Rate, dropped, head
from dlcli.models.recurrent import rows_as_steps

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook

Positions = Literal["sinusoidal", "learned", "none"]
Pooling = Literal["mean", "max", "last", "class_token"]


class Transformer(Component):
    """Encoder layers of a transformer: each step looks at all others, over and over.

    x: (B, T, C), images (B, H, W, C) row by row, or tokens (B, T) -> (B, K) logits, or (B, T, K) where each step is
    predicted. Signals are projected to `width`; tokens are embedded in it and scaled by its root. Masked steps change
    nothing.
    Source: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, with its dropout: of what each half of a layer adds,
    and of the sum of inputs and positions. Differs: normalised before each half of a layer and once at the end, instead
    of after each sum, because gradients are then even from the first step on and no long warm-up is needed
    (Xiong et al. 2020, https://arxiv.org/abs/2002.04745).
    """

    type: Literal["transformer"] = "transformer"
    layers: PositiveInt = 2
    """How many encoder layers follow one another."""
    width: PositiveInt = 64
    """Size of the vector of each step, throughout."""
    heads: PositiveInt = 4
    """Into how many parts, each with an attention of its own, the vectors are divided."""
    feed_forward: PositiveInt = 256
    """Size of the dense layer within each layer, which sees one step at a time."""
    activation: Activation = "relu"
    """What that dense layer's sums go through."""
    dropout: Rate = 0.0
    """Share of what each half of a layer adds, and of the first layer's inputs, that is set to zero at random."""
    positions: Positions = "sinusoidal"
    """What tells where a step stands: waves of many lengths, a vector learned for each place, or nothing."""
    pooling: Pooling = "mean"
    """How one vector is made of all steps: their mean, maximum, the last, or that of an added first step."""
    causal: bool = False
    """Whether a step sees only itself and those before it, as where the token that follows is predicted."""

    reads_tokens: ClassVar[bool] = True

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.width % self.heads:
            raise ValueError(f"`width` (={self.width}) must be a multiple of `heads` (={self.heads})")
        if self.positions == "sinusoidal" and self.width % 2:
            raise ValueError(f"`width` (={self.width}) must be even for sinusoidal positions: half are sines")
        if self.causal and self.pooling == "class_token":
            raise ValueError("`pooling` (=class_token) sees no other step where `causal` is true; take mean or last")
        return self

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data; where tokens follow, no step sees what comes later."""
        values: dict[str, object] = {"layers": 2, "width": 64, "heads": 4, "dropout": 0.2}
        return values | ({"causal": True} if outlook.predicts == "tokens" else {})

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples of this shape are neither signals nor images; None stands for any size."""
        if len(shape) not in (2, 3):
            raise UsageError(
                f"model: {self.type} reads signals (T, C), or images (H, W, C) row by row; each example here has the "
                f"shape {shape_text(shape)}"
            )

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C), (B, H, W, C) or tokens (B, T) -> (B, outputs)."""
        x, mask = self._encoded(x, class_token=self.pooling == "class_token")
        return head(_pooled(x, mask, self.pooling), outputs, regularizer=None)

    def build_steps(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C), (B, H, W, C) or tokens (B, T) -> (B, T, outputs), or (B, H, outputs)."""
        x, _ = self._encoded(x, class_token=False)
        return head(x, outputs, regularizer=None)

    def _encoded(
        self, x: keras.KerasTensor, *, class_token: bool
    ) -> tuple[keras.KerasTensor, keras.KerasTensor | None]:
        """The steps after the last layer, (B, T, W), and which of them count, if not all do."""
        import keras

        from dlcli.models.masks import mask_of

        names = Names()
        if (vocabulary := vocabulary_of(x)) is not None:
            x = embedded(x, vocabulary, self.width)
            mask = mask_of(x)
            x = x * math.sqrt(self.width)
        else:
            self.refuse_unfit(x.shape[1:])
            mask = mask_of(x)
            x = keras.layers.Dense(self.width, name="projection")(rows_as_steps(x))
        x = _placed(x, self.positions)
        if class_token:
            x, mask = _with_class_token(x, mask)
        x = dropped(x, names, self.dropout)
        for _ in range(self.layers):
            x = self._layer(x, mask, names)
        return keras.layers.LayerNormalization(epsilon=1e-6, name=names("norm"))(x), mask

    def _layer(self, x: keras.KerasTensor, mask: keras.KerasTensor | None, names: Names) -> keras.KerasTensor:
        """x: (B, T, W) -> the same shape."""
        import keras

        seen = None if mask is None else keras.ops.expand_dims(mask, 1)
        h = keras.layers.LayerNormalization(epsilon=1e-6, name=names("norm"))(x)
        # As published, without biases: that of the keys would follow rounding alone. Nor with the layer's own dropout,
        # which would draw other masks on two devices than on one.
        attention = keras.layers.MultiHeadAttention(
            self.heads, self.width // self.heads, use_bias=False, name=names("attention")
        )
        h = attention(h, h, attention_mask=seen, use_causal_mask=self.causal)
        x = keras.layers.Add(name=names("residual"))([x, dropped(h, names, self.dropout)])
        h = keras.layers.LayerNormalization(epsilon=1e-6, name=names("norm"))(x)
        h = keras.layers.Dense(self.feed_forward, activation=self.activation, name=names("dense"))(h)
        h = keras.layers.Dense(self.width, name=names("dense"))(h)
        return keras.layers.Add(name=names("residual"))([x, dropped(h, names, self.dropout)])


def _placed(x: keras.KerasTensor, positions: Positions) -> keras.KerasTensor:
    """x: (B, T, W) -> the same shape, with what tells where each step stands added."""
    import keras
    import numpy as np

    T, W = x.shape[1:]
    if positions == "none":
        return x
    if positions == "learned":
        places = keras.ops.zeros_like(x[:, :, 0]) + np.arange(T, dtype=np.float32)
        return x + keras.layers.Embedding(T, W, name="positions")(places)
    # Half of the vector sines and half cosines, of lengths from 2 pi to 10000 * 2 pi steps.
    angles = np.arange(T)[:, None] / 10000 ** (2 * np.arange(W // 2)[None] / W)
    return x + np.concatenate([np.sin(angles), np.cos(angles)], axis=-1).astype(np.float32)


def _with_class_token(
    x: keras.KerasTensor, mask: keras.KerasTensor | None
) -> tuple[keras.KerasTensor, keras.KerasTensor | None]:
    """x: (B, T, W) -> (B, 1 + T, W), with a step in front that is learned, and which steps count.

    As Devlin et al. 2019, https://arxiv.org/abs/1810.04805.
    """
    import keras

    nothing = keras.ops.zeros_like(x[:, :1, 0])
    token = keras.layers.Embedding(1, x.shape[-1], name="class_token")(nothing)
    if mask is not None:
        mask = keras.ops.concatenate([keras.ops.equal(nothing, 0.0), mask], axis=1)
    return keras.layers.Concatenate(axis=1, name="steps")([token, x]), mask


def _pooled(x: keras.KerasTensor, mask: keras.KerasTensor | None, pooling: Pooling) -> keras.KerasTensor:
    """x: (B, T, W), mask: (B, T) -> (B, W)."""
    import keras

    from dlcli.models.masks import pooled_over_time

    if pooling in ("mean", "max"):
        return pooled_over_time(x, mask, pooling)
    if pooling == "class_token":
        return x[:, 0]
    if mask is None:
        return x[:, -1]
    # Padding comes last. Of an example that is all padding, the first step is taken.
    last = keras.ops.maximum(keras.ops.sum(keras.ops.cast(mask, "int32"), axis=1) - 1, 0)
    return keras.ops.squeeze(keras.ops.take_along_axis(x, last[:, None, None], axis=1), 1)
