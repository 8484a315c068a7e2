"""What may change when a run goes on, what may not, and what is to be known of what did."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dlcli.component import Component
from dlcli.errors import UsageError
from dlcli.runs import provenance
from dlcli.runs.find import all_runs
from dlcli.runs.plugins import plugin_notes
from dlcli.runs.run import Run, family_of
from dlcli.spec import Experiment, load
from dlcli.spec.load import checked, dump
from dlcli.spec.reading import parse, read
from dlcli.spec.writing import write

SAFE = (
    "train.epochs", "train.on_nan", "checkpoint", "strategy", "expect", "metrics", "plugins", "version",
    "dataset.path", "init_from.run",
)  # fmt: skip
"""Keys whose values decide nothing of the steps already taken. Data elsewhere must be the same data."""


class Change(NamedTuple):
    """A value that is another than when the run began; None stands for a key that is not there."""

    key: str
    before: Any
    now: Any

    def __str__(self) -> str:
        before, now = (
            "absent" if value is None else write(value, width=200, in_one_line=True).split("\n")[0]
            for value in (self.before, self.now)
        )
        return f"{self.key}: {before} -> {now}"


def digest(experiment: Experiment) -> str:
    """Equal for two experiments exactly where one can go on from the checkpoints of the other.

    What is as by default is left out, or a key that a later version adds would part a run from its own checkpoints.
    """
    chosen = _chosen(experiment, None, experiment.model_dump(mode="json"))
    fixed = {key: value for key, value in chosen if not _is_safe(key)}
    return hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()[:16]


def changes(before: Experiment, now: Experiment) -> list[Change]:
    """The values that differ, by their keys."""
    one, other = (dict(_flat(each.model_dump(mode="json"))) for each in (before, now))
    return [Change(key, one.get(key), other.get(key)) for key in one | other if one.get(key) != other.get(key)]


def to_go_on_with(run: Run, *, spec: Path | None = None, overrides: Sequence[str] = ()) -> Experiment:
    """The experiment that a run goes on with: its own, or that of a spec, with overrides laid over it.

    Raises UsageError, with what differs, where it is another than the one that the run began with.
    """
    before = run.experiment
    if spec is not None:
        now = load(spec, overrides)
        now = _with_own_plugins(run, before, now) if before.plugins and _same_files(before, now) else now
    elif overrides:
        now = checked(read(run.path / "spec.yaml"), overrides, combined=False)[1]
    else:
        return before
    refused = [change for change in changes(before, now) if not _is_safe(change.key)]
    if refused:
        raise UsageError(
            f"{run.path}: cannot go on with another experiment:\n"
            + "".join(f"  {change}\n" for change in refused)
            + f"only these may change: {', '.join(SAFE[:6])}, and paths; for anything else, train a new run"
        )
    return now


def newest_unfinished(root: Path, experiment: Experiment, *, smoke: bool) -> Run | None:
    """The newest run of this experiment that is not done, or None; of folds, a run of their newest unfinished set."""
    for run in reversed(list(all_runs(root))):
        if run.path.parent.name != family_of(experiment, smoke=smoke) or _is_over(run):
            continue
        recorded = _recorded(run, experiment)
        # Folds go on as they were, or the last would not be trained as the first.
        of_folds = run.info.get("fold_set") is not None
        if digest(recorded) == digest(experiment) and not (of_folds and _values_differ(recorded, experiment)):
            return run
    return None


def notes(run: Run) -> Iterator[str]:
    """What has changed around a run since it began, so that its weights may not be those of an undisturbed one."""
    info = run.info
    yield from plugin_notes(run.path, info.get("plugins", []))
    now: Mapping[str, str] = provenance.versions()
    for name, before in info.get("versions", {}).items():
        if now.get(name) != before:
            yield f"{name} was {before} when this run began; it is {now.get(name, 'not here')} now"
    if (threads := info.get("threads")) not in (None, provenance.threads()):
        here = provenance.threads()
        yield f"this run began with {threads} threads, here are {here}: sums are rounded otherwise"


def _is_over(run: Run) -> bool:
    """Whether nothing is left to do of a run, or of the set of folds that it is one of."""
    if (begun := run.info.get("fold_set")) is not None:
        return (run.path.parent / f"folds-{begun}.json").exists()
    return bool(run.info["state"] == "done")


def _values_differ(recorded: Experiment, now: Experiment) -> bool:
    return any(change.key not in ("plugins", "expect") for change in changes(recorded, now))


def _recorded(run: Run, otherwise: Experiment) -> Experiment:
    try:
        return run.experiment
    except UsageError:  # its spec can no longer be read, so it is not this one
        return otherwise.model_copy(update={"seed": otherwise.seed + 1})


def _with_own_plugins(run: Run, before: Experiment, now: Experiment) -> Experiment:
    """An experiment made of the run's own copies of its plugins, whatever has become of the files since."""
    text = dump(now.model_copy(update={"plugins": before.plugins}))
    return checked(parse(text, str(run.path / "spec.yaml")), combined=False)[1]


def _same_files(before: Experiment, now: Experiment) -> bool:
    names = [[Path(path).name for path in each.plugins] for each in (before, now)]
    return names[0] == names[1]


def _is_safe(key: str) -> bool:
    return any(key == safe or key.startswith(f"{safe}.") for safe in SAFE)


def _chosen(part: Any, default: Any, dumped: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """What says in which way a part is another than the default in its place, by its keys."""
    if part == default:
        return
    below = f"{key}." if key else ""
    if isinstance(part, Component):
        alike = type(part) is type(default)
        if not alike:
            yield key, getattr(part, "type", "")
        for name, field in type(part).__pydantic_fields__.items():
            usual = getattr(default, name) if alike else field.get_default(call_default_factory=True)
            yield from _chosen(getattr(part, name), usual, dumped[name], f"{below}{name}")
    elif isinstance(part, tuple):
        yield key, len(part)
        for number, (each, as_text) in enumerate(zip(part, dumped, strict=True)):
            yield from _chosen(each, None, as_text, f"{below}{number}")
    else:
        yield key, dumped


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
