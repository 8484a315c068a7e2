"""What is right in a wrong spec, so that mistakes in it do not hide others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from pydantic import ValidationError

from dlcli.spec.combinations.finding import Finding
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path
from dlcli.spec.reading import Document
from dlcli.spec.structure import component_at
from dlcli.spec.suggest import nearest
from dlcli.spec.wording import KEY, written

_STAND_INS = {"dataset": "hapt", "model": "linear"}
"""What a spec must have; nothing is said of them where they take the place of what is wrong."""
_ROUNDS = 10


@dataclass(frozen=True)
class Rest:
    """An experiment of the values of a document that are right, and the places of those that are not.

    wrong: values that were left out. unknown: keys that nobody knows.
    """

    document: Document
    experiment: Experiment
    wrong: frozenset[Path] = frozenset()
    unknown: frozenset[Path] = frozenset()

    def in_document(self, found: Finding) -> Finding | None:
        """What was found, with the place that it has in the document; None where a mistake may be the cause of it."""
        path = _place_before(found.path, self.wrong)
        if any(self._doubtful(each) for each in (path, *found.because)):
            return None
        return replace(found, path=path)

    def _doubtful(self, path: Path) -> bool:
        """Whether the value at `path` was left out, or is a default that an unknown key was perhaps to change."""
        if any(path[: len(wrong)] == wrong for wrong in self.wrong):
            return True
        depth = next((n for n in range(1, len(path) + 1) if path[:n] not in self.document.marks), None)
        if depth is None:
            return False
        holder = component_at(Experiment, self.document.values, path[: depth - 1])
        if holder is not None and path[depth - 1] not in holder.model_fields:
            return False
        names = [str(path[depth - 1]), str(path[-1])]
        return any(key[:-1] == path[: depth - 1] or nearest(str(key[-1]), names) for key in self.unknown)


def rest_of(document: Document, outcome: Experiment | ValidationError) -> Rest | None:
    """What is left of a document without what is wrong in it; None where nothing can be made of that."""
    unread = {problem.mark for problem in document.problems}
    wrong = {path for path, mark in document.marks.items() if path and mark in unread}
    unknown: set[Path] = set()
    for _ in range(_ROUNDS):
        if isinstance(outcome, Experiment):
            return Rest(document, outcome, frozenset(wrong), frozenset(unknown))
        values = _without(document.values, (), wrong | unknown)
        offenders = _offenders(values, outcome, wrong | unknown)
        if unknown >= offenders["unknown"] and wrong >= offenders["wrong"]:
            return None
        unknown |= offenders["unknown"]
        wrong |= offenders["wrong"]
        outcome = _validated(_without(document.values, (), wrong | unknown), wrong)
    return None


def _validated(values: object, wrong: set[Path]) -> Experiment | ValidationError:
    assert isinstance(values, dict)
    missing = {key: word for key, word in _STAND_INS.items() if key not in values}
    wrong |= {(key,) for key in missing}
    try:
        return Experiment.model_validate(values | missing)
    except ValidationError as error:
        return error


def _offenders(values: object, error: ValidationError, gone: Collection[Path]) -> dict[str, set[Path]]:
    """What is to be left out next, by its place in the document: unknown keys, and values that are wrong."""
    found: dict[str, set[Path]] = {"unknown": set(), "wrong": set()}
    places = [(details["type"], written(values, details)) for details in error.errors()]
    for kind, path in places:
        # What pydantic says of the whole only repeats what it says of something inside.
        if path and not any(len(path) < len(other) and other[: len(path)] == path for _, other in places):
            path = path[:-1] if path[-1] == KEY or (kind == "missing" and len(path) > 1) else path
            found["unknown" if kind == "extra_forbidden" else "wrong"].add(_place_before(path, gone))
    return found


def _without(value: object, path: Path, gone: Collection[Path]) -> object:
    """The values at and below a path, less what is gone."""
    if isinstance(value, dict):
        return {key: _without(each, (*path, key), gone) for key, each in value.items() if (*path, key) not in gone}
    if isinstance(value, tuple):
        return tuple(_without(each, (*path, i), gone) for i, each in enumerate(value) if (*path, i) not in gone)
    return value


def _place_before(path: Path, gone: Iterable[Path]) -> Path:
    """Where something stood before: items of lists come after those that are gone."""
    before: Path = ()
    for step in path:
        if isinstance(step, int):
            taken = sorted(int(each[-1]) for each in gone if len(each) == len(before) + 1 and each[:-1] == before)
            for place in taken:
                step += place <= step
        before = (*before, step)
    return before
