"""How models that read numbers read texts: each token becomes a vector that is learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlcli.component import Component
from dlcli.errors import UsageError
from dlcli.families import family_of

if TYPE_CHECKING:
    import keras

_ONE_HOT_UP_TO = 1000
"""Tokens up to which each may be an axis of its own."""


def reads_tokens(model: type[Component]) -> bool:
    """Whether models may be given texts: they say how tokens become vectors, or leave that to whoever wrote them."""
    if family_of(model) is not None:
        return True
    return bool(getattr(model, "reads_tokens", "embedding" in model.__pydantic_fields__))


def with_vocabulary(x: keras.KerasTensor, size: int) -> keras.KerasTensor:
    """The same x (B, T), marked as tokens of a vocabulary of this size."""
    x.vocabulary_size = size
    return x


def vocabulary_of(x: keras.KerasTensor) -> int | None:
    """How many tokens the vocabulary of x (B, T) has; None where x is not tokens but numbers."""
    size: int | None = getattr(x, "vocabulary_size", None)
    return size


def with_source(x: keras.KerasTensor, steps: int) -> keras.KerasTensor:
    """The same x (B, T), of which so many steps are a source, and the others what is written of it so far."""
    x.source_steps = steps
    return x


def source_of(x: keras.KerasTensor) -> int:
    """How many steps of x (B, T) are the source of what is to be written."""
    steps: int = x.source_steps
    return steps


def embedded(
    x: keras.KerasTensor, vocabulary_size: int | None, size: int | None, *, masked: bool = True,
    name: str = "embedding",
) -> keras.KerasTensor:  # fmt: skip
    """Tokens as vectors: x (B, T) -> (B, T, size); what is not tokens (vocabulary_size None) stays as it is.

    size: None gives each token an axis of its own, (B, T, V), with nothing to be learned (one-hot).
    masked: whether the mask of Keras goes along, by which later layers pass over padding (token 0).
    Vectors begin uniform in +-0.05, as Keras has it. Raises UsageError where the vocabulary is too large for axes.
    """
    import keras

    if vocabulary_size is None:
        return x
    if size is None and vocabulary_size > _ONE_HOT_UP_TO:
        raise UsageError(
            f"model: each of the {vocabulary_size} tokens of this data would be an axis of its own; name the size of "
            "the vectors that they become, such as `embedding: 64`",
            at=("model",),
        )
    one_hot = {"embeddings_initializer": "identity", "trainable": False}
    layer = keras.layers.Embedding(
        vocabulary_size, size or vocabulary_size, mask_zero=masked, name=name, **({} if size else one_hot)
    )
    return layer(x)
