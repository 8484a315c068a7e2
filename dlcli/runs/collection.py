"""Which runs can go: of each name all but the best, if they are old enough."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dlcli.errors import UsageError
from dlcli.runs.entries import UNFINISHED, Entry
from dlcli.runs.summary import RESUMABLE, rises

_SECONDS = {"h": 3600, "d": 86400, "w": 7 * 86400}


@dataclass
class Collection:
    """What is to be done with the runs of one name."""

    family: str
    metric: str | None = None
    """By which they are ranked; None where none of them has a score."""
    best: list[Entry] = field(default_factory=list)
    """The best first."""
    doomed: list[tuple[Entry, str]] = field(default_factory=list)
    """Those to delete, the oldest first, each with the reason."""
    spared: list[tuple[Entry, str]] = field(default_factory=list)
    """Those that stay for another reason than their score, each with it."""


def seconds_of(text: str) -> float:
    """A time such as 30d; raises UsageError where it is none."""
    match = re.fullmatch(r"(\d+)([hdw])", text.strip())
    if match is None:
        raise UsageError(f"--older-than {text}: expected a number with h, d or w for hours, days or weeks, such as 30d")
    return int(match[1]) * _SECONDS[match[2]]


def collect(
    found: Iterable[Entry], *, keep_best: int, older_than: float, unfinished: bool, now: float
) -> list[Collection]:
    """What can go, name by name.

    older_than, now: seconds. unfinished: whether runs may go that `--resume` could take up from a checkpoint.
    """
    families: dict[str, list[Entry]] = {}
    for entry in found:
        families.setdefault(entry.family, []).append(entry)
    return [_collected(name, there, keep_best, older_than, unfinished, now) for name, there in families.items()]


def _collected(
    family: str, found: Sequence[Entry], keep_best: int, older_than: float, unfinished: bool, now: float
) -> Collection:
    done = [entry for entry in found if entry.state == "done"]
    made = Collection(family, _metric(done))
    scores = {entry.path: score for entry in done if (score := entry.score(made.metric)) is not None}
    ranked = sorted(
        (entry for entry in done if entry.path in scores), key=lambda entry: _rank(scores[entry.path], made.metric)
    )
    made.best = ranked[:keep_best]
    best = {entry.path for entry in made.best}
    places = {entry.path: place for place, entry in enumerate(ranked, start=1)}
    for entry in (entry for entry in found if entry.path not in best):
        if entry.path in places:
            why, stays = f"number {places[entry.path]} of {len(ranked)} by {made.metric}", None
        else:
            why, stays = _unranked(entry, made.metric, unfinished)
        if stays is None and now - entry.since < older_than:
            stays = "not old enough"
        if stays is None:
            made.doomed.append((entry, why))
        else:
            made.spared.append((entry, stays))
    return made


def _unranked(entry: Entry, metric: str | None, unfinished: bool) -> tuple[str, str | None]:
    """Of a run that has no place among the others: why it may go, and why it may not."""
    if entry.state == "done":
        return "", f"has no {metric or 'score'} to be ranked by"
    if entry.state not in (*RESUMABLE, UNFINISHED):
        return "", entry.state
    resumable = entry.state == UNFINISHED or len(entry.runs) > 1 or any(run.checkpoints for run in entry.runs)
    if resumable and not unfinished:
        return "", f"{entry.state}, can be resumed (--unfinished deletes it)"
    return f"{entry.state}, {'unfinished' if resumable else 'without a checkpoint'}", None


def _metric(done: Sequence[Entry]) -> str | None:
    """What the newest of those that are done is judged by: validation, and where there is none, the test."""
    for entry in reversed(done):
        for name in (entry.headline, entry.test_headline, "accuracy", "rmse", "loss"):
            if entry.score(name) is not None:
                return name
    return None


def _rank(score: float, metric: str | None) -> tuple[bool, float]:
    better = -score if rises(metric or "") else score
    return math.isnan(score), better
