"""What is listed, kept and deleted as one: a run, or all the runs of a cross-validation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any

from dlcli.errors import UsageError
from dlcli.runs import process, provenance
from dlcli.runs.find import age_order
from dlcli.runs.summary import DAMAGED, RESUMABLE, Summary, family_folders, run_folders, summary

UNFINISHED = "unfinished"
"""Of a cross-validation: all folds that have begun are done, and others are still to do."""
STATES = ("running", "done", *RESUMABLE, UNFINISHED, DAMAGED)


@dataclass(frozen=True)
class Entry:
    """A run, or the runs of a cross-validation in the order of their folds."""

    runs: Sequence[Summary]
    fold_set: str | None = None

    @property
    def path(self) -> Path:
        """The folder of the run, of several that of the first."""
        return self.runs[0].path

    @property
    def family(self) -> str:
        """The name that its experiment's runs have together."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """As a command takes it."""
        return f"{self.family}/{self.path.name}"

    @cached_property
    def state(self) -> str:
        """That of the run; of several, that of the one on which the others wait."""
        states = [run.state for run in self.runs]
        for state in ("running", DAMAGED):
            if state in states:
                return state
        if stopped := self._stopped:
            return stopped.state
        if self.folds is None or len(self.runs) >= self.folds:
            return "done"
        last = self.runs[-1].info
        # Between two folds no run is running, but the process that trains them all is there.
        here = last.get("host") == provenance.host() and "process" in last
        return "running" if here and process.lives(last["process"], last.get("process_began")) else UNFINISHED

    @property
    def folds(self) -> int | None:
        """How many folds there are to be, of a cross-validation."""
        return self.runs[0].info.get("folds") if self.fold_set else None

    @property
    def _stopped(self) -> Summary | None:
        return next((run for run in self.runs if run.state in RESUMABLE), None)

    @property
    def resumes(self) -> Summary | None:
        """The run with which `--resume` goes on, where something is left to do and nobody does it."""
        return self._stopped or self.runs[-1] if self.state in (*RESUMABLE, UNFINISHED) else None

    @property
    def bytes(self) -> int:
        """Of all files together."""
        return sum(run.bytes for run in self.runs)

    @property
    def began(self) -> float:
        """In seconds since 1970."""
        return min(run.began for run in self.runs)

    @property
    def since(self) -> float:
        """What the age is counted from, in seconds since 1970: the beginning while it runs, else the end."""
        return self.began if self.state == "running" else max(run.ended for run in self.runs)

    @property
    def headline(self) -> str | None:
        """The name of the validation score that stands for it."""
        return self.runs[0].headline

    @property
    def test_headline(self) -> str | None:
        """The name of the test score that stands for it."""
        return self.runs[0].test_headline

    def score(self, name: str | None) -> float | None:
        """The kept model's score of a name; of several runs the mean over those that are done."""
        runs = [run for run in self.runs if run.state == "done"] if self.fold_set else self.runs
        values = [run.scores[name] for run in runs if name is not None and name in run.scores]
        return fmean(values) if values else None

    def as_json(self) -> dict[str, Any]:
        """All that a table shows, ready for json.dumps."""
        first, last = self.runs[0].info, self.runs[-1]
        resumed = self.resumes
        return {
            "run": str(self.path), "name": self.family, "state": self.state, "smoke": first.get("smoke"),
            "epoch": last.epoch, "epochs": first.get("epochs"), "step": last.step,
            "validation": _score_json(self, self.headline), "test": _score_json(self, self.test_headline),
            "started": first.get("started"), "ended": last.info.get("ended"), "bytes": self.bytes,
            "reason": (self._stopped or last).info.get("reason"),
            "problem": next((run.problem for run in self.runs if run.problem), None),
            "resume": None if resumed is None else {"run": str(resumed.path), "after_step": resumed.resumes_after},
            "folds": {"of": self.folds, "runs": [str(run.path) for run in self.runs]} if self.fold_set else None,
        }  # fmt: skip


def entries(root: Path) -> list[Entry]:
    """Everything below the folder of all runs, the newest last."""
    return _sorted(_joined(run_folders(root)))


def newest_of(root: Path) -> Entry:
    """The newest of all; raises UsageError where there is none."""
    if there := entries(root):
        return there[-1]
    raise UsageError(f"{root}: there are no runs yet; make one with: dlcli train SPEC")


def entry_at(root: Path, wanted: str, *, newest: bool = False) -> Entry:
    """The entry of a run's folder, given as a path or as `name/time` or `name/latest` below the root.

    newest: whether a mere name stands for its newest entry. Raises UsageError where it does not, listing what it may
    mean, and where there is nothing of the sort.
    """
    for candidate in (Path(wanted), root / wanted):
        folder = candidate if candidate.name not in ("", "..") else candidate.resolve()
        latest = folder.name == "latest"
        there = _of(folder.parent if latest else folder)
        if there and (latest or newest):
            return there[-1]
        if there:
            known = ", ".join(entry.name for entry in there[-3:])
            raise UsageError(f"{wanted}: is not one run but a name; say which of its {len(there)}, such as {known}")
        for entry in _of(folder.parent):
            if folder.name in (run.path.name for run in entry.runs):
                return entry
    raise UsageError(f"{wanted}: is not a run's folder{' nor the name of one' * newest}; list them with: dlcli runs")


def _of(family: Path) -> list[Entry]:
    return _sorted(_joined(family_folders(family)))


def _sorted(found: Iterable[Entry]) -> list[Entry]:
    return sorted(found, key=lambda entry: (entry.began, age_order(entry.path)))


def _joined(folders: Iterable[Path]) -> list[Entry]:
    sets: dict[tuple[Path, str], list[Summary]] = {}
    alone: list[Entry] = []
    for run in map(summary, folders):
        if isinstance(run.info.get("fold_set"), str):
            sets.setdefault((run.path.parent, run.info["fold_set"]), []).append(run)
        else:
            alone.append(Entry([run]))
    joined = (Entry(sorted(runs, key=lambda run: run.info.get("fold", 0)), name) for (_, name), runs in sets.items())
    return [*alone, *joined]


def _score_json(entry: Entry, name: str | None) -> dict[str, Any] | None:
    value = entry.score(name)
    return None if value is None else {"name": name, "value": value}
