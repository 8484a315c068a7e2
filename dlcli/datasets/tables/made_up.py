"""Rows made up to fit the spec of a table, for smoke runs without the data."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from dlcli.datasets.table import ColumnName, Csv

ROWS = 120
_GROUPS = 12
_MORE_FEATURES = 3
_CATEGORIES = ("a", "b", "c")


def write_made_up(spec: Csv, path: Path, part: int) -> None:
    """Writes a table with the columns that a spec names, whose targets follow from its features.

    part: which of the spec's files this is; each has other rows. The same on every call.
    """
    names = _columns(spec)
    draw = np.random.default_rng([part, ROWS])
    values: dict[int, Sequence[object]] = {}
    score = np.zeros(ROWS)
    place = {name: _place(names, name) for name in _named(spec)}
    targets = [place[name] for name in spec.targets]
    groups = [] if spec.group is None else [place[spec.group]]
    orders = {place[_key(spec, name)]: order for name, order in spec.ordinal.items()}
    orders |= {place[name]: _CATEGORIES for name in spec.categorical}
    for i in range(len(names)):
        if i in targets or i in groups:
            continue
        if i in orders:
            codes = draw.integers(len(orders[i]), size=ROWS)
            score += codes - codes.mean()
            values[i] = [orders[i][code] for code in codes]
        else:
            numbers = draw.normal(size=ROWS)
            score += numbers
            values[i] = [f"{number:.4f}" for number in numbers]
    for i in groups:
        values[i] = [row % _GROUPS for row in range(ROWS)]
    for i in targets:
        values[i] = _targets(spec, score)
    with path.open("w", encoding=spec.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=spec.delimiter)
        if spec.header:
            writer.writerow(names)
        writer.writerows(zip(*(values[i] for i in range(len(names))), strict=True))


def _targets(spec: Csv, score: NDArray[np.float64]) -> list[str]:
    if spec.task == "reals" or len(spec.targets) > 1:
        return [f"{value:.4f}" for value in score]
    classes = spec.classes or ("no", "yes")
    rank = np.argsort(np.argsort(score))
    return [classes[number * len(classes) // ROWS] for number in rank]


def _named(spec: Csv) -> list[ColumnName]:
    """Every column that the spec names, each once."""
    names = [*spec.targets, *(spec.features or ()), *spec.drop, *spec.categorical]
    names += [_key(spec, name) for name in spec.ordinal]
    return list(dict.fromkeys(names if spec.group is None else [*names, spec.group]))


def _key(spec: Csv, name: str) -> ColumnName:
    return int(name) if not spec.header and name.removeprefix("-").isdecimal() else name


def _columns(spec: Csv) -> list[str]:
    """Names of the columns: those that are named, in places that no number speaks of, and a few more."""
    named = _named(spec)
    numbers = [name for name in named if isinstance(name, int)]
    words = [name for name in named if isinstance(name, str)]
    more = 0 if spec.features else _MORE_FEATURES
    for width in itertools.count(max([0, *(n + 1 if n >= 0 else -n for n in numbers)])):
        taken = {number % width for number in numbers} if width else set()
        if len(taken) == len(numbers) and width >= len(numbers) + len(words) + more:
            break
    free = [i for i in range(width) if i not in taken]
    names = [f"feature_{i}" for i in range(width)]
    for i, word in zip(free, words, strict=False):
        names[i] = word
    return names


def _place(names: Sequence[str], name: ColumnName) -> int:
    return names.index(name) if isinstance(name, str) else name % len(names)
