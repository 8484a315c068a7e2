"""Pairs of texts of a user's own, one of which is to be written of the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from dlcli.component import such_as
from dlcli.datasets.folder import resolve_all
from dlcli.datasets.holdout import HELD_OUT, Holdout, OwnSplits
from dlcli.datasets.spec import DatasetSpec, Outlook
from dlcli.datasets.texts.fields import By, Encoding, Tokens
from dlcli.paths import PathText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlcli.datasets.data import Data, Split, TokenSequence
    from dlcli.datasets.texts.pairs import Pair


class Pairs(DatasetSpec, OwnSplits, Tokens):
    """A source and a target text on each line of a file, such as a sentence and its translation.

    x: (N, S + T) whole numbers: the source, filled up with 0, and what is before each token of the target: the
    beginning (2), then the tokens. y: (N, T) the tokens of the target with the one that ends it (3), -1 after that.
    Sources and targets have vocabularies of their own, of the training split. What stands after a second delimiter on a
    line is left out.
    Raises MissingData where there is no such file; DataError, with the line, where a line has no two texts.
    """

    model_config = such_as(
        {"type": "pairs", "path": "fra.txt", "by": "words", "lowercase": True, "vocabulary": 8000},
        {"type": "pairs", "path": "fra.txt"},
    )

    type: Literal["pairs"] = "pairs"

    path: PathText = Field(examples=["fra.txt"])
    """The file, looked for from the working directory, then in the data folder and one folder down in it."""
    test_path: PathText | None = Field(default=None, examples=["fra_test.txt"])
    """A file of further pairs that is the test split; `test` then holds out nothing."""
    encoding: Encoding = Field(default="utf-8", examples=["latin-1"])
    """How characters are written as bytes."""
    delimiter: Annotated[str, Field(min_length=1)] = "\t"
    """What stands between source and target."""
    reverse: bool = False
    """Whether the second text of a line is the source, and the first what is to be written."""
    by: By = "characters"
    """What a token is: a character, a word or a punctuation mark, or what stands between `spaces`."""

    @model_validator(mode="after")
    def _fields_that_fit(self) -> Pairs:
        if self.test_path is not None and self.test != Holdout(fraction=0.2):
            raise ValueError(f"`test` (={self.test}) must not be given with `test_path` (={self.test_path})")
        return self

    @classmethod
    def first_values(cls) -> dict[str, object]:
        """What `dlcli init` writes besides the type."""
        return {"path": "pairs.txt", **HELD_OUT}

    def outlook(self) -> Outlook:
        """What is known without the file."""
        return Outlook(
            predicts="sequences",
            shape=(None,),
            validation=self.validation is not None,
            test=self.test is not None or self.test_path is not None,
            groups=False,
            files=tuple(field for field in ("path", "test_path") if getattr(self, field) is not None),
            tokens=True,
            per_step=True,
        )

    def load(self, folder: Path) -> Data:
        """Reads, numbers and divides the pairs."""
        from dlcli.datasets.splits import divide
        from dlcli.datasets.texts.pairs import paired_texts

        def divided(rest: Split, target: TokenSequence, test: Split | None) -> tuple[Split, Split | None, Split | None]:
            return divide(rest, target, self, test=test)

        paths = resolve_all([path for path in (self.path, self.test_path) if path is not None], folder)
        return paired_texts([list(self._read(path)) for path in paths], self, self.by, divided)

    def write_stand_in(self, folder: Path) -> None:
        """Made-up pairs under the file's base name: a few letters, and the same from behind."""
        import numpy as np

        draw = np.random.default_rng(0)
        words = sorted({"".join(draw.choice(list("abcdefg"), int(draw.integers(3, 8)))) for _ in range(500)})
        paths = [path for path in (self.path, self.test_path) if path is not None]
        for part, path in enumerate(paths):
            sources = [word if self.by == "characters" else " ".join(word) for word in words[part :: len(paths)]]
            lines = [f"{source}{self.delimiter}{source[::-1]}\n" for source in sources]
            (folder / Path(path).name).write_text("".join(lines), encoding=self.encoding)

    def _read(self, path: Path) -> Iterator[Pair]:
        """The lines of a file; empty ones are passed over."""
        from dlcli.datasets.texts.pairs import Pair
        from dlcli.datasets.texts.reading import read_text
        from dlcli.errors import DataError

        for number, line in enumerate(read_text(path, self.encoding).split("\n"), start=1):
            if not line.strip():
                continue
            texts = [text.strip() for text in line.split(self.delimiter)]
            if len(texts) < 2 or not all(texts[:2]):
                raise DataError(
                    f"{path}, line {number}: {line[:40]!r} has no two texts with {self.delimiter!r} between"
                )
            source, target = reversed(texts[:2]) if self.reverse else texts[:2]
            yield Pair(f"{path.name}, line {number}", source, target)
