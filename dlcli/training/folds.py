"""Cross-validation: one run for each part of the data, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from dlcli.datasets.data import Data
from dlcli.errors import Preempted, UsageError
from dlcli.report.introduction import groups
from dlcli.report.screen import Screen
from dlcli.runs.files import read_json, write_json
from dlcli.runs.find import all_runs, has_model
from dlcli.runs.run import Run, family_of
from dlcli.spec import Experiment
from dlcli.training.evaluate import Evaluation, evaluate_run
from dlcli.training.loading import load_folds
from dlcli.training.prepare import prepare
from dlcli.training.resume import take_up
from dlcli.training.signals import StopRequest
from dlcli.training.train import train


@dataclass(frozen=True)
class FoldScores:
    """The scores of every fold on one of its splits, that of the test if nothing else is said."""

    path: Path
    """Where they are written."""
    scores: Mapping[str, list[float]]
    """By name, one for each fold in their order."""
    runs: Sequence[Path]
    """Each fold's run."""
    held_out: Sequence[Sequence[Any]]
    """The groups of each fold's test split, where there are groups."""
    stand_in: bool = False
    """Whether they are of made-up examples in the place of data that is not here."""

    @property
    def count(self) -> int:
        """How many folds."""
        return len(next(iter(self.scores.values())))

    @property
    def means(self) -> dict[str, float]:
        """The mean of each score over the folds."""
        return {name: mean(values) for name, values in self.scores.items()}

    @property
    def deviations(self) -> dict[str, float]:
        """The standard deviation of each score over the folds."""
        return {name: stdev(values) if len(values) > 1 else 0.0 for name, values in self.scores.items()}


def train_folds(
    experiment: Experiment,
    root: Path,
    *,
    source: Path,
    smoke: bool = False,
    screen: Screen | None = None,
    begun: str | None = None,
) -> FoldScores:
    """Trains an experiment once for each of its folds, in a run each, and writes their scores down together.

    begun: the name of a set of folds that was stopped: those that are done stay, one that is unfinished goes on.
    Raises what training raises; the folds done by then are not lost.
    """
    screen = screen or Screen(quiet=True)
    # Of another experiment a set may be called the same: it is named after the second in which it began.
    done = _of_set(root, family_of(experiment, smoke=smoke), begun) if begun else {}
    scores: list[dict[str, float]] = []
    runs: list[Path] = []
    held_out: list[list[Any]] = []
    for fold, (data, count) in enumerate(load_folds(experiment, smoke=smoke), start=1):
        run = done.get(fold)
        if run is None or run.info["state"] != "done":
            screen.say(f"\nfold      {fold} of {count}", "bold")
            with StopRequest() as stop:
                run = _train_fold(experiment, root, run, data, source, smoke, screen, begun, (fold, count))
            begun = begun or run.info["fold_set"]
            if stop.received and fold < count:
                # It came when the fold was trained, which let it be evaluated.
                raise Preempted(f"stopped by {stop.received} after fold {fold} of {count}; everything is saved")
        runs.append(run.path)
        held_out.append(groups(data).get("test", []))
        result = read_json(run.path / "result.json")["test"]
        scores.append({name: value for name, value in result.items() if isinstance(value, float)})
        path = run.path.parent / f"folds-{begun}.json"
    by_name = {name: [each[name] for each in scores] for name in scores[0]}
    summary = FoldScores(path, by_name, runs, held_out, data.stand_in)
    write_json(
        path,
        {
            "folds": summary.count, "smoke": smoke, "stand_in": summary.stand_in, "mean": summary.means,
            "deviation": summary.deviations, "scores": summary.scores, "held_out": held_out,
            "runs": [run.name for run in runs],
        },
    )  # fmt: skip
    return summary


def evaluate_folds(
    run: Run, split: str | None = None, *, beam: int | None = None
) -> tuple[FoldScores, list[Evaluation]]:
    """The scores of every fold's kept model on its split of this name, of the set that a run belongs to.

    beam: as for evaluate.
    Folds that have no model yet are left out. Raises UsageError where none has, and what evaluate_run raises.
    """
    info = run.info
    of_set = _of_set(run.path.parent.parent, run.path.parent.name, info["fold_set"])
    evaluations, runs, held_out = [], [], []
    for fold, (data, _) in enumerate(load_folds(run.experiment, smoke=info["smoke"]), start=1):
        if fold in of_set and has_model(of_set[fold]):
            evaluations.append(evaluate_run(of_set[fold], split, data, beam=beam))
            runs.append(of_set[fold].path)
            held_out.append(groups(data).get(evaluations[-1].split, []))
    if not evaluations:
        raise UsageError(f"{run.path}: none of the {info['folds']} folds has a model yet")
    by_name = {name: [each.scores[name] for each in evaluations] for name in evaluations[0].scores}
    path = run.path.parent / f"folds-{info['fold_set']}.json"
    return FoldScores(path, by_name, runs, held_out, bool(info.get("stand_in"))), evaluations


def _of_set(root: Path, family: str, begun: str) -> dict[int, Run]:
    """The runs of a set of folds, by the number of the fold."""
    own = (run for run in all_runs(root) if run.path.parent.name == family)
    return {run.info["fold"]: run for run in own if run.info.get("fold_set") == begun}


def _train_fold(
    experiment: Experiment, root: Path, run: Run | None, data: Data, source: Path, smoke: bool, screen: Screen,
    begun: str | None, fold: tuple[int, int],
) -> Run:  # fmt: skip
    checkpoint = None
    if run is None:
        prepared = prepare(experiment, data=data, runs=root)
        run = Run.create(root, experiment, source=source, smoke=smoke)
        run.update(fold=fold[0], folds=fold[1], fold_set=begun or run.path.name)
    else:
        prepared, checkpoint = take_up(
            run, experiment, runs=root, smoke=smoke, data=data, say=lambda line: screen.say(f"note      {line}")
        )
    train(prepared, run, checkpoint=checkpoint, screen=screen)
    return run
