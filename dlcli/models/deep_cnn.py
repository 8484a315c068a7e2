"""The deep convolutional network of a well-known course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PositiveInt

from dlcli.models.convolution import Convolutional, blocks
from dlcli.models.feed_forward import Rate

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook


class DeepCNN(Convolutional):
    """Three blocks of a convolution (3 wide), max pooling by 2 and dropout, then a dense layer with dropout.

    x: (B, T, C) or (B, H, W, C) float32 -> (B, K) logits. Raises UsageError for inputs of another rank.
    Source: Sung Kim's "Deep Learning Zero to All", lab 11-4,
    https://github.com/hunkim/DeepLearningZeroToAll. Differs: kernels start as He et al. have them, not Glorot uniform.
    """

    type: Literal["deep_cnn"] = "deep_cnn"
    filters: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] = (32, 64, 128)
    """Channels that each block's convolutions give, from the input upwards."""
    dropout: Rate = 0.3
    """Share of each block's outputs that is set to zero at random in training."""
    dense_units: tuple[PositiveInt, ...] = (625,)
    """Size of each dense layer between the last block and the head."""
    dense_dropout: Rate = 0.5
    """Share of each dense layer's outputs that is set to zero at random in training."""

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        return {"filters": [32, 64, 128], "dropout": 0.3}

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C) or (B, H, W, C) -> (B, outputs)."""
        return blocks(x, outputs, self)
