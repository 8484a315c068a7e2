"""Forecasting: windows of a table whose rows follow one another in time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PositiveInt, field_validator, model_validator

from dlcli.component import Component, such_as
from dlcli.datasets.holdout import HELD_OUT
from dlcli.datasets.spec import Outlook, each_once
from dlcli.datasets.table_file import ColumnName, TableFile

if TYPE_CHECKING:
    from dlcli.datasets.data import Data


class LastRows(Component):
    """The last rows of a series, whose values are forecast: a share of them or their number."""

    model_config = such_as({"fraction": 0.2}, {"rows": 24})

    fraction: Annotated[float, Field(gt=0, lt=1)] | None = Field(default=None, examples=[0.2])
    """Share of the rows, above 0 and below 1. Either this or `rows` must be given."""
    rows: PositiveInt | None = Field(default=None, examples=[24])
    """Number of rows."""

    @model_validator(mode="after")
    def _one_of_two(self) -> LastRows:
        if (self.fraction is None) == (self.rows is None):
            raise ValueError(f"either `fraction` (={self.fraction}) or `rows` (={self.rows}) must be given, not both")
        return self

    def of(self, rows: int) -> int:
        """How many of so many rows these are."""
        return self.rows if self.rows is not None else max(1, round((self.fraction or 0.0) * rows))


class Windows(TableFile):
    """Windows of a series in a text file, a row for each step in time; the values that follow are predicted.

    x: (N, steps, C) float32, the rows of a window as the file has them, oldest first; y: (N, horizon) float32, the
    target in the rows that follow it. There is a window for every row that has enough rows before it.
    The rows are divided in time's order into those of training, of validation and of the test. An example belongs to
    the split in which all values lie that it is to forecast: it may look back on rows of the split before, which are
    known by then, and is left out where its own forecast would reach into the next split. Nothing of validation or test
    is thus seen in training, neither as a target nor in a window, nor in what inputs are scaled by.
    Beside the model's scores stand those of naive forecasts, on the same examples: the last known value again, and with
    `season` the value of the last known season.
    Columns are given by name, or by place: 0 is the first, -1 the last.
    Raises MissingData where there is no such file; DataError, with file, line and column, where a value is missing or
    no number, or where rows do not suffice.
    Source: Hyndman and Athanasopoulos 2021, https://otexts.com/fpp3/, on naive forecasts (5.2), differences (9.1),
    logarithms (3.1) and honest division (5.8).
    """

    model_config = such_as(
        {"type": "windows", "path": "sales.csv", "target": "sold", "columns": ["sold", "price"], "steps": 12}
        | {"season": 12, "difference": True, "test": {"rows": 24}},
        {"type": "windows", "path": "sales.csv", "target": "sold", "steps": 12},
        {"type": "windows", "url": "https://example.org/sales.csv", "sha256": "0123456789abcdef" * 4}
        | {"target": "sold", "steps": 12},
    )

    type: Literal["windows"] = "windows"

    target: ColumnName = Field(examples=["sold"])
    """The column that is forecast."""
    columns: Annotated[tuple[ColumnName, ...], Field(min_length=1)] | None = Field(
        default=None, examples=[("sold", "price")]
    )
    """The columns that are forecast from, which may hold the target; if absent, the target alone."""
    time: ColumnName | None = Field(default=None, examples=["month"])
    """The column that says when each row was, for figures; if absent, the first whose values are no numbers."""
    steps: PositiveInt = Field(examples=[12])
    """Rows in a window."""
    horizon: PositiveInt = 1
    """Rows after the window whose target is forecast, all at once."""
    season: PositiveInt | None = Field(default=None, examples=[12])
    """Rows in a season, such as 12 of months: what the naive forecast of a season repeats. The first season is not
    forecast then.
    """
    newest_first: bool = False
    """Whether the file begins with the newest row, as stock prices often do."""
    log: bool = False
    """Whether the model works with logarithms of all columns, whose values must be above 0: for what grows by a share
    of itself. Forecasts, and their scores, are in the file's units.
    """
    difference: bool = False
    """Whether the model works with differences from the window's last row, to which forecasts are added: for what
    trends beyond the values that are trained on. The target must be among `columns`.
    """
    test: LastRows | None = Field(default_factory=lambda: LastRows(fraction=0.2))
    """The last rows, which are held out for the test; null: none."""
    validation: LastRows | None = Field(default_factory=lambda: LastRows(fraction=0.1))
    """The last of the other rows, which are held out for validation; null: none."""

    _each_once = field_validator("columns")(each_once)

    @model_validator(mode="after")
    def _differences_of_what_is_known(self) -> Windows:
        # A place may be that of a name: only the file tells.
        named = self.columns is not None and all(type(name) is type(self.target) for name in self.columns)
        if self.difference and named and self.target not in self.inputs:
            raise ValueError(
                f"`difference` needs the target among `columns` (={list(self.inputs)}): forecasts of `{self.target}` "
                "are added to its last value"
            )
        return self

    @property
    def inputs(self) -> tuple[ColumnName, ...]:
        """The columns that are forecast from."""
        return (self.target,) if self.columns is None else self.columns

    @property
    def look_back(self) -> int:
        """Rows that must come before the first that is forecast."""
        return max(self.steps, self.season or 0)

    @classmethod
    def first_values(cls) -> dict[str, object]:
        """What `dlcli init` writes besides the type."""
        return {"path": "series.csv", "target": "value", "steps": 24, "difference": True, **HELD_OUT}

    def outlook(self) -> Outlook:
        """What is known without the file."""
        return Outlook(
            predicts="reals",
            shape=(self.steps, len(self.inputs)),
            validation=self.validation is not None,
            test=self.test is not None,
            groups=False,
            files=() if self.path is None or self.url is not None else ("path",),
            one_course=True,
        )

    def load(self, folder: Path) -> Data:
        """Read the file and cut it; windows share its rows in memory."""
        from dlcli.datasets.tables.reading import read
        from dlcli.datasets.tables.windowing import windows_of

        return windows_of(self, read(self, [self.located(folder)]))

    def write_stand_in(self, folder: Path) -> None:
        """A made-up series under the file's base name, in the columns that the spec names."""
        from dlcli.datasets.tables.made_up import write_series

        write_series(self, folder / self.file_name)
