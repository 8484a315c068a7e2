"""Tiny Shakespeare: plays as one running text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, model_validator

from dlcli.datasets.files.download import PublishedFile, obtain
from dlcli.datasets.holdout import Holdout
from dlcli.datasets.spec import DatasetSpec, Facts, Outlook
from dlcli.datasets.texts.fields import By, Tokens, Windows, refuse_draws

if TYPE_CHECKING:
    from dlcli.datasets.data import Data

FILE = PublishedFile("input.txt", 1115394, "sha256:86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed")
MIRRORS = ("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/",)
_FOLDERS = ("tiny_shakespeare", "tinyshakespeare")
_CHARACTERS = 1115394
_STAND_IN_WORDS = 1200


class TinyShakespeare(DatasetSpec, Tokens, Windows):
    """The beginning of Shakespeare's plays, 1115394 characters, whose next one is predicted (downloaded, 1.1 MB).

    x: (N, `steps`) int32, windows of characters or words; y: (N, `steps`) int32, those that follow. By default the
    first nine tenths are for training, a twentieth after that is for validation, and the last one the test.
    Raises MissingData where the file is not here and cannot be downloaded.
    Source: Karpathy 2015, https://karpathy.github.io/2015/05/21/rnn-effectiveness/.
    """

    facts: ClassVar[Facts | None] = Facts(
        train=_CHARACTERS - _CHARACTERS // 20,
        test=_CHARACTERS // 20,
        example="a window of characters; counted here are characters",
        classes=(),
        authors="William Shakespeare, put together by Andrej Karpathy",
        licence="public domain",
        page="https://github.com/karpathy/char-rnn",
        download_bytes=FILE.size_bytes or 0,
    )

    type: Literal["tiny_shakespeare"] = "tiny_shakespeare"
    by: By = "characters"
    """What a token is: a character; a word or a punctuation mark; or what stands between spaces."""
    test: Holdout | None = Field(default_factory=lambda: Holdout(fraction=0.05))
    """What share of the text, at its end, is held out for the test; null: nothing."""
    validation: Holdout | None = Field(default_factory=lambda: Holdout(fraction=0.0526))
    """What share of the rest, at its end, is held out for validation; null: nothing."""

    @model_validator(mode="after")
    def _divided_in_its_order(self) -> TinyShakespeare:
        refuse_draws("validation", self.validation)
        refuse_draws("test", self.test)
        return self

    def outlook(self) -> Outlook:
        """What is known of the text."""
        return Outlook(
            predicts="tokens",
            shape=(self.steps,),
            validation=self.validation is not None,
            test=self.test is not None,
            groups=False,
            tokens=True,
            per_step=True,
        )

    def load(self, folder: Path) -> Data:
        """The file from `tiny_shakespeare/` or `tinyshakespeare/` in the data folder, or downloaded into the former."""
        from dlcli.datasets.texts.reading import read_text
        from dlcli.datasets.texts.running import running_text

        path = self.place(folder)
        if path is None:
            into = folder / _FOLDERS[0]
            obtain(self.type, (FILE,), MIRRORS, into, folder, f"{_FOLDERS[1]}/{FILE.name}")
            path = into / FILE.name
        text = read_text(path, "utf-8")
        data = running_text(text, self, self.by, str(path))
        part = f"only a part of it: {len(text)} of {_CHARACTERS} characters"
        return data if len(text) == _CHARACTERS else data.remarked(part)

    @classmethod
    def place(cls, folder: Path) -> Path | None:
        """The file, whose own name says nothing, in a folder that is named after it."""
        return next((path for name in _FOLDERS if (path := folder / name / FILE.name).exists()), None)

    def write_stand_in(self, folder: Path) -> None:
        """Made-up sentences of 1200 words."""
        from dlcli.datasets.texts.made_up import running

        into = folder / _FOLDERS[0]
        into.mkdir(parents=True, exist_ok=True)
        (into / FILE.name).write_text(running(_STAND_IN_WORDS, 0), encoding="utf-8")
