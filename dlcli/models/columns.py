"""Which columns of a table stand where in what a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class InputColumn:
    """A column of a table, as the values `first` to before `end` of the row that a model reads.

    A column of numbers is one value; one of categories is a zero or one for each category.
    """

    name: str
    first: int
    end: int
    categorical: bool

    def of(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """The column's values in rows x: (B, C) -> (B, end - first)."""
        import keras

        return keras.ops.take(x, list(range(self.first, self.end)), axis=-1)


def with_columns(x: keras.KerasTensor, columns: Sequence[InputColumn]) -> keras.KerasTensor:
    """The same rows x: (B, C), of which `columns_of` then tells the columns."""
    x.dlcli_columns = tuple(columns)
    return x


def columns_of(x: keras.KerasTensor) -> tuple[InputColumn, ...]:
    """The columns of the rows x: (B, C) that a model is built on; none where they are no rows of a table."""
    columns: tuple[InputColumn, ...] = getattr(x, "dlcli_columns", ())
    return columns
