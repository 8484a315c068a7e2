"""Residual network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import NonNegativeFloat, PositiveInt, field_validator

from dlcli.component import Component
from dlcli.models.convolution import axes_of, convolution, pooled
from dlcli.models.feed_forward import Names, Rate, dropped, head, penalty

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook


class ResNet(Component):
    """Residual network of 6n + 2 layers: a convolution, three stages of n blocks each, and the head.

    x: (B, T, C) or (B, H, W, C) float32 -> (B, K) logits. Raises UsageError for inputs of another rank.
    A block adds what two convolutions with batch normalisation make of its input to the input itself, and the
    activation comes after the sum (the first version, not the pre-activation one). The second and third stage have
    half the places and twice the channels of the one before.
    Source: He et al. 2016, https://arxiv.org/abs/1512.03385, section 4.2. Differs: where the shape changes, the
    input goes through a 1 wide convolution with batch normalisation (their option B) instead of being padded.
    """

    type: Literal["resnet"] = "resnet"
    depth: int = 20
    """Layers on the way from input to output: 6n + 2, such as 8, 14, 20, 32, 44, 56."""
    filters: PositiveInt = 16
    """Channels of the first stage."""
    dropout: Rate = 0.0
    """Share of the head's inputs that is set to zero at random in training."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared kernel entries in the training loss; half of what is called weight decay."""

    @field_validator("depth")
    @classmethod
    def _is_six_n_plus_two(cls, depth: int) -> int:
        if depth >= 8 and depth % 6 == 2:
            return depth
        below = (depth - 2) // 6 * 6 + 2
        nearest = f"the nearest are {below} and {below + 6}" if below >= 8 else "the least is 8"
        raise ValueError(f"`depth` (={depth}) must be 6n + 2; {nearest}")

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        return {"depth": 20}

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples of this shape are neither signals nor images; None stands for any size."""
        axes_of(shape, self.type)

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C) or (B, H, W, C) -> (B, outputs)."""
        self.refuse_unfit(x.shape[1:])
        names = Names()
        x = convolution(x, self.filters, names, activation="relu", batch_norm=True, l2=self.l2)
        for stage in range(3):
            for block in range((self.depth - 2) // 6):
                x = self._block(x, self.filters * 2**stage, names, strides=2 if stage and not block else 1)
        x = dropped(pooled(x, "mean"), names, self.dropout)
        return head(x, outputs, regularizer=penalty(self.l2))

    def _block(self, x: keras.KerasTensor, filters: int, names: Names, *, strides: int) -> keras.KerasTensor:
        import keras

        h = convolution(x, filters, names, strides=strides, activation="relu", batch_norm=True, l2=self.l2)
        h = convolution(h, filters, names, activation=None, batch_norm=True, l2=self.l2)
        if strides > 1:
            x = convolution(
                x, filters, names, kernel_size=1, strides=strides, activation=None, batch_norm=True, l2=self.l2,
                kind="shortcut",
            )  # fmt: skip
        x = keras.layers.Add(name=names("add"))([x, h])
        return keras.layers.Activation("relu", name=names("activation"))(x)
