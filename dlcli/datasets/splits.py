"""Divides examples into training, validation and test, and into folds, so that nothing leaks across."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import Classes, Data, Reals, Split, Target, pooled, with_known_tokens
from dlcli.datasets.hints import did_you_mean
from dlcli.datasets.holdout import By, Holdout, OwnSplits
from dlcli.datasets.rows import blocks
from dlcli.errors import DataError


def divide(
    whole: Split, target: Target, spec: OwnSplits, *, validation: Split | None = None, test: Split | None = None
) -> tuple[Split, Split | None, Split | None]:
    """Training, validation and test split of all examples; a split that the data came with stays as it is.

    Raises DataError where a split would be empty, a group is asked for and there is none, or a group or (unless
    allowed) equal examples stand on both sides of a split.
    """
    # Who wants the last part of each recording for the test means to have the same people on both sides.
    train = replace(whole, groups=None) if "time" in (by_of(spec.test), by_of(spec.validation)) else whole
    if test is None:
        train, test = hold_out(train, target, spec.test, spec.split_seed, "test")
    if validation is None:
        train, validation = hold_out(train, target, spec.validation, spec.split_seed, "validation")
    refuse_shared_groups({"train": train, "validation": validation, "test": test})
    if spec.duplicates == "refuse":
        refuse_duplicates({"train": train, "validation": validation, "test": test})
    return train, validation, test


def by_of(holdout: Holdout | None) -> By | None:
    """What a spec says is drawn."""
    return None if holdout is None else holdout.by


def hold_out(split: Split, target: Target, holdout: Holdout | None, seed: int, name: str) -> tuple[Split, Split | None]:
    """What stays and what is held out, each in the order of the data."""
    if holdout is None:
        return split, None
    if holdout.groups is not None:
        return _hold_out_named(split, holdout.groups, name)
    by = holdout.by or _default(split, target)
    units = _units(split, target, by, name)
    draw = np.random.default_rng([seed, *name.encode()])
    out = np.zeros(len(split), bool)
    if by == "time":
        out[len(split) - max(1, round(holdout.fraction * len(split))) :] = True
    elif by == "class":
        known, counts = np.unique(units, return_counts=True)
        for unit, share in zip(known, _shares(counts, holdout.fraction), strict=True):
            out[draw.permutation(np.flatnonzero(units == unit))[:share]] = True
    else:
        known = np.unique(units)
        drawn = draw.permutation(known)[: max(1, round(holdout.fraction * len(known)))]
        out = np.isin(units, drawn)
    if not out.any() or out.all():
        raise DataError(
            f"`{name}` (={{fraction: {holdout.fraction:g}, by: {by}}}) leaves "
            f"{'nothing to train on' if out.all() else f'the {name} split empty'}; there are {len(split)} examples"
            + (f" in {len(np.unique(units))} groups" if by == "group" else ""),
            at=("dataset", name, "fraction"),
        )
    return split.take(np.flatnonzero(~out)), split.take(np.flatnonzero(out))


def _hold_out_named(split: Split, wanted: Sequence[str | int], name: str) -> tuple[Split, Split]:
    at = ("dataset", name, "groups")
    if split.groups is None:
        raise DataError(f"`{name}.groups` (={list(wanted)}): this data has no groups", at=at)
    there = split.groups.astype(str)
    known = np.unique(there).tolist()
    for i, group in enumerate(wanted):
        if str(group) not in known:
            raise DataError(
                f"`{name}.groups`: there is no group {str(group)!r} to hold out{did_you_mean(str(group), known)}; "
                f"there are {', '.join(known[:50])}",
                at=(*at, i),
            )
    out = np.isin(there, [str(group) for group in wanted])
    if out.all():
        said = f"`{name}.groups` (={list(wanted)}) leaves nothing to train on; there are {', '.join(known)}"
        raise DataError(said, at=at)
    return split.take(np.flatnonzero(~out)), split.take(np.flatnonzero(out))


def folds(data: Data, count: int | None, seed: int) -> Iterator[Data]:
    """The data divided anew `count` times: each time another part of all examples is the test split.

    count: None leaves out one group at a time. Groups are never split; without groups each class is spread evenly.
    Validation is as large a share of the rest as it was. Raises DataError where there are too few groups or examples,
    or none to leave out.
    """
    whole = pooled(data)
    units = np.arange(len(whole)) if whole.groups is None else whole.groups
    known = np.unique(units)
    count = fold_count(data, count)
    part_of = dict(zip(known.tolist(), _parts(whole, data.target, known, count, seed).tolist(), strict=True))
    parts = np.array([part_of[unit] for unit in units.tolist()])
    share = len(data.validation) / (len(data.validation) + len(data.train)) if data.validation is not None else None
    for part in range(count):
        rest, test = whole.take(np.flatnonzero(parts != part)), whole.take(np.flatnonzero(parts == part))
        holdout = Holdout(fraction=share) if share else None
        train, validation = hold_out(rest, data.target, holdout, seed, "validation")
        fold = replace(data, train=train, validation=validation, test=test)
        yield fold if data.vocabulary is None else with_known_tokens(fold)


def fold_count(data: Data, count: int | None) -> int:
    """How many folds there are; count: None leaves out one group at a time. Raises DataError as `folds` does."""
    groups = [split.groups for split in data.splits.values() if split.groups is not None]
    if not groups and count is None:
        raise DataError("`leave_one_group_out`: this data has no groups", at=("leave_one_group_out",))
    what = "groups" if groups else "examples"
    there_are = len(np.unique(np.concatenate(groups))) if groups else sum(map(len, data.splits.values()))
    count = there_are if count is None else count
    if not 2 <= count <= there_are:
        said = f"`folds` (={count}) must be 2 or more, and at most the number of {what} ({there_are})"
        raise DataError(said, at=("folds",))
    return count


def refuse_duplicates(splits: Mapping[str, Split | None]) -> None:
    """Raises DataError where an example of one split stands in another, too; names the first and counts the others.

    Examples with equal values and different targets are different cases: they give nothing away.
    """
    present = {name: split for name, split in splits.items() if split is not None}
    first, pairs = "", 0
    seen: dict[bytes, tuple[str, int]] = {}
    for name, split in present.items():
        own: dict[bytes, tuple[str, int]] = {}
        row = 0
        for block in blocks(split.x):
            for example in np.ascontiguousarray(block):
                digest = hashlib.blake2b(example.tobytes() + split.y[row].tobytes(), digest_size=16).digest()
                if digest in seen:
                    pairs += 1
                    other, at = seen[digest]
                    first = first or (
                        f"{split.name_of(row)} of the {name} split equals {present[other].name_of(at)} of the {other} "
                        f"split: {_shown(example)}"
                    )
                own.setdefault(digest, (name, row))
                row += 1
        seen |= own
    if pairs:
        more = f", and {pairs - 1} more such pair{'s' if pairs > 2 else ''}" if pairs > 1 else ""
        raise DataError(
            f"{first}{more}; remove one{' of each' if more else ''}, or set dataset.duplicates=allow if they are "
            "different cases that happen to look the same"
        )


def refuse_shared_groups(splits: Mapping[str, Split | None]) -> None:
    """Raises DataError where examples of one group stand in two splits; names the group."""
    of: dict[object, str] = {}
    for name, split in splits.items():
        if split is None or split.groups is None:
            continue
        for group in np.unique(split.groups).tolist():
            if group in of:
                raise DataError(f"group {group!r} stands in the {of[group]} and in the {name} split; it must be in one")
            of[group] = name


def _default(split: Split, target: Target) -> By:
    if split.groups is not None:
        return "group"
    return "class" if isinstance(target, Classes) else "chance"


def _units(split: Split, target: Target, by: By, name: str) -> NDArray[Any]:
    at = ("dataset", name, "by")
    if by == "group":
        if split.groups is None:
            raise DataError(f"`{name}: {{by: {by}}}`: this data has no groups", at=at)
        return split.groups
    if by == "class":
        if not isinstance(target, Classes):
            why = "numbers are predicted, there are no classes"
            why = why if isinstance(target, Reals) else "no example has one class"
            raise DataError(f"`{name}: {{by: {by}}}`: {why}", at=at)
        return split.y
    return np.arange(len(split))


def _shares(counts: NDArray[np.int64], fraction: float) -> NDArray[np.int64]:
    """How many of each class are held out: the fraction of all together, by largest remainders, never a whole class."""
    shares = (fraction * counts).astype(np.int64)
    wanted = max(1, round(fraction * counts.sum())) - shares.sum()
    by_remainder = np.argsort(shares - fraction * counts, kind="stable")
    shares[by_remainder[shares[by_remainder] < counts[by_remainder] - 1][: max(0, wanted)]] += 1
    return shares


def _parts(whole: Split, target: Target, units: NDArray[Any], count: int, seed: int) -> NDArray[np.int64]:
    """Which of the parts each unit belongs to: as many units in each, single examples spread class by class."""
    order = np.random.default_rng([seed, *b"folds"]).permutation(len(units))
    if whole.groups is None and isinstance(target, Classes):
        order = order[np.argsort(whole.y[order], kind="stable")]
    parts = np.empty(len(units), np.int64)
    parts[order] = np.arange(len(units)) % count
    return parts


def _shown(example: NDArray[Any]) -> str:
    values = ", ".join(f"{value:g}" for value in example.reshape(-1)[:6].tolist())
    return f"[{values}{', ...' if example.size > 6 else ''}]"
