"""dlcli train"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlcli.cli.completion import complete_unfinished
from dlcli.cli.options import SPEC, DataDir, Gate, Overrides, Runs, Verbose, spec_path
from dlcli.cli.specs import read_spec
from dlcli.errors import Preempted, UsageError

if TYPE_CHECKING:
    from dlcli.report.screen import Screen
    from dlcli.runs.run import Run
    from dlcli.spec import Experiment
    from dlcli.training.evaluate import Evaluation
    from dlcli.training.folds import FoldScores


def train(
    spec: Annotated[Path | None, SPEC] = None,
    overrides: Overrides = None,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            autocompletion=complete_unfinished,
            help="Go on with a stopped run: its folder or its name; auto: the newest unfinished one of SPEC, "
            "else a new one.",
        ),
    ] = None,
    smoke: Annotated[
        bool,
        typer.Option(
            "--smoke", help="Does it work? Two epochs on a few examples, made-up ones if the data is not here."
        ),
    ] = False,
    gate: Gate = False,
    runs: Runs = None,
    data_dir: DataDir = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the closing lines.")] = False,
    verbose: Verbose = False,
) -> None:
    """Train the experiment of a spec, evaluate its model, and keep everything in a run's folder.

    Exit codes: 0 done; 1 training failed, or --gate and an expected score was missed; 2 the command or the spec is
    wrong, or the spec names what the data does not have; 3 the data is missing or wrong; 75 stopped by a signal after
    saving, --resume goes on.
    """
    from dlcli.cli.resume import resumed
    from dlcli.report.screen import Screen
    from dlcli.runs.find import runs_folder
    from dlcli.runs.resuming import newest_unfinished, to_go_on_with
    from dlcli.runs.run import Run
    from dlcli.spec.placing import as_mistakes

    origin: Run | Path
    root, document = runs_folder(runs), None
    if spec is None and resume in (None, "auto"):
        needs = "--resume auto needs the spec whose run is to go on" if resume else "give a spec to train"
        raise UsageError(f"{needs}, such as configs/har_lstm.yaml, or --resume RUN")
    if spec is not None and resume in (None, "auto"):
        origin = spec_path(spec)
        document, experiment = read_spec(origin, overrides)
        if resume and (run := newest_unfinished(root, experiment, smoke=smoke)) is not None:
            experiment, origin = to_go_on_with(run, spec=origin, overrides=overrides or []), run
    else:
        if smoke:
            raise UsageError("--smoke: --resume goes on with a run as it was, a smoke run or not")
        origin, experiment = resumed(root, str(resume), spec, overrides or [])
    if isinstance(origin, Run):
        # Its folder may have been named, in another place than where runs are looked for.
        smoke, root = origin.info["smoke"], origin.path.absolute().parents[1]
    if gate and not experiment.expect:
        raise UsageError("--gate: the spec has no `expect`, so there is nothing that could be missed")
    # What a run recorded cannot be mended in the spec: of a resumed one, mistakes have no place.
    with nullcontext() if document is None else as_mistakes(document, experiment):
        _load_tensorflow(origin, verbose)
        experiment = _shortened(experiment) if smoke and spec is not None else experiment
        _train(experiment, origin, root, smoke, gate, Screen(quiet=quiet))


def _load_tensorflow(origin: Run | Path, verbose: bool) -> None:
    """Loads it as a run that goes on had it."""
    from dlcli.backend import load_tensorflow
    from dlcli.runs.run import Run

    load_tensorflow(quiet=not verbose, with_onednn=origin.info.get("onednn") if isinstance(origin, Run) else None)


def _shortened(experiment: Experiment) -> Experiment:
    from dlcli.training.smoke import shortened

    return shortened(experiment)


def _train(experiment: Experiment, origin: Run | Path, root: Path, smoke: bool, gate: bool, screen: Screen) -> None:
    from dlcli.report.hparams import mend

    mend(root)
    if experiment.cross_validates:
        _close_folds(experiment, _train_folds(experiment, origin, root, smoke, screen), smoke, gate)
    else:
        _close(*_train_one(experiment, origin, root, smoke, screen), gate)


def _with_way_on(stopped: Preempted, run: Run) -> Preempted:
    return Preempted(f"{stopped}\ncontinue:  dlcli train --resume {run.path}")


def _train_one(
    experiment: Experiment, origin: Run | Path, root: Path, smoke: bool, screen: Screen
) -> tuple[Run, list[Evaluation]]:
    from dlcli.runs.run import Run
    from dlcli.training.prepare import prepare
    from dlcli.training.resume import take_up
    from dlcli.training.signals import ending_at_once
    from dlcli.training.train import train as train_experiment

    checkpoint = None
    with ending_at_once("before training began; the same command begins again"):
        if isinstance(origin, Run):
            run = origin
            prepared, checkpoint = take_up(
                run, experiment, runs=root, smoke=smoke, say=lambda line: typer.echo(f"note      {line}")
            )
        else:
            prepared = prepare(experiment, smoke=smoke, runs=root)
            run = Run.create(root, prepared.experiment, source=origin, smoke=smoke)
    try:
        return run, train_experiment(prepared, run, checkpoint=checkpoint, screen=screen)
    except Preempted as stopped:
        raise _with_way_on(stopped, run) from None


def _train_folds(experiment: Experiment, origin: Run | Path, root: Path, smoke: bool, screen: Screen) -> FoldScores:
    from dlcli.runs.find import find
    from dlcli.runs.run import Run, family_of
    from dlcli.training.folds import train_folds

    resumed = origin if isinstance(origin, Run) else None
    begun = resumed.info.get("fold_set") if resumed else None
    source = origin.path / "source.yaml" if isinstance(origin, Run) else origin
    try:
        return train_folds(experiment, root, source=source, smoke=smoke, screen=screen, begun=begun)
    except Preempted as stopped:
        # Any run of the set leads on, the one under way is the newest.
        raise _with_way_on(stopped, resumed or find(root, family_of(experiment, smoke=smoke))) from None


def _close(run: Run, evaluations: list[Evaluation], gate: bool) -> None:
    from dlcli.cli.verdicts import give_verdicts
    from dlcli.report.scores import headline, member_lines, naive_lines
    from dlcli.runs.files import read_json

    kept = read_json(run.path / "result.json")["kept"]
    why = "the last" if kept["by"] == "last" else f"the best by {kept['by']}"
    # No epoch counts as 0: nothing was trained.
    typer.echo(f"\nmodel of epoch {kept['epoch']} of {kept['of']}, {why}:" if kept["epoch"] else "\nmodel as it is:")
    for evaluation in evaluations:
        for line in (headline(evaluation), *member_lines(evaluation), *naive_lines(evaluation)):
            typer.echo(f"  {line}")
    info = run.info
    label = "  (a smoke run: these scores say nothing about the model)" if info["smoke"] else ""
    label = "  (a smoke run on made-up stand-in examples)" if info["stand_in"] else label
    typer.echo(f"\nrun       {run.path}{label}")
    typer.echo(f"figures   {run.path / 'figures'}")
    typer.echo(f"look at   dlcli eval {run.path}")
    if (run.path / "sample.txt").exists():
        typer.echo(f"          dlcli eval {run.path} --prompt TEXT  (a first text is in sample.txt)")
    if "writes" in info:
        typer.echo(f"          dlcli eval {run.path} --prompt TEXT")
    typer.echo(f"compare   tensorboard --logdir {run.path.parent.parent}")
    give_verdicts(run.experiment, evaluations, gate=gate and not info["smoke"])


def _close_folds(experiment: Experiment, folds: FoldScores, smoke: bool, gate: bool) -> None:
    from dlcli.cli.verdicts import judge_scores
    from dlcli.report.scores import fold_table

    typer.echo(f"\ntest scores of {folds.count} folds:\n{fold_table(folds)}")
    label = "  (a smoke run: two folds, scores say nothing)" if smoke else ""
    label = "  (a smoke run on made-up stand-in examples: two folds)" if folds.stand_in else label
    typer.echo(f"\nsummary   {folds.path}{label}")
    typer.echo(f"compare   tensorboard --logdir {folds.path.parent.parent}")
    judge_scores(experiment, {f"test_{name}": value for name, value in folds.means.items()}, gate=gate and not smoke)
