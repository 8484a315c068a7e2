"""Convolutions, then long short-term memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, PositiveInt

from dlcli.models.embedding import embedded, vocabulary_of
from dlcli.models.feed_forward import Activation, Names, Rate
from dlcli.models.recurrent import EitherWay, Kind, recurrent, rows_as_steps

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook


class Convolved(EitherWay):
    """A recurrent model that reads what blocks of convolutions make of the input, a maximum over `pool` steps at once.

    Of images, (B, H, W, C), convolved in both directions, it reads the rows that are left.
    """

    filters: tuple[PositiveInt, ...] = ()
    """Channels that each block's convolutions give, from the input upwards."""
    convolutions_per_block: PositiveInt = 1
    """Convolutions before each pooling."""
    kernel_size: PositiveInt = 3
    """How many neighbours a convolution sees along each axis."""
    pool: PositiveInt = 2
    """How many neighbours along each axis the maximum after a block is taken of; 1 for no pooling."""
    activation: Activation = "relu"
    """What the sums of convolutions go through."""
    batch_norm: bool = False
    """Whether these sums are normalised over the batch before they go through the activation."""
    block_dropout: Rate = 0.0
    """Share of each block's outputs that is set to zero at random in training."""

    any_length: ClassVar[bool] = False
    causal: ClassVar[bool] = False

    def build_steps(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T, C) or (B, H, W, C) -> (B, T, outputs) or (B, H, outputs): a prediction at every step.

        Steps of which pooling has made one have its prediction in common.
        """
        import keras

        predicted = recurrent(x, outputs, self, every_step=True)
        together = self.pool ** len(self.filters)
        return predicted if together == 1 else keras.ops.repeat(predicted, together, axis=1)[:, : x.shape[1]]

    def steps(self, x: keras.KerasTensor, *, every_step: bool) -> tuple[keras.KerasTensor, keras.KerasTensor | None]:
        """What the recurrent layers read of an input, (B, T, C), and which steps of it count, (B, T), if not all do."""
        from dlcli.models.convolution import convolved
        from dlcli.models.masks import mask_of

        x = embedded(x, vocabulary_of(x), self.embedding)
        self.refuse_unfit(x.shape[1:])
        x, mask = convolved(
            x, mask_of(x), Names(), filters=self.filters, convolutions=self.convolutions_per_block,
            activation=self.activation, batch_norm=self.batch_norm, dropout=self.block_dropout, l2=self.l2,
            kernel_size=self.kernel_size, pool=self.pool, dropout_kind="block_dropout",
        )  # fmt: skip
        return rows_as_steps(x), mask


class CNNLSTM(Convolved):
    """Blocks of convolutions and max pooling, then stacked long short-term memory.

    x: (B, T, C), or images (B, H, W, C), float32 -> (B, K) logits, or (B, T, K).
    Source: Ordóñez and Roggen 2016, https://doi.org/10.3390/s16010115. Differs: pooling after each block, as in Sainath
    et al. 2015, https://doi.org/10.1109/ICASSP.2015.7178838, and edges are filled up so that no step is lost.
    """

    kind: ClassVar[Kind] = "lstm"

    type: Literal["cnn_lstm"] = "cnn_lstm"
    filters: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] = (32, 64)
    """Channels that each block's convolutions give, from the input upwards."""

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        return {"filters": [32, 64], "batch_norm": True} | super().first_values(outlook)
