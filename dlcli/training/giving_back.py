"""Data whose examples are themselves what is to be predicted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from numpy.typing import NDArray

from dlcli.component import Component
from dlcli.datasets.data import Data, Inputs, Split
from dlcli.errors import UsageError


def as_predicted(data: Data, model: Component) -> Data:
    """The data with the inputs as its target if the model gives them back; else as it is.

    Raises UsageError for texts and for tables with categories.
    """
    if not getattr(model, "reconstructs", False):
        return data
    kind, at = type(model).__pydantic_fields__["type"].default, ("model", "type")
    if data.vocabulary is not None:
        raise UsageError(f"model: {kind} gives back numbers; here examples are texts", at=at)
    categories = [column.name for column in data.columns or () if column.categories is not None]
    if categories:
        raise UsageError(
            f"model: {kind} gives back numbers; here `{categories[0]}` is a column of categories: leave it out "
            "of the dataset's columns, or, in a csv, give its categories an order (`ordinal`)",
            at=at,
        )
    validation, test = (None if split is None else _of_itself(split) for split in (data.validation, data.test))
    target = Inputs(getattr(model, "loss", "mse"))
    return replace(data, train=_of_itself(data.train), validation=validation, test=test, target=target, series=None)


def _of_itself(split: Split) -> Split:
    # Arrays on disk are read by rows just as those in memory are, and a target is asked for nothing else.
    return replace(split, y=cast("NDArray[Any]", split.x), naive={})
