"""Convolutional network for signals and images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import PositiveInt

from dlcli.models.convolution import Convolutional, Pooling, blocks
from dlcli.models.spectrum import Spectrum, refuse_no_signal, with_spectrum

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook


class CNN(Convolutional):
    """Blocks of convolutions and max pooling, then dense layers: over time for signals, over places for images.

    x: (B, T, C) or (B, H, W, C) float32 -> (B, K) logits. Raises UsageError for inputs of another rank.
    Source: LeCun et al. 1998, https://doi.org/10.1109/5.726791. Differs: max pooling, and an activation of choice;
    several convolutions to a block as in Simonyan and Zisserman 2015, https://arxiv.org/abs/1409.1556.
    """

    type: Literal["cnn"] = "cnn"
    kernel_size: PositiveInt = 3
    """How many neighbours a convolution sees along each axis."""
    pool: PositiveInt = 2
    """How many neighbours along each axis the maximum after a block is taken of; 1 for no pooling."""
    pooling: Pooling = "flatten"
    """How the last block's outputs become one vector: all of them, or each channel's mean or maximum."""
    dense_units: tuple[PositiveInt, ...] = (128,)
    """Size of each dense layer between the last block and the head."""
    spectrum: Spectrum | None = None
    """Of signals: a network that reads their frequencies; its outputs are added to the model's. null: none."""

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError where examples of this shape are neither signals nor images, or have no frequencies."""
        super().refuse_unfit(shape)
        refuse_no_signal(self, shape)

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        return {"filters": [32, 64], "batch_norm": True, "dropout": 0.2, "pooling": "mean"}

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C) or (B, H, W, C) -> (B, outputs)."""
        made = blocks(x, outputs, self, kernel_size=self.kernel_size, pool=self.pool, pooling=self.pooling)
        return with_spectrum(made, x, self)
