"""Which finished runs there are of a shipped config as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from dlcli.errors import DlcliError
from dlcli.runs.entries import Entry, entries
from dlcli.runs.files import read_json
from dlcli.runs.resuming import digest
from dlcli.runs.run import Run
from dlcli.spec import Experiment


@dataclass(frozen=True)
class Measured:
    """A finished run of a config, or the finished runs of all its folds."""

    entry: Entry
    seed: int
    scores: Mapping[str, float]
    """By split and name, as in `expect`; of folds, their means."""
    seconds: float | None
    """How long it took; None where it was stopped in between, so that nobody knows."""
    naive: Mapping[str, Mapping[str, float]]
    """What simple rules reach on the same examples: by what they are called, scores by split and name."""

    @property
    def info(self) -> Mapping[str, Any]:
        """run.json, of folds that of the first."""
        return self.entry.runs[0].info

    @property
    def commit(self) -> str:
        """The beginning of the commit's name, with a `*` where there were changes that were not committed."""
        git = self.info.get("git")
        return f"{git['commit'][:7]}{'' if git['clean'] else '*'}" if git else "unknown"


@dataclass(frozen=True)
class Runs:
    """What there is of a config."""

    finished: Mapping[int, Measured]
    """The newest by seed, the seeds in order."""
    unlike: int
    """Finished runs of its name that are of another recipe than the config is now."""


def runs_of(config: Experiment, roots: Sequence[Path]) -> Runs:
    """The finished runs of a config below some folders of runs; no smoke runs and none of made-up examples."""
    found: dict[int, Measured] = {}
    unlike = 0
    for entry in sorted(_finished(config.name, roots), key=lambda each: each.began):
        seed = _seed_of(entry, config)
        if seed is None:
            unlike += 1
        else:
            found[seed] = Measured(entry, seed, _scores(entry), _seconds(entry), _naive(entry))
    return Runs(dict(sorted(found.items())), unlike)


def _finished(name: str, roots: Sequence[Path]) -> Iterator[Entry]:
    for root in roots:
        for entry in entries(root):
            info = entry.runs[0].info
            if entry.family == name and entry.state == "done" and not (info.get("smoke") or info.get("stand_in")):
                yield entry


def _seed_of(entry: Entry, config: Experiment) -> int | None:
    """The seed of a run of this config, or None where it is of another recipe."""
    with suppress(DlcliError):  # a spec that this version cannot read is of another recipe
        run = Run(entry.path).experiment
        now = config.model_copy(update={"seed": run.seed})
        if digest(run) == digest(now) and run.train.epochs == now.train.epochs:
            return run.seed
    return None


def _scores(entry: Entry) -> dict[str, float]:
    of_each = [_scores_of(read_json(run.path / "result.json")) for run in entry.runs]
    return {name: fmean(scores[name] for scores in of_each) for name in of_each[0]}


def _scores_of(result: Mapping[str, Any]) -> dict[str, float]:
    return {
        f"{split}_{name}": value
        for split, scores in result.items()
        if split != "kept"
        for name, value in scores.items()
        if isinstance(value, float)
    }


def _naive(entry: Entry) -> dict[str, dict[str, float]]:
    """By the last run: folds of a series there are none."""
    found: dict[str, dict[str, float]] = {}
    for split, scores in read_json(entry.runs[-1].path / "result.json").items():
        for rule, reached in scores.get("naive", {}).items():
            found.setdefault(rule, {}).update({f"{split}_{name}": value for name, value in reached.items()})
    return found


def _seconds(entry: Entry) -> float | None:
    infos = [run.info for run in entry.runs]
    if any(info.get("resumed") for info in infos):
        return None
    times = [(datetime.fromisoformat(info["started"]), datetime.fromisoformat(info["ended"])) for info in infos]
    return sum((ended - started).total_seconds() for started, ended in times)
