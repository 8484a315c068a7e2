"""Convolutional network for texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, field_validator

from dlcli.component import Component, shape_text
from dlcli.datasets.spec import each_once
from dlcli.errors import UsageError
from dlcli.models.embedding import embedded, vocabulary_of
from dlcli.models.feed_forward import Names, Rate, dropped, penalty

if TYPE_CHECKING:
    import keras

    from dlcli.datasets.spec import Outlook


class TextCNN(Component):
    """Convolutions of several widths over the words of a text, side by side, and the maximum of each over the text.

    x: (B, T) tokens -> (B, K) logits. Padding changes nothing: it is zeros for the convolutions and is left out of the
    maximum.
    Source: Kim 2014, https://aclanthology.org/D14-1181/ (CNN-rand: vectors begin at random). Differs: at the edges of a
    text half a window is filled up with zeros, not a whole one.
    """

    any_length: ClassVar[bool] = True
    """Whether texts of any number of tokens can be read, not only of that of the training."""

    type: Literal["text_cnn"] = "text_cnn"
    embedding: PositiveInt = 300
    """Size of the vector that is learned for each token."""
    kernel_sizes: Annotated[tuple[PositiveInt, ...], Field(min_length=1)] = (3, 4, 5)
    """How many neighbouring tokens the convolutions see, one after the other."""
    filters: PositiveInt = 100
    """Channels of each convolution."""
    embedding_dropout: Rate = 0.0
    """Share of the numbers in the tokens' vectors that is set to zero at random in training."""
    dropout: Rate = 0.5
    """Share of the maxima that is set to zero at random in training."""
    l2: NonNegativeFloat = 0.0
    """Weight of the sum of squared kernel entries in the training loss."""
    max_norm: PositiveFloat | None = Field(default=None, examples=[3.0])
    """Length to which the weights of each class are cut after every step; null: never."""

    _each_once = field_validator("kernel_sizes")(each_once)

    @classmethod
    def first_values(cls, outlook: Outlook) -> dict[str, object]:
        """What `dlcli init` writes for such data."""
        return {"filters": 100, "dropout": 0.5}

    def refuse_unfit(self, shape: tuple[int | None, ...]) -> None:
        """Raises UsageError: examples of numbers are no texts."""
        raise UsageError(f"model: text_cnn reads texts; each example here is numbers of the shape {shape_text(shape)}")

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, T) tokens -> (B, outputs)."""
        import keras

        vocabulary = vocabulary_of(x)
        if vocabulary is None:
            self.refuse_unfit(x.shape[1:])
        there = keras.ops.expand_dims(keras.ops.cast(keras.ops.not_equal(x, 0), "float32"), -1)
        h = embedded(x, vocabulary, self.embedding, masked=False) * there
        h = dropped(h, names := Names(), self.embedding_dropout, kind="embedding_dropout")
        maxima = []
        for size in self.kernel_sizes:
            convolution = keras.layers.Conv1D(
                self.filters, size, padding="same", activation="relu", kernel_initializer="he_normal",
                kernel_regularizer=penalty(self.l2), name=f"conv_{size}",
            )  # fmt: skip
            # What a relu gives is never below zero, so that zeros for padding are no maximum but of nothing else.
            maxima.append(keras.layers.GlobalMaxPooling1D(name=f"max_{size}")(convolution(h) * there))
        features = keras.layers.Concatenate(name="features")(maxima) if len(maxima) > 1 else maxima[0]
        head = keras.layers.Dense(
            outputs,
            kernel_regularizer=penalty(self.l2),
            kernel_constraint=None if self.max_norm is None else keras.constraints.MaxNorm(self.max_norm),
            name="head",
        )
        return head(dropped(features, names, self.dropout))
