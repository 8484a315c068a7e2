"""The text file in which a table stands: its place, where it is fetched from, and how its lines are to be read."""

from __future__ import annotations

from codecs import lookup
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from dlcli.component import Matching
from dlcli.datasets.files.download import PublishedFile, obtain
from dlcli.datasets.folder import find, resolve_all
from dlcli.datasets.spec import DatasetSpec
from dlcli.errors import MissingData
from dlcli.paths import PathText

ColumnName = str | int
"""A column by its name, or by its place: 0 is the first, -1 the last."""
_Delimiter = Annotated[str, Matching(r'^[^"\r\n]$', "one character, which is no quote or end of a line")]
_Sha256 = Annotated[str, Matching(r"^[0-9a-f]{64}$", "64 hexadecimal digits")]


class TableFile(DatasetSpec):
    """The fields of a dataset that is read from one text file of rows and columns."""

    path: PathText | None = Field(default=None, examples=["houses.csv"])
    """The file, looked for from the working directory, then in the data folder and one folder down in it. `path` or
    `url` must be given.
    """
    url: str | None = Field(default=None, examples=["https://example.org/houses.csv"])
    """Where the file is downloaded from if it is not here, into the data folder, under the name that `path` gives it,
    else under its own; with `sha256`.
    """
    sha256: _Sha256 | None = Field(default=None, examples=["0123456789abcdef" * 4])
    """Checksum of the file at `url`, hexadecimal."""
    delimiter: _Delimiter = ","
    """The character between values, such as "," or "\\t"."""
    decimal: Literal[".", ","] = "."
    """The character before a number's decimals; with a comma, points may stand between thousands, as in 1.234,5."""
    header: bool = True
    """Whether the first line holds the names of the columns."""
    comment: str | None = "#"
    """Lines that begin with this, or with a quote and this, are skipped; null: none are."""
    encoding: str = "utf-8"
    """How the file's bytes are text, such as utf-8, latin-1 or cp949."""

    @field_validator("encoding")
    @classmethod
    def _a_text_encoding(cls, encoding: str) -> str:
        try:
            "".encode(encoding)
            lookup(encoding)
        except LookupError:
            raise ValueError(f"`encoding` (={encoding!r}) must be a text encoding, such as utf-8 or latin-1") from None
        return encoding

    @model_validator(mode="after")
    def _a_file(self) -> TableFile:
        if self.path is None and self.url is None:
            raise ValueError(f"`path` (={self.path}) or `url` (={self.url}) must be given")
        if (self.url is None) != (self.sha256 is None):
            raise ValueError(f"`sha256` (={self.sha256}) must be given with `url` (={self.url}), and only then")
        return self

    @property
    def file_name(self) -> str:
        """What the file is called."""
        return Path(self.path or (self.url or "").split("?")[0].rstrip("/")).name

    def located(self, folder: Path) -> Path:
        """The file: where it lies, or fetched into the data folder. Raises MissingData where it cannot be had."""
        if self.url is None:
            assert self.path is not None
            return resolve_all([self.path], folder)[0]
        path = find(folder, [self.file_name]) if self.path is None else self._at_path(folder)
        if path is None:
            below = Path() if self.path is None or Path(self.path).is_absolute() else Path(self.path).parent
            file = PublishedFile(self.file_name, None, f"sha256:{self.sha256}", at=self.url)
            kind = type(self).__pydantic_fields__["type"].default
            obtain(kind, [file], [""], folder / below, folder, "")
            path = folder / below / self.file_name
        return path

    def _at_path(self, folder: Path) -> Path | None:
        assert self.path is not None
        try:
            return resolve_all([self.path], folder)[0]
        except MissingData:
            return None
