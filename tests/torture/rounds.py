"""Rounds: a training that is killed again and again and goes on must end as the one that nothing disturbed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any, get_args

from dlcli.runs.find import all_runs
from dlcli.runs.run import Run
from tests.torture.children import KINDS, SAVED, Counts, Ended, How, Kill, Watch, computed, run
from tests.torture.comparison import differences

STOPPED = 75
WAYS = ("folder", "name", "auto")
"""How `--resume` is told which run to go on with."""


class Wrong(Exception):  # noqa: N818 (it is what the script looks for)
    """Something did not go as promised."""


@dataclass(frozen=True)
class Reference:
    """A training that nothing disturbed: its run, how long it took, how often it touched files of each kind."""

    run: str
    seconds: float
    touched: Mapping[str, int]


@dataclass
class Outcome:
    """What became of a round, or of several."""

    wrong: list[str] = field(default_factory=list)
    told: str = ""
    kills: dict[str, int] = field(default_factory=dict)
    resumed: int = 0
    anew: int = 0
    checkpoints: int = 0

    def count(self, other: Outcome) -> None:
        """Adds another's numbers."""
        for how, number in other.kills.items():
            self.kills[how] = self.kills.get(how, 0) + number
        self.resumed += other.resumed
        self.anew += other.anew
        self.checkpoints += other.checkpoints
        self.wrong += other.wrong


@dataclass(frozen=True)
class Plan:
    """What a round does, as its seed says. kills: with shares (0 to 1) in the place of seconds and numbers."""

    case: str
    every: str
    kills: Sequence[tuple[How, float, str, str]]
    ways: Sequence[str]

    @classmethod
    def drawn(cls, draw: Random, case: str) -> Plan:
        """Draws one."""
        every = draw.choice(["auto", "1 epoch", *[f"{draw.randint(2, 60)} steps"] * 4])
        kills = [
            (draw.choice(get_args(How)), draw.random(), draw.choice(KINDS), draw.choice(["SIGTERM", "SIGUSR1"]))
            for _ in range(draw.randint(1, 4))
        ]
        return cls(case, every, kills, [draw.choice(WAYS) for _ in kills])

    def kill(self, number: int, reference: Reference) -> Kill:
        """The kill of this number, for trainings that take as long as the undisturbed one."""
        how, share, kind, asked = self.kills[number]
        if how == "file":
            return Kill(how, kind=kind, number=1 + int(share * min(reference.touched[kind], 24)))
        if how == "writing":
            return Kill(how, seconds=0.01 * (share * 8 % 1), number=1 + int(share * 8))
        return Kill(how, seconds=share * reference.seconds, signal=asked if how == "asked" else "SIGKILL")


class Training:
    """One training in a folder of its own, from its first process to its last."""

    def __init__(self, spec: Path, folder: Path, every: str, *, runs: Path | None = None) -> None:
        self.spec, self.folder, self.every = spec, folder, every
        folder.mkdir(parents=True)
        self.runs, self.log = runs or folder / "runs", folder / "log"
        self.outcome, self.counts = Outcome(), Counts()

    @property
    def run(self) -> Run | None:
        """Its run, if there is one already; raises Wrong where there are several."""
        found = list(all_runs(self.runs))
        if len(found) > 1:
            raise Wrong(f"there are {len(found)} runs instead of one: {', '.join(str(each.path) for each in found)}")
        return found[0] if found else None

    @property
    def done(self) -> bool:
        """Whether its run says so."""
        return self.run is not None and self.run.info["state"] == "done"

    def go_on(self, way: str = "folder", *, kill: Kill | None = None, watch: Watch | None = None) -> Ended:
        """Begins it, or goes on with it as `dlcli train --resume` does; notes what the process tells."""
        there = self.run
        places = ["--runs", str(self.runs)]
        if there is not None and way != "auto":
            arguments = ["train", "--resume", str(there.path) if way == "folder" else there.path.parent.name, *places]
        else:
            more = ["--resume", "auto"] * (way == "auto")
            arguments = ["train", str(self.spec), *more, "--set", f"checkpoint.every={self.every}", *places]
        ended = run(arguments, self.runs, self.log, kill=kill, watch=watch, counts=self.counts)
        self.outcome.resumed += "resumed   after step" in ended.output
        self.outcome.anew += "it begins anew" in ended.output
        self.outcome.checkpoints = self.counts[SAVED]
        return ended

    def finish(self, reference: Reference) -> None:
        """Goes on to the end, undisturbed; raises Wrong where it does not end as the reference did."""
        if not self.done:
            ended = self.go_on()
            if ended.code:
                raise Wrong(f"exit code {ended.code} instead of 0:\n{ended.output}")
        there = self.run
        if there is None:
            raise Wrong(f"there is no run in {self.runs}")
        found = computed(lambda: differences(there.path, Path(reference.run)), self.folder / "comparison")
        if found:
            raise Wrong("\n".join(found))


def undisturbed(spec: Path, folder: Path) -> dict[str, Any]:
    """Trains a spec without disturbance; returns a Reference as JSON. Raises Wrong where that fails."""
    training = Training(spec, folder, "10 steps")
    ended = training.go_on()
    if ended.code or training.run is None:
        raise Wrong(f"{spec}: exit code {ended.code} without any disturbance:\n{ended.output}")
    touched = {kind: training.counts[kind] for kind in KINDS}
    return asdict(Reference(str(training.run.path), ended.seconds, touched))


def kill_round(plan: Plan, spec: Path, reference: Reference, folder: Path) -> Outcome:
    """Kills a training as planned and lets it go on each time."""
    training = Training(spec, folder, plan.every)
    told = []
    for number, way in enumerate(plan.ways):
        kill = plan.kill(number, reference)
        ended = training.go_on(way, kill=kill)
        told.append(f"{kill.how}{f' {kill.kind}' * bool(kill.kind)} ({ended.seconds:.1f} s, exit {ended.code})")
        if ended.code == 0:
            break
        if ended.code > 0 and (ended.code != STOPPED or kill.how != "asked"):
            raise Wrong(f"exit code {ended.code} of a process that was to die ({kill}):\n{ended.output}")
        training.outcome.kills[kill.how] = training.outcome.kills.get(kill.how, 0) + 1
        if training.done:
            break
    training.finish(reference)
    training.outcome.told = f"{plan.case}, checkpoints every {plan.every}: {', '.join(told)}"
    shutil.rmtree(folder)
    return training.outcome
