"""Written dates with the same dates in one form, made by code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, field_validator, model_validator

from dlcli.component import such_as
from dlcli.datasets.spec import DatasetSpec, Outlook, each_once

if TYPE_CHECKING:
    from dlcli.datasets.data import Data, Split, TokenSequence

Language = Literal["english", "german", "french", "spanish"]
_Year = Annotated[int, Field(ge=1000, le=9999)]


class Dates(DatasetSpec):
    """Dates as people write them, of which the form of ISO 8601 is to be written: "3 May 1979" becomes "1979-05-03".

    x: (N, S + T) characters as numbers, y: (N, 11) the ten characters of the date and its end; see `pairs`. Each date
    is drawn evenly from the years, written in a language and a form that are drawn, too. No way of writing a date
    stands in two splits; another way of writing the same date may. Numbers alone are never ambiguous: between slashes
    the month comes first (English), between dots the day.
    Source of the task: "human readable dates to machine readable dates" of Ng et al. 2018, Sequence Models,
    https://www.coursera.org/learn/nlp-sequence-models; of the form: ISO 8601,
    https://www.iso.org/iso-8601-date-and-time-format.html.
    """

    model_config = such_as({"type": "dates", "languages": ("english", "german")})

    type: Literal["dates"] = "dates"

    train: PositiveInt = 20000
    """How many pairs are made for training."""
    validation: NonNegativeInt = 1000
    """How many for validation."""
    test: NonNegativeInt = 1000
    """How many for the test."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("english",)
    """In which languages dates are written."""
    first_year: _Year = 1900
    """Of the earliest dates, which begin with its January."""
    last_year: _Year = 2049
    """Of the latest dates, which end with its December."""
    data_seed: NonNegativeInt = 0
    """Determines which pairs are made. Apart from `seed`, so that runs of several seeds share their data."""

    _each_once = field_validator("languages")(each_once)

    @model_validator(mode="after")
    def _enough_of_them(self) -> Dates:
        if self.last_year < self.first_year:
            raise ValueError(f"`last_year` (={self.last_year}) must not come before `first_year` (={self.first_year})")
        wanted = self.train + self.validation + self.test
        # Each day can be written in six ways at least; half of them are found quickly.
        most = 3 * 365 * (self.last_year - self.first_year + 1)
        if wanted > most:
            raise ValueError(
                f"`train` (={self.train}) must be at most {max(1, most - wanted + self.train)}: so few years have no "
                "more dates; let `first_year` and `last_year` lie further apart"
            )
        return self

    def outlook(self) -> Outlook:
        """What is known: all but the longest way of writing a date."""
        return Outlook(
            predicts="sequences",
            shape=(None,),
            validation=self.validation > 0,
            test=self.test > 0,
            groups=False,
            tokens=True,
            per_step=True,
        )

    def load(self, folder: Path) -> Data:
        """Makes the pairs; nothing is read from the folder."""
        import numpy as np

        from dlcli.datasets.texts.made_dates import written_dates
        from dlcli.datasets.texts.pairs import Pair, paired_texts

        sizes = (self.train, self.validation, self.test)
        made = written_dates(sum(sizes), self.languages, self.first_year, self.last_year, self.data_seed)
        pairs = [Pair(f"date {i}", source, target) for i, (source, target) in enumerate(made)]

        def divided(
            whole: Split, target: TokenSequence, none: Split | None
        ) -> tuple[Split, Split | None, Split | None]:
            train, validation, test = (
                whole.take(rows) for rows in np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:2])
            )
            return train, validation if len(validation) else None, test if len(test) else None

        return paired_texts([pairs], _AsTheyAre(), "characters", divided)


class _AsTheyAre:
    """Capitals and all characters stay."""

    lowercase = False
    vocabulary = None
