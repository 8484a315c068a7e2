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
    from dlcli.datasets.table import Csv
    from dlcli.datasets.table_file import ColumnName
    from dlcli.datasets.windows import Windows

ROWS = 120
_GROUPS = 12
_MORE_FEATURES = 3
_CATEGORIES = ("a", "b", "c")


def write_made_up(spec: Csv, path: Path, part: int) -> None:
    """Writes a table with the columns that a spec names, whose targets follow from its features.

    part: which of the spec's files this is; each has other rows. The same on every call.
    """
    names = columns_with(_named(spec), more=0 if spec.features else _MORE_FEATURES)
    draw = np.random.default_rng([part, ROWS])
    values: dict[int, Sequence[object]] = {}
    score = np.zeros(ROWS)
    place = {name: place_among(names, name) for name in _named(spec)}
    targets = [place[name] for name in spec.targets]
    groups = [] if spec.group is None else [place[spec.group]]
    orders = {place[_key(spec, name)]: order for name, order in spec.ordinal.items()}
    orders |= {place[name]: _CATEGORIES for name in spec.categorical if name in place}
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
    for number, i in enumerate(targets):
        values[i] = _targets(spec, score, number)
    with path.open("w", encoding=spec.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=spec.delimiter)
        if spec.header:
            writer.writerow(names)
        writer.writerows(zip(*(values[i] for i in range(len(names))), strict=True))


def _targets(spec: Csv, score: NDArray[np.float64], number: int) -> list[str]:
    """The values of target number `number`, from 0."""
    if spec.task == "labels":
        return [str(int(value)) for value in score > np.quantile(score, (number + 1) / (len(spec.targets) + 1))]
    if spec.task == "reals" or len(spec.targets) > 1:
        return [f"{value:.4f}" for value in score]
    classes = spec.classes or ("no", "yes")
    rank = np.argsort(np.argsort(score))
    return [classes[number * len(classes) // ROWS] for number in rank]


def _named(spec: Csv) -> list[ColumnName]:
    """Every column of the file that the spec names, each once."""
    names = [*spec.targets, *(spec.features or ()), *spec.drop, *spec.categorical]
    names += [_key(spec, name) for name in (*spec.ordinal, *spec.buckets)]
    names += [source for source, _ in spec.extract.values()]
    names += [source for sources in spec.sums.values() for source in sources]
    names += [] if spec.group is None else [spec.group]
    return [name for name in dict.fromkeys(names) if name not in spec.derived]


def _key(spec: Csv, name: str) -> ColumnName:
    return int(name) if not spec.header and name.removeprefix("-").isdecimal() else name


def columns_with(named: Sequence[ColumnName], more: int) -> list[str]:
    """Names of columns: those that are named, in places that no number speaks of, and some more."""
    numbers = [name for name in named if isinstance(name, int)]
    words = [name for name in named if isinstance(name, str)]
    for width in itertools.count(max([0, *(n + 1 if n >= 0 else -n for n in numbers)])):
        taken = {number % width for number in numbers} if width else set()
        if len(taken) == len(numbers) and width >= len(numbers) + len(words) + more:
            break
    free = [i for i in range(width) if i not in taken]
    names = [f"feature_{i}" for i in range(width)]
    for i, word in zip(free, words, strict=False):
        names[i] = word
    return names


def place_among(names: Sequence[str], name: ColumnName) -> int:
    """The place of a column given by its name or by its place."""
    return names.index(name) if isinstance(name, str) else name % len(names)


def write_series(spec: Windows, path: Path) -> None:
    """Writes a series above 0 that drifts, with a season, in the columns that a spec of windows names.

    Long enough for an example in every split. The same on every call.
    """
    names = columns_with(list(dict.fromkeys([spec.target, *spec.inputs])), more=0)
    held_out = sum(part.rows or 0 for part in (spec.test, spec.validation) if part is not None)
    rows = ROWS + 20 * (spec.look_back + spec.horizon) + 2 * held_out
    draw = np.random.default_rng([rows, len(names)])
    season = np.sin(np.arange(rows) * 2 * np.pi / (spec.season or 12))
    values = np.exp(3 + 0.2 * season[:, None] + np.cumsum(draw.normal(scale=0.02, size=(rows, len(names))), axis=0))
    with path.open("w", encoding=spec.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=spec.delimiter)
        if spec.header:
            writer.writerow(names)
        writer.writerows([f"{value:.4f}" for value in row] for row in (values[::-1] if spec.newest_first else values))
