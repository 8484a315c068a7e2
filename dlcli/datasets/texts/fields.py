"""The fields that datasets of texts share."""

from __future__ import annotations

from codecs import lookup
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PositiveInt, model_validator

from dlcli.component import Component
from dlcli.datasets.holdout import Holdout

By = Literal["characters", "words", "spaces"]


def unit(by: By) -> str:
    """What the tokens are called in messages."""
    return "characters" if by == "characters" else "words"


def _text_encoding(encoding: str) -> str:
    try:
        "".encode(encoding)
        lookup(encoding)
    except LookupError:
        raise ValueError(f"`encoding` (={encoding!r}) must be a text encoding, such as utf-8 or latin-1") from None
    return encoding


Encoding = Annotated[str, AfterValidator(_text_encoding)]


class Tokens(Component):
    """How a text becomes tokens."""

    lowercase: bool = False
    """Whether capital letters are read as small ones."""
    vocabulary: Annotated[int, Field(ge=2)] | None = Field(default=None, examples=[10000])
    """How many different tokens are told apart at most, the most frequent of the training split; all others are
    unknown. null: all that the training split has.
    """


class Windows(Component):
    """How a running text is cut into examples."""

    steps: PositiveInt = 64
    """Tokens of an example, at each of which the next one is predicted; of a shorter text, all but its last."""
    stride: PositiveInt | None = Field(default=None, examples=[16])
    """Tokens from the beginning of one training example to that of the next; null: `steps`, so that each is predicted
    once, as it always is in the validation and the test split.
    """

    @model_validator(mode="after")
    def _nothing_left_out(self) -> Any:
        if self.stride is not None and self.stride > self.steps:
            raise ValueError(
                f"`stride` (={self.stride}) must be at most `steps` (={self.steps}), or tokens would be left out"
            )
        return self


def refuse_draws(name: str, holdout: Holdout | None) -> None:
    """Raises ValueError where a running text is to be divided otherwise than in its order."""
    if holdout is not None and (holdout.by not in (None, "time") or holdout.groups is not None):
        given = f"by: {holdout.by}" if holdout.groups is None else f"groups: {list(holdout.groups)}"
        raise ValueError(f"`{name}` (={{{given}}}) must be a fraction alone: a running text is divided in its order")
