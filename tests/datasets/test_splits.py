"""Dividing examples: nothing lost, nothing twice, groups whole, classes in their shares, duplicates found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dlcli.datasets.data import Classes, Data, Reals, Split
from dlcli.datasets.rows import Rows
from dlcli.datasets.splits import (
    Holdout,
    OwnSplits,
    divide,
    folds,
    hold_out,
    refuse_duplicates,
    refuse_shared_groups,
)
from dlcli.errors import DataError

ABC = Classes(("a", "b", "c"))
REALS = Reals(("y",))


def examples(y: Any, groups: Any = None) -> Split:
    """Examples whose x is their number."""
    y = np.asarray(y)
    y = y.astype(np.int32) if y.dtype.kind == "i" else y.astype(np.float32)[:, None]
    return Split(np.arange(len(y), dtype=np.float32)[:, None], y, None if groups is None else np.asarray(groups))


def numbers(split: Split | None) -> list[int]:
    return [] if split is None else split.x[:, 0].astype(int).tolist()


_labels = st.lists(st.integers(0, 2), min_size=8, max_size=60)
_fraction = st.floats(0.05, 0.95)
_seeds = st.integers(0, 99)


@given(_labels, _fraction, st.sampled_from(["class", "time", "chance"]), _seeds)
def test_nothing_is_lost_and_nothing_twice(labels: list[int], fraction: float, by: Any, seed: int) -> None:
    whole = examples(labels)
    try:
        stays, out = hold_out(whole, ABC, Holdout(fraction=fraction, by=by), seed, "test")
    except DataError:
        assert by != "class" or max(np.bincount(labels)) < 2 or fraction > 0.9
        return
    assert sorted(numbers(stays) + numbers(out)) == list(range(len(whole)))
    for split in (stays, out):
        assert split is not None
        assert numbers(split) == sorted(numbers(split))
        assert split.y.tolist() == [labels[i] for i in numbers(split)]


@given(_labels, _fraction, _seeds)
def test_class_shares_are_kept(labels: list[int], fraction: float, seed: int) -> None:
    counts = np.bincount(labels, minlength=3)
    if max(counts) < 2:
        return
    stays, out = hold_out(examples(labels), ABC, Holdout(fraction=fraction, by="class"), seed, "test")
    assert out is not None
    taken = np.bincount(out.y, minlength=3)
    assert (abs(taken - fraction * counts) <= 1 + 1e-9).all()
    assert (np.bincount(stays.y, minlength=3)[counts > 0] > 0).all()  # every class can be learnt


def test_small_classes_are_held_out_by_their_share_of_all() -> None:
    labels = np.repeat(np.arange(50), 4)
    _, out = hold_out(examples(labels), Classes(tuple(map(str, range(50)))), Holdout(fraction=0.1), 0, "test")
    assert out is not None
    assert len(out) == 20


@given(st.lists(st.integers(0, 6), min_size=5, max_size=60), _fraction, _seeds)
def test_groups_stay_whole(groups: list[int], fraction: float, seed: int) -> None:
    known = len(set(groups))
    whole = examples(np.zeros(len(groups), int), np.array(list("abcdefg"))[groups])
    count = max(1, round(fraction * known))
    if count == known:
        with pytest.raises(DataError, match=rf"leaves nothing to train on; .* in {known} groups"):
            hold_out(whole, ABC, Holdout(fraction=fraction), seed, "test")
        return
    stays, out = hold_out(whole, ABC, Holdout(fraction=fraction), seed, "test")
    assert out is not None
    assert stays.groups is not None
    assert out.groups is not None
    assert not set(stays.groups) & set(out.groups)
    assert len(set(out.groups)) == count
    assert len(stays) + len(out) == len(whole)


def test_time_holds_out_the_last() -> None:
    train, validation, test = divide(
        examples(np.linspace(0, 1, 100)),
        REALS,
        OwnSplits(test=Holdout(fraction=0.2, by="time"), validation=Holdout(fraction=0.1, by="time")),
    )
    assert numbers(train) == list(range(72))
    assert numbers(validation) == list(range(72, 80))
    assert numbers(test) == list(range(80, 100))


def test_defaults_follow_the_data() -> None:
    labels = [0] * 50 + [1] * 10
    _, _, test = divide(examples(labels), ABC, OwnSplits())
    assert test is not None
    assert np.bincount(test.y).tolist() == [10, 2]
    _, _, test = divide(examples(labels, np.arange(60) // 6), ABC, OwnSplits())
    assert test is not None
    assert test.groups is not None
    assert len(test) == 12
    assert len(set(test.groups.tolist())) == 2


def test_the_seed_alone_decides() -> None:
    drawn = [numbers(divide(examples(np.arange(90) % 3), ABC, OwnSplits(split_seed=seed))[2]) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_null_holds_out_nothing() -> None:
    train, validation, test = divide(examples(np.arange(9) % 3), ABC, OwnSplits(test=None, validation=None))
    assert (len(train), validation, test) == (9, None, None)


def test_splits_that_the_data_came_with_stay_as_they_are() -> None:
    given_test = Split(np.full((3, 1), -1.0, np.float32), np.zeros(3, np.int32))
    train, validation, test = divide(examples(np.arange(30) % 3), ABC, OwnSplits(), test=given_test)
    assert test is given_test
    assert validation is not None
    assert sorted(numbers(train) + numbers(validation)) == list(range(30))


@pytest.mark.parametrize(
    ("whole", "target", "holdout", "message"),
    [
        (examples([0, 1]), ABC, Holdout(by="group"), r"`test: {by: group}`: this data has no groups"),
        (examples([0.5, 1.5]), REALS, Holdout(by="class"), r"`test: {by: class}`: numbers are predicted, there are no"),
        (
            examples([0, 1, 2]),
            ABC,
            Holdout(fraction=0.3, by="class"),
            r"`test` \(={fraction: 0\.3, by: class}\) leaves the test split empty; there are 3 examples",
        ),
        (
            examples([0.5, 1.5]),
            REALS,
            Holdout(fraction=0.9),
            r"`test` \(={fraction: 0\.9, by: chance}\) leaves nothing to train on; there are 2 examples",
        ),
        (
            examples([0, 1], ["x", "x"]),
            ABC,
            Holdout(fraction=0.5),
            r"\(={fraction: 0\.5, by: group}\) leaves nothing to train on; there are 2 examples in 1 groups",
        ),
    ],
)
def test_what_cannot_be_held_out_is_refused(whole: Split, target: Any, holdout: Holdout, message: str) -> None:
    with pytest.raises(DataError, match=message):
        hold_out(whole, target, holdout, 0, "test")


@pytest.mark.parametrize("fraction", [0.0, 1.0])
def test_fractions_leave_something_on_both_sides(fraction: float) -> None:
    with pytest.raises(ValidationError, match=rf"input_value={fraction}"):
        Holdout(fraction=fraction)


# Folds


def data(whole: Split, target: Any = ABC, spec: OwnSplits | None = None) -> Data:
    return Data(*divide(whole, target, spec or OwnSplits()), target)


@given(st.lists(st.integers(0, 2), min_size=20, max_size=60), st.integers(2, 5), _seeds)
def test_folds_test_each_example_once(labels: list[int], count: int, seed: int) -> None:
    divided = list(folds(data(examples(labels)), count, seed))
    assert len(divided) == count
    tests = [number for fold in divided for number in numbers(fold.test)]
    assert sorted(tests) == list(range(len(labels)))
    for fold in divided:
        assert fold.test is not None
        everything = numbers(fold.train) + numbers(fold.validation) + numbers(fold.test)
        assert sorted(everything) == list(range(len(labels)))
        assert abs(len(fold.test) - len(labels) / count) < 1
        expected = np.bincount(labels, minlength=3) / count
        assert (abs(np.bincount(fold.test.y, minlength=3) - expected) < 1).all()


def test_folds_keep_validation_as_large_a_share_of_the_rest() -> None:
    fold = next(folds(data(examples(np.arange(300) % 3)), 5, 0))
    assert (len(fold.train), len(fold.validation or ()), len(fold.test or ())) == (216, 24, 60)
    without = data(examples(np.arange(300) % 3), spec=OwnSplits(validation=None))
    assert next(folds(without, 5, 0)).validation is None


@given(st.lists(st.integers(0, 6), min_size=20, max_size=60).filter(lambda groups: len(set(groups)) > 4), _seeds)
def test_folds_keep_groups_whole(groups: list[int], seed: int) -> None:
    divided = list(folds(data(examples(np.zeros(len(groups), int), groups)), 3, seed))
    for fold in divided:
        refuse_shared_groups(dict(fold.splits))
    assert sorted(number for fold in divided for number in numbers(fold.test)) == list(range(len(groups)))


def test_one_group_is_left_out_at_a_time() -> None:
    divided = list(folds(data(examples(np.arange(60) % 3, np.arange(60) % 6)), None, 0))
    left_out = [set(fold.test.groups.tolist()) for fold in divided if fold.test and fold.test.groups is not None]
    assert sorted(map(tuple, left_out)) == [(0,), (1,), (2,), (3,), (4,), (5,)]


@pytest.mark.parametrize(
    ("groups", "count", "message"),
    [
        (None, None, r"`leave_one_group_out`: this data has no groups"),
        (None, 31, r"`folds` \(=31\) must be 2 or more, and at most the number of examples \(30\)"),
        (None, 1, r"`folds` \(=1\) must be 2 or more"),
        (None, 0, r"`folds` \(=0\) must be 2 or more"),
        (np.arange(30) % 5, 6, r"`folds` \(=6\) must be 2 or more, and at most the number of groups \(5\)"),
    ],
)
def test_folds_that_cannot_be_are_refused(groups: Any, count: int | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        next(folds(data(examples(np.arange(30) % 3, groups)), count, 0))


def test_one_group_alone_cannot_be_left_out() -> None:
    whole = examples(np.arange(30) % 3, np.zeros(30, int))
    with pytest.raises(DataError, match=r"`folds` \(=1\) must be 2 or more, .* number of groups \(1\)"):
        next(folds(Data(whole, None, None, ABC), None, 0))


# Leaks


def test_a_duplicate_across_is_found_and_named() -> None:
    train, test = examples(range(10)), examples(range(3))
    test.x[:] += 100
    refuse_duplicates({"train": train, "validation": None, "test": test})
    test.x[2] = 7
    refuse_duplicates({"train": train, "validation": None, "test": test})  # with another target: another case
    test.y[2] = 7
    with pytest.raises(DataError, match=r"example 2 of the test split equals example 7 of the train split: \[7\]; "):
        refuse_duplicates({"train": train, "validation": None, "test": test})


@pytest.mark.parametrize(
    ("equal", "others"),
    [
        (1, "; remove one, or"),
        (2, ", and 1 more such pair; remove one of each"),
        (3, ", and 2 more such pairs; remove one of each"),
    ],
)
def test_duplicates_across_are_counted(equal: int, others: str) -> None:
    train, test = examples(range(10)), examples(range(5))
    test.x[equal:] += 100
    with pytest.raises(
        DataError, match=rf"example 0 of the test split equals example 0 of the train split: \[0\]{others}"
    ):
        refuse_duplicates({"train": train, "test": test})


def test_duplicates_are_found_in_later_blocks_of_rows_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlcli.datasets.rows._BLOCK_BYTES", 12)
    x = np.arange(20, dtype=np.float32)[:, None]
    y = np.zeros(20, np.int32)
    test = Split(np.full((1, 1), 17, np.float32), y[:1])
    with pytest.raises(DataError, match=r"example 0 of the test split equals example 17 of the train split"):
        refuse_duplicates({"train": Split(Rows(x), y), "test": test})


def test_duplicates_on_one_side_do_not_matter() -> None:
    train = examples(range(4))
    train.x[:] = 1
    refuse_duplicates({"train": train})


def test_duplicates_are_refused_unless_allowed() -> None:
    whole = examples(np.arange(30) % 3)
    whole.x[:] = 5
    with pytest.raises(DataError, match=r"of the validation split equals example 1 of the train split: \[5\]"):
        divide(whole, ABC, OwnSplits())
    assert len(divide(whole, ABC, OwnSplits(duplicates="allow"))[0]) == 22


def test_a_long_example_is_shown_in_part() -> None:
    x = np.arange(8, dtype=np.float32).reshape(1, 2, 4)
    split = Split(x, np.zeros(1, np.int32))
    with pytest.raises(DataError, match=r"\[0, 1, 2, 3, 4, 5, \.\.\.\]"):
        refuse_duplicates({"train": split, "test": split})


@pytest.mark.parametrize("groups", [np.arange(6) % 3, np.array(["ann", "bob", "eve"] * 2)])
def test_a_group_on_two_sides_is_named(groups: Any) -> None:
    whole = examples(np.zeros(6, int), groups)
    sides: dict[str, Split | None] = {"train": whole.take(np.arange(4)), "test": whole.take(np.arange(4, 6))}
    group = repr(groups[1].item())
    with pytest.raises(DataError, match=rf"group {group} stands in the train and in the test split; it must be in one"):
        refuse_shared_groups(sides)
    with pytest.raises(DataError, match=rf"group {group} stands"):
        divide(sides["train"] or whole, ABC, OwnSplits(validation=None), test=sides["test"])


def people(*names: str) -> Split:
    """Three examples of each person."""
    groups = np.repeat(names, 3)
    return Split(np.arange(len(groups), dtype=np.float32)[:, None], np.arange(len(groups), dtype=np.int32) % 3, groups)


def test_people_are_held_out_by_name() -> None:
    spec = OwnSplits(test=Holdout(groups=("fay",)), validation=Holdout(groups=("ben", "dan")))
    whole = people("anna", "ben", "carl", "dan", "fay")
    train, validation, test = divide(whole, Classes(("a", "b", "c")), spec)
    assert validation is not None
    assert test is not None
    assert [set(split.groups.tolist()) for split in (train, validation, test) if split.groups is not None] == [
        {"anna", "carl"}, {"ben", "dan"}, {"fay"},
    ]  # fmt: skip


def test_groups_that_are_numbers_are_held_out_by_number() -> None:
    whole = Split(np.zeros((6, 1), np.float32), np.arange(6, dtype=np.int32) % 3, np.repeat([1, 2], 3))
    _, test = hold_out(whole, Classes(("a", "b", "c")), Holdout(groups=(2,)), 0, "test")
    assert test is not None
    assert test.groups is not None
    assert set(test.groups.tolist()) == {2}


def test_a_person_who_is_not_there_or_is_the_only_one_cannot_be_held_out() -> None:
    classes = Classes(("a", "b", "c"))
    with pytest.raises(DataError, match=r"`test.groups`: there is no group 'fey' .*`fay`.*there are anna, fay"):
        hold_out(people("anna", "fay"), classes, Holdout(groups=("fey",)), 0, "test")
    with pytest.raises(DataError, match=r"`test.groups` \(=\['anna'\]\) leaves nothing to train on"):
        hold_out(people("anna"), classes, Holdout(groups=("anna",)), 0, "test")
    with pytest.raises(DataError, match=r"`test.groups` \(=\['anna'\]\): this data has no groups"):
        hold_out(Split(np.zeros((3, 1)), np.arange(3)), classes, Holdout(groups=("anna",)), 0, "test")
    with pytest.raises(ValidationError, match=r"`by` \(=class\) must be group"):
        Holdout(groups=("anna",), by="class")
