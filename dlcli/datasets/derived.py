"""What a spec says of columns that are made of others; `tables/deriving.py` makes them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from dlcli.component import Component, ReadOnly
from dlcli.datasets.table_file import ColumnName

_Parts = Annotated[tuple[ColumnName, ...], Field(min_length=2)]
_Edges = Annotated[tuple[float, ...], Field(min_length=1)]


class DerivedColumns(Component):
    """The fields of a table some of whose columns are made of others, row by row."""

    extract: ReadOnly[str, tuple[ColumnName, str]] = Field(
        default_factory=dict, validate_default=True, examples=[{"title": ("name", ", (Mr|Mrs|Miss)")}]
    )
    """New columns of categories, each with the column whose text it is taken from and a regular expression: the
    category is what the first group in it matches, or `(other)` where it does not match.
    """
    sums: ReadOnly[str, _Parts] = Field(
        default_factory=dict, validate_default=True, examples=[{"rooms": ("bedrooms", "bathrooms")}]
    )
    """New columns of numbers, each the sum of the columns listed; without a value where one of them has none."""
    buckets: ReadOnly[str, _Edges] = Field(
        default_factory=dict, validate_default=True, examples=[{"year": (1950, 2000)}]
    )
    """Columns of numbers, each with rising edges that divide its values: a column of categories is added for each,
    called `<name>_bucket`.
    """

    @field_validator("extract")
    @classmethod
    def _expressions(cls, extract: ReadOnly[str, tuple[ColumnName, str]]) -> ReadOnly[str, tuple[ColumnName, str]]:
        for name, (_, pattern) in extract.items():
            try:
                groups = re.compile(pattern).groups
            except re.error as error:
                raise ValueError(f"`extract.{name}` (={pattern!r}) must be a regular expression ({error})") from None
            if not groups:
                raise ValueError(
                    f"`extract.{name}` (={pattern!r}) must have a group in parentheses, which matches the category"
                )
        return extract

    @field_validator("buckets")
    @classmethod
    def _rising(cls, buckets: ReadOnly[str, tuple[float, ...]]) -> ReadOnly[str, tuple[float, ...]]:
        for name, edges in buckets.items():
            if any(low >= high for low, high in pairwise(edges)):
                raise ValueError(f"`buckets.{name}` (={list(edges)}) must rise from edge to edge")
        return buckets

    @model_validator(mode="after")
    def _called_differently(self) -> DerivedColumns:
        names = self.derived
        for i, name in enumerate(names):
            if name in names[:i]:
                raise ValueError(f"`extract`, `sums` and `buckets` (={list(names)}) must give each column its own name")
        return self

    @property
    def derived(self) -> tuple[str, ...]:
        """The names of the new columns."""
        return (*self.extract, *self.sums, *map(bucket_column, self.buckets))

    @property
    def derived_categories(self) -> tuple[str, ...]:
        """The names of those among them that hold categories."""
        return (*self.extract, *map(bucket_column, self.buckets))


def bucket_column(name: str) -> str:
    """What the column is called that says in which bucket a column's value lies."""
    return f"{name}_bucket"
