"""Texts of a user's own: a running one, whose next characters or words are predicted, or lines with a class each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PositiveInt, model_validator

from dlcli.component import such_as
from dlcli.datasets.folder import resolve_all
from dlcli.datasets.holdout import HELD_OUT, Holdout, OwnSplits
from dlcli.datasets.spec import DatasetSpec, Outlook
from dlcli.datasets.texts.fields import By, Encoding, Tokens, Windows, refuse_draws
from dlcli.paths import PathText

if TYPE_CHECKING:
    from dlcli.datasets.data import Classes, Data, Split

_STAND_IN_WORDS = 1200
_STAND_IN_LINES = (160, 40)


class Text(DatasetSpec, OwnSplits, Tokens, Windows):
    """A text in a file or in the spec itself, or one example a line, with its class.

    Without `label`, the next token is predicted at every step. x: (N, T) int32, windows of a running text, T = `steps`;
    y: (N, T) int32, the tokens that follow. Training has the beginning of the text, then come validation and test.
    With `label`, the class of each line is predicted. x: (N, T) int32, T = `length`; y: classes, in the order of
    numbers or letters. What is held out is drawn as of any examples.
    Tokens are characters, or words and punctuation marks: 0 is padding at the end of short texts, 1 whatever the
    vocabulary does not have, which is that of the training split (with `folds`, of all examples).
    Raises MissingData where there is no such file; DataError, with file and line, where it is not as the spec says.
    """

    model_config = such_as(
        {"type": "text", "path": "story.txt", "steps": 64},
        {"type": "text", "path": "reviews.txt", "label": "first", "lowercase": True},
        {"type": "text", "text": "hihello", "test": None, "validation": None},
    )

    type: Literal["text"] = "text"

    path: PathText | None = Field(default=None, examples=["story.txt"])
    """The file, looked for from the working directory, then in the data folder and one folder down in it. Either
    this or `text` must be given.
    """
    text: Annotated[str, Field(min_length=3)] | None = Field(default=None, examples=["hihello"])
    """The text itself, instead of `path`."""
    test_path: PathText | None = Field(default=None, examples=["reviews_test.txt"])
    """With `label`: a file of further lines that is the test split; `test` then holds out nothing."""
    encoding: Encoding = Field(default="utf-8", examples=["latin-1"])
    """How characters are written as bytes."""
    by: By | None = None
    """What a token is: a character; a word or a punctuation mark; or, of texts that are divided already, what stands
    between `spaces`. Ends of lines are tokens, too. null: words of lines with a class, characters of a running text.
    """
    label: Literal["first"] | None = None
    """Where the class of a line stands: first, before `delimiter`; null: there are no classes but a running text."""
    delimiter: Annotated[str, Field(min_length=1)] = Field(default=" ", examples=["\t"])
    """What stands between a class and its text."""
    length: PositiveInt | None = Field(default=None, examples=[60])
    """With `label`: tokens of each example; what is longer is cut off. null: as many as the longest has."""

    @model_validator(mode="after")
    def _fields_that_fit(self) -> Text:
        if (self.path is None) == (self.text is None):
            raise ValueError(f"either `path` (={self.path}) or `text` (={self.text}) must be given, not both")
        if self.label is None:
            refuse_draws("validation", self.validation)
            refuse_draws("test", self.test)
            for field in ("test_path", "length"):
                if getattr(self, field) is not None:
                    raise ValueError(
                        f"`{field}` (={getattr(self, field)}) is for lines with a class: give `label`, too"
                    )
        else:
            if self.text is not None:
                raise ValueError(
                    f"`text` (={self.text:.20}) must be a running text; lines with a class are in a `path`"
                )
            for field in ("steps", "stride"):
                # A run's spec names every value, also those that nobody gave.
                if (value := getattr(self, field)) != type(self).__pydantic_fields__[field].default:
                    raise ValueError(
                        f"`{field}` (={value}) is for a running text, not for lines with a class (`label`)"
                    )
            if self.test_path is not None and self.test != Holdout(fraction=0.2):
                raise ValueError(f"`test` (={self.test}) must not be given with `test_path` (={self.test_path})")
        return self

    @classmethod
    def first_values(cls) -> dict[str, object]:
        """What `dlcli init` writes besides the type."""
        return {"path": "story.txt", **HELD_OUT}

    def outlook(self) -> Outlook:
        """What is known without the text."""
        running = self.label is None
        return Outlook(
            predicts="tokens" if running else "classes",
            shape=(None if running else self.length,),
            validation=self.validation is not None,
            test=self.test is not None or self.test_path is not None,
            groups=False,
            files=tuple(field for field in ("path", "test_path") if getattr(self, field) is not None),
            tokens=True,
            per_step=running,
        )

    def load(self, folder: Path) -> Data:
        """Reads, numbers and divides the text."""
        from dlcli.datasets.splits import divide
        from dlcli.datasets.texts.lines import labelled_texts
        from dlcli.datasets.texts.reading import read_lines, read_text
        from dlcli.datasets.texts.running import running_text

        given = [path for path in (self.path, self.test_path) if path is not None]
        paths = resolve_all(given, folder) if given else []
        if self.label is None:
            text = read_text(paths[0], self.encoding) if paths else str(self.text)
            where = str(paths[0]) if paths else "`text`"
            return running_text(text, self, self.by or "characters", where)

        def divided(rest: Split, target: Classes, test: Split | None) -> tuple[Split, Split | None, Split | None]:
            return divide(rest, target, self, test=test)

        lines = [list(read_lines(path, self.encoding, self.delimiter)) for path in paths]
        return labelled_texts(lines, self, self.by or "words", divided)

    def write_stand_in(self, folder: Path) -> None:
        """Made-up sentences under the file's base name; lines of two classes where lines have classes."""
        from dlcli.datasets.texts import made_up

        for part, path in enumerate(path for path in (self.path, self.test_path) if path is not None):
            if self.label is None:
                content = made_up.running(_STAND_IN_WORDS, part)
            else:
                content = made_up.labelled(("no", "yes"), _STAND_IN_LINES[part], self.delimiter, part)
            (folder / Path(path).name).write_text(content, encoding=self.encoding)
