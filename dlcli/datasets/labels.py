"""Classes as they stand in users' own data: whether numbers are meant as such, and what looks like a slip."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from dlcli.datasets.data import Classes, Split, Target

_FEW = 20
"""Whole numbers are taken for classes if there are at most this many different ones."""
_EXAMPLES_EACH = 5
"""And at least this many examples of each on average; a class with fewer is remarked on."""
_SHOWN = 5


def may_be_classes(numbers: Collection[float], examples: int) -> bool:
    """Whether numbers of which nothing was said are taken for classes, given the different ones among the examples."""
    whole = all(float(number).is_integer() for number in numbers)
    return whole and len(numbers) <= _FEW and len(numbers) * _EXAMPLES_EACH <= examples


def about_classes(target: Target, splits: Iterable[Split | None]) -> list[str]:
    """What users should know of the classes in their data: which have few examples, and which names look alike.

    Nothing where numbers are predicted.
    """
    if not isinstance(target, Classes):
        return []
    names = target.names
    counts = sum(np.bincount(split.y, minlength=len(names)) for split in splits if split is not None)
    few = [(name, count) for name, count in zip(names, np.asarray(counts).tolist(), strict=True) if count]
    few = [(name, count) for name, count in few if count < _EXAMPLES_EACH]
    remarks = []
    if len(few) == 1:
        name, count = few[0]
        remarks.append(f"class `{name}` has {count} example{'s' if count > 1 else ''}")
    elif few:
        shown = ", ".join(f"`{name}` ({count})" for name, count in few[:_SHOWN])
        more = f" and {len(few) - _SHOWN} more" if len(few) > _SHOWN else ""
        remarks.append(f"classes with fewer than {_EXAMPLES_EACH} examples: {shown}{more}")
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault("".join(name.casefold().split()), []).append(name)
    for group in alike.values():
        if len(group) > 1:
            shown = ", ".join(f"`{name}`" for name in group[:-1]) + f" and `{group[-1]}`"
            count = "two" if len(group) == 2 else str(len(group))
            remarks.append(f"{shown} are {count} classes, whose names differ only in case or spaces")
    return remarks
