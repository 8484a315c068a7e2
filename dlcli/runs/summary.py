"""What is known of a run from its files: how far it came, what it reached, what it takes on the disk.

A folder whose files cannot be read is not passed over: it is told of as damaged.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dlcli.errors import UsageError
from dlcli.metrics.names import FALLING
from dlcli.runs.files import read_json
from dlcli.runs.heartbeat import last_beat
from dlcli.runs.lock import Lock
from dlcli.runs.run import Run

DAMAGED = "damaged"
RESUMABLE = ("preempted", "failed", "killed")
_STAMP = re.compile(r"\d{8}-\d{6}(-\d+)?")
_STEP = re.compile(r"step-(\d+)\.npz")
_HEADLINES = ("nats_per_token", "accuracy", "rmse", "mse", "macro_f1", "loss")
"""What stands for a model where nothing else was asked for; the first that there is."""


@dataclass(frozen=True)
class Summary:
    """One run."""

    path: Path
    state: str
    """That in run.json, but `killed` where that says `running` of a process that died; or `damaged`."""
    bytes: int
    """Of all files together."""
    problem: str | None = None
    """What cannot be read."""
    info: Mapping[str, Any] = field(default_factory=dict)
    """run.json."""
    epoch: int = 0
    """The last one that is over, counted from 1."""
    step: int = 0
    """The last that is on record."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """Of the kept model: `val_loss`, `test_accuracy`, ...; without a prefix those of training."""
    kept: Mapping[str, Any] = field(default_factory=dict)
    """The row of metrics.jsonl of the kept epoch."""
    checkpoints: Sequence[Path] = ()
    """Oldest first."""

    @property
    def resumes_after(self) -> int:
        """The step of the newest checkpoint; 0 where there is none."""
        return step_of(self.checkpoints[-1]) if self.checkpoints else 0

    @property
    def headline(self) -> str | None:
        """The name of the validation score that stands for the run: the one it kept its model by."""
        keep = self.info.get("keep", "last")
        names = [f"val_{name}" for name in _HEADLINES] if keep == "last" else [keep]
        return next((name for name in names if name in self.scores), None)

    @property
    def test_headline(self) -> str | None:
        """The name of the test score that stands for the run: of the same metric, where there is one."""
        same = [self.headline.removeprefix("val_")] if self.headline else []
        return next((name for each in (*same, *_HEADLINES) if (name := f"test_{each}") in self.scores), None)

    @property
    def began(self) -> float:
        """In seconds since 1970; of a damaged run, the age of its folder."""
        with suppress(KeyError, TypeError, ValueError):
            return datetime.fromisoformat(self.info["started"]).timestamp()
        with suppress(OSError):
            return self.path.stat().st_mtime
        return 0.0

    @property
    def ended(self) -> float:
        """In seconds since 1970: when it ended, else its last sign of life, else its beginning."""
        with suppress(KeyError, TypeError, ValueError):
            return datetime.fromisoformat(self.info["ended"]).timestamp()
        return max(last_beat(self.path) or 0.0, self.began)


def run_folders(root: Path) -> Iterator[Path]:
    """Every folder below `root` that is a run's or was meant to be one."""
    for family in _folders_in(root):
        yield from family_folders(family)


def family_folders(family: Path) -> Iterator[Path]:
    """Those of one name."""
    for folder in _folders_in(family):
        if (folder / "run.json").is_file() or _STAMP.fullmatch(folder.name):
            yield folder


def _folders_in(folder: Path) -> Iterator[Path]:
    # Hidden ones are being deleted.
    with suppress(OSError):
        yield from (path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def summary(folder: Path) -> Summary:
    """What is known of the run in a folder."""
    size = bytes_in(folder)
    run = Run(folder)
    try:
        info = run.info
        # Where the record cannot be mended, or has not been yet, the truth is told all the same.
        state = "killed" if run.is_dead() else info["state"]
    except UsageError as error:
        if _is_being_made(folder):
            return Summary(folder, "running", size)
        return Summary(folder, DAMAGED, size, str(error).removeprefix(f"{folder}: is not a run ").strip("()"))
    checkpoints = sorted(path for path in (folder / "checkpoints").glob("step-*.npz") if _STEP.fullmatch(path.name))
    try:
        rows = run.metrics()
        result = read_json(folder / "result.json") if (folder / "result.json").exists() else {}
        kept = kept_row(rows, info.get("keep", "last")) if rows else {}
        scores = _scores(kept) | _numbers("test_", result.get("test", {}))
        last = max([int(row["step"]) for row in rows] + [step_of(path) for path in checkpoints], default=0)
        epoch = int(rows[-1]["epoch"]) if rows else 0
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"its metrics cannot be read ({type(error).__name__}: {error})"
        return Summary(folder, state if state == "running" else DAMAGED, size, problem, info, checkpoints=checkpoints)
    return Summary(folder, state, size, None, info, epoch, last, scores, kept, checkpoints)


def kept_row(rows: Sequence[dict[str, Any]], metric: str) -> dict[str, Any]:
    """The epoch whose model the loop has kept: the first of the best by a metric, or the last."""
    if metric == "last":
        return rows[-1]
    return (max if rises(metric) else min)(rows, key=lambda row: row[metric])


def rises(metric: str) -> bool:
    """Whether more of a metric is better."""
    return metric.removeprefix("val_").removeprefix("test_") not in FALLING


def step_of(checkpoint: Path) -> int:
    """After which step a checkpoint was written, by its name."""
    return int(checkpoint.stem.removeprefix("step-"))


def bytes_in(folder: Path) -> int:
    """Of all files below a folder; of those that go while they are counted, none."""
    total = 0
    with suppress(OSError), os.scandir(folder) as found:
        for each in found:
            with suppress(OSError):
                total += bytes_in(Path(each.path)) if each.is_dir(follow_symlinks=False) else _size(each)
    return total


def _size(file: os.DirEntry[str]) -> int:
    return file.stat(follow_symlinks=False).st_size


def _is_being_made(folder: Path) -> bool:
    """Whether a process has the folder's lock: it has yet to write the record."""
    try:
        return (folder / "lock").is_file() and _is_held(Lock(folder / "lock"))
    except OSError:
        return False


def _is_held(lock: Lock) -> bool:
    taken = lock.acquire()
    lock.release()
    return taken is False


def _scores(row: Mapping[str, Any]) -> dict[str, float]:
    others = ("epoch", "step", "time", "learning_rate", "skipped")
    return {name: value for name, value in row.items() if name not in others}


def _numbers(prefix: str, scores: Mapping[str, Any]) -> dict[str, float]:
    return {f"{prefix}{name}": value for name, value in scores.items() if isinstance(value, float)}
