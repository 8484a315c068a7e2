"""What must hold of any dataset before it is trained on, whoever made it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import (
    NO_LABEL,
    Classes,
    Column,
    Data,
    MultiLabel,
    NextToken,
    Split,
    StepClasses,
    Timelines,
    TokenSequence,
)
from dlcli.datasets.rows import blocks
from dlcli.datasets.splits import refuse_shared_groups
from dlcli.errors import DataError


def check(data: Data, name: str) -> None:
    """Raises DataError where the data cannot be trained on as it is; `name` says whose, for the message.

    No split is empty, all have examples of one shape, x and y are finite (a number that is missing from a table may
    be NaN, as may steps that only fill up, where the data says that there are such), labels lie within the classes,
    every class is there to be learnt, and no group stands in two splits.
    """
    for split_name, split in data.splits.items():
        where = f"{name}: the {split_name} split"
        if len(split) == 0:
            raise DataError(f"{where} is empty; expected at least one example")
        if split.x.shape[1:] != data.train.x.shape[1:]:
            shapes = f"{split.x.shape[1:]}, those of the train split {data.train.x.shape[1:]}"
            raise DataError(f"{where} has examples of shape {shapes}; expected one shape")
        if len(split.y) != len(split) or (split.groups is not None and len(split.groups) != len(split)):
            groups = "" if split.groups is None else f" and {len(split.groups)} groups"
            raise DataError(f"{where} has {len(split)} examples but {len(split.y)} targets{groups}; expected one each")
        _check_kinds(split, data, where)
        if data.vocabulary is not None:
            _check_tokens(split, data, where)
        _check_finite(split, data, where)
        _check_labels(split, data, where)
        if isinstance(data.target, Timelines):
            _check_places(split, where)
    if data.columns is not None:
        _check_columns(data.train, data.columns, name)
    if isinstance(data.target, Classes):
        _check_classes(data, data.target.names, name)
    if isinstance(data.target, StepClasses | NextToken | TokenSequence) and (data.train.y < 0).all():
        raise DataError(f"{name}: no step of the train split has a label; there is nothing to learn")
    refuse_shared_groups(dict(data.splits))


def _check_kinds(split: Split, data: Data, where: str) -> None:
    y, shape, kind = split.y, *_expected(data)
    if y.shape[1:] != shape or y.dtype.kind not in kind:
        wanted = ", ".join(("N", *map(str, shape))) + ("," if not shape else "")
        words = "decimals" if kind == "f" else "whole numbers"
        raise DataError(f"{where} has targets of shape {y.shape}, type {y.dtype}; expected ({wanted}) {words}")
    if len(split.x.shape) < 2 or split.x.dtype.kind not in "fiub":
        raise DataError(
            f"{where} has examples of shape {split.x.shape}, type {split.x.dtype}; expected (N, ...) numbers"
        )


def _expected(data: Data) -> tuple[tuple[int, ...], str]:
    """The shape of one example's target, and the kinds of numbers it may consist of."""
    if isinstance(data.target, Classes):
        return (), "iu"
    if isinstance(data.target, StepClasses | NextToken):
        return data.train.x.shape[1:2], "i"
    if isinstance(data.target, TokenSequence):
        return (data.train.x.shape[1] - data.target.source_steps,), "i"
    return (len(data.target.names),), "f"


def _check_tokens(split: Split, data: Data, where: str) -> None:
    tokens = np.full(split.x.shape[-1], len(data.vocabulary or ()))
    if isinstance(data.target, TokenSequence):
        tokens[data.target.source_steps :] = len(data.target.names)
    start = 0
    for block in blocks(split.x):
        bad = (block < 0) | (block >= tokens)
        if block.dtype.kind not in "iu" or block.ndim != 2 or bad.any():
            row, at = np.argwhere(bad)[0].tolist() if bad.any() and block.ndim == 2 else (0, 0)
            raise DataError(
                f"{where}: {split.name_of(start + row)} holds {np.ravel(block[row])[at]!s} at position {at}; expected "
                f"texts (N, T) of whole numbers, tokens from 0 to {tokens[at] - 1}"
            )
        start += len(block)


def _check_finite(split: Split, data: Data, where: str) -> None:
    may_be_missing = [column.categories is None for column in data.columns or ()]
    start = 0
    for block in blocks(split.x):
        bad = _not_finite(block)
        if bad is not None and data.columns is not None:
            bad &= ~(np.isnan(block) & np.array(may_be_missing))
        if bad is not None and data.padded:
            filled = np.isnan(block).all(axis=-1, keepdims=True)
            # From some step on to the end.
            bad &= ~np.logical_and.accumulate(filled[:, ::-1], axis=1)[:, ::-1]
        if bad is not None and bad.any():
            row, *place = np.argwhere(bad)[0].tolist()
            column = f" (column `{data.columns[place[-1]].name}`)" if data.columns else ""
            raise DataError(
                f"{where}: {split.name_of(start + row)} holds {block[(row, *place)]} at position {place}{column}; "
                "expected finite numbers; mend or remove it"
            )
        start += len(block)


def _not_finite(block: NDArray[Any]) -> NDArray[np.bool_] | None:
    """Where numbers are not finite as float32, which is what they become; None if they must be."""
    if block.dtype.kind != "f":
        return None
    with np.errstate(over="ignore"):
        return ~np.isfinite(block.astype(np.float32, copy=False))


def _check_columns(train: Split, columns: tuple[Column, ...], name: str) -> None:
    known = np.any([~np.isnan(block).all(axis=0) for block in blocks(train.x)], axis=0)
    if not known.all():
        column = columns[int(known.argmin())].name
        raise DataError(
            f"{name}: column `{column}` has no value in the train split, so there is no mean to put in its place; "
            "leave the column out, or draw with another dataset.split_seed"
        )


def _check_labels(split: Split, data: Data, where: str) -> None:
    if split.y.dtype.kind == "f":
        _check_numbers(split, data, where)
        return
    K = len(data.target.names)
    least = 0 if isinstance(data.target, Classes) else NO_LABEL
    outside = np.argwhere((split.y < least) | (split.y >= K))
    if len(outside):
        row, *step = outside[0].tolist()
        at, none = (f" at step {step[0]}", f", or {NO_LABEL} for none") if step else ("", "")
        raise DataError(
            f"{where}: {split.name_of(row)} has label {split.y[(row, *step)]}{at}; expected 0 to {K - 1}, for {K} "
            f"classes{none}"
        )


def _check_places(split: Split, where: str) -> None:
    found = None if split.places is None else split.places.shape
    if found != (len(split), 4):
        raise DataError(
            f"{where} has `places` of shape {found}; expected ({len(split)}, 4): of each window its recording, "
            "the numbers of its first sample in that, of the first that is judged and of the one after the last"
        )


def _check_numbers(split: Split, data: Data, where: str) -> None:
    several = isinstance(data.target, MultiLabel)
    bad = (split.y != 0) & (split.y != 1) if several else ~np.isfinite(split.y)
    if bad.any():
        row, column = np.argwhere(bad)[0].tolist()
        value, target = split.y[row, column], data.target.names[column]
        expected = "0 or 1" if several else "a finite number"
        raise DataError(f"{where}: target `{target}` of {split.name_of(row)} is {value}; expected {expected}")


def _check_classes(data: Data, names: tuple[str, ...], name: str) -> None:
    counts = {split: np.bincount(part.y, minlength=len(names)) for split, part in data.splits.items()}
    known = [names[i] for i in np.flatnonzero(counts["train"])]
    if len(known) < 2:
        raise DataError(f"{name}: all training examples are of class {known[0]!r}; expected two classes or more")
    if absent := np.flatnonzero(counts["train"] == 0).tolist():
        shown = ", ".join(repr(names[i]) for i in absent[:5]) + (", ..." if len(absent) > 5 else "")
        held_out = {split: int(counts[split][absent[0]]) for split in counts if split != "train"}
        there = "".join(f", {count} in {split}" for split, count in held_out.items())
        raise DataError(
            f"{name}: the train split has no example of {'class' if len(absent) == 1 else 'classes'} {shown} "
            f"({names[absent[0]]!r}: 0 in train{there}); {_remedy(data, absent[0])}"
        )


def _remedy(data: Data, label: int) -> str:
    """What helps where no example of a class is in the train split: that depends on how many there are elsewhere."""
    held_out = [split.take(np.flatnonzero(split.y == label)) for split in data.splits.values()]
    there = [split for split in held_out if len(split)]
    if not there:
        return "add examples of it, or take it out of the classes"
    groups = {group for split in there if split.groups is not None for group in split.groups.tolist()}
    if sum(map(len, there)) == 1:
        return "one example cannot be both learnt and held out; add more of this class, or remove it from the data"
    if len(groups) == 1:
        return f"all are of group {groups.pop()!r}, which is held out as a whole; add other groups, or remove these"
    return "hold out less, draw with another dataset.split_seed, or add examples"
