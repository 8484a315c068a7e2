"""What a spec says of how examples are divided; `splits.py` does it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, model_validator

from dlcli.component import Component, such_as

By = Literal["group", "class", "time", "chance"]
SPLIT_NAMES = {"train": ("train",), "validation": ("validation", "val"), "test": ("test",)}
"""What the splits are called in data that comes divided."""


class Holdout(Component):
    """A share of the examples that is held out of training."""

    model_config = such_as({"fraction": 0.2, "by": "group"})

    fraction: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """Share of the examples, above 0 and below 1; with `by: group`, share of the groups."""
    groups: Annotated[tuple[str | int, ...], Field(min_length=1)] | None = Field(default=None, examples=[(7, 23)])
    """Which groups (people) are held out, by name; `fraction` then counts for nothing."""
    by: By | None = None
    """What is drawn: `group` (whole groups, such as people), `class` (the same share of each class), `time` (the last
    ones, in the order of the data; groups then count for nothing) or `chance`. If absent: `group` where there are
    groups, else `class`, or `chance` where numbers are predicted.
    """

    @model_validator(mode="after")
    def _groups_are_groups(self) -> Holdout:
        if self.groups is not None and self.by not in (None, "group"):
            raise ValueError(f"`by` (={self.by}) must be group or absent where `groups` names who is held out")
        return self


HELD_OUT = {"validation": {"fraction": 0.1}, "test": {"fraction": 0.2}}
"""What `dlcli init` writes of a dataset that has no published test split."""


class OwnSplits(Component):
    """The fields of a dataset that has no published test split: how it is divided."""

    test: Holdout | None = Field(default_factory=lambda: Holdout(fraction=0.2))
    """What is held out for the test; null: nothing."""
    validation: Holdout | None = Field(default_factory=Holdout)
    """What is held out of the rest for validation; null: nothing."""
    split_seed: NonNegativeInt = 0
    """Determines which examples are drawn. Apart from `seed`, so that runs of several seeds share their splits."""
    duplicates: Literal["refuse", "allow"] = "refuse"
    """Whether examples that are equal, targets included, may stand on both sides of a split; `refuse` stops there."""
