from __future__ import annotations

import datetime
import re
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.checks import check
from dlcli.datasets.data import BEGIN, END
from dlcli.datasets.dates import Dates
from dlcli.datasets.texts.made_dates import written_dates

SMALL = {"train": 300, "validation": 40, "test": 50}
LANGUAGES = ("english", "german", "french", "spanish")


def texts(data, split):
    """The sources and targets of a split, as people read them."""
    part, S = data.splits[split], data.target.source_steps
    for x, y in zip(part.x, part.y, strict=True):
        source = "".join(data.vocabulary[token] for token in x[:S] if token)
        yield source, "".join(data.target.names[token] for token in y if token > END)


def test_it_has_as_many_as_it_is_asked_for_and_is_what_data_must_be():
    data = Dates(**SMALL).load(Path())
    assert {name: len(split) for name, split in data.splits.items()} == SMALL
    check(data, "dates")
    assert data.target.names[:4] == ("<padding>", "<unknown>", "<begin>", "<end>")
    assert data.train.y.shape[1] == 11
    assert not data.remarks


def test_what_is_before_a_token_is_the_target_one_step_later():
    data = Dates(**SMALL).load(Path())
    before = data.train.x[:, data.target.source_steps :]
    assert (before[:, 0] == BEGIN).all()
    np.testing.assert_array_equal(before[:, 1:], data.train.y[:, :-1])
    assert (data.train.y[:, -1] == END).all()


def test_every_date_is_written_as_it_is():
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    for source, iso in written_dates(500, ("english",), 1900, 2049, 0):
        day = datetime.date.fromisoformat(iso)
        assert 1900 <= day.year <= 2049
        assert str(day.year) in source
        if "/" in source:
            assert list(map(int, source.split("/"))) == [day.month, day.day, day.year]
        else:
            assert months[day.month - 1][:3].lower() in source.lower()
            assert str(day.day) in re.findall(r"[1-9]\d*", source)
            weekday = day.strftime("%a")
            named = re.search(r"(mon|tue|wed|thu|fri|sat|sun)", source.lower())
            assert named is None or named[0] == weekday.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_are_written_alike_and_nothing_is_between_splits(language):
    data = Dates(languages=(language,), **SMALL).load(Path())
    sources = [source for split in SMALL for source, _ in texts(data, split)]
    assert len(set(sources)) == len(sources) == sum(SMALL.values())


def test_of_one_language_a_text_means_one_date_only():
    for language in LANGUAGES:
        pairs = written_dates(3000, (language,), 2000, 2009, 1)
        meant = {}
        for source, iso in pairs:
            assert meant.setdefault(source.lower(), iso) == iso


def test_the_seed_of_the_data_decides_which_there_are():
    one, again, other = (Dates(data_seed=seed, **SMALL).load(Path()).fingerprint() for seed in (1, 1, 2))
    assert one == again != other


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"first_year": 2000, "last_year": 1999}, r"`last_year` \(=1999\) must not come before `first_year` \(=2000\)"),
        ({"train": 5000, "first_year": 2000, "last_year": 2000}, r"`train` \(=5000\) must be at most 1"),
        ({"languages": ("german", "german")}, r"`languages` .* must name each once"),
    ],
)
def test_what_cannot_be_is_refused(fields, said):
    with pytest.raises(ValidationError, match=said):
        Dates(**fields)
