"""dlcli train"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlcli.cli.options import Gate, Runs, Verbose
from dlcli.errors import Preempted, UsageError

if TYPE_CHECKING:
    from dlcli.report.screen import Screen
    from dlcli.runs.run import Run
    from dlcli.training.checkpoints import Checkpoint
    from dlcli.training.evaluate import Evaluation


def train(
    spec: Annotated[Path | None, typer.Argument(help="The experiment: a YAML file.", show_default=False)] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Override a value, such as train.epochs=5; repeatable."),
    ] = None,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="RUN", help="Go on with a stopped run: its folder or its name.")
    ] = None,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Two epochs on a few examples, all else real: does it work?")
    ] = False,
    gate: Gate = False,
    runs: Runs = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the closing lines.")] = False,
    verbose: Verbose = False,
) -> None:
    """Train the experiment of a spec, evaluate its model, and keep everything in a run's folder.

    Exit codes: 0 done; 1 training failed, or --gate and an expected score was missed; 2 the command or the spec is
    wrong; 3 the data is missing or wrong; 75 stopped by a signal after saving, --resume goes on.
    """
    from dlcli.report.screen import Screen

    screen = Screen(quiet=quiet)
    if (spec is None) == (resume is None):
        raise UsageError("give either a spec to train, such as configs/har_lstm.yaml, or --resume RUN")
    if resume is not None:
        if overrides or smoke:
            raise UsageError("--resume goes on with a run as it was; --set and --smoke cannot change it")
        run, checkpoint = _take_up(resume, runs, verbose)
    elif spec is not None:
        run, checkpoint = _begin(spec, overrides or [], smoke, runs, verbose), None
    _train(run, checkpoint, screen, gate)


def _begin(spec: Path, overrides: list[str], smoke: bool, runs: Path | None, verbose: bool) -> Run:
    from dlcli.runs.find import runs_folder
    from dlcli.spec import load

    experiment = load(spec, overrides)
    _load_tensorflow(runs, verbose)
    from dlcli.runs.run import Run
    from dlcli.training.smoke import shortened

    return Run.create(runs_folder(runs), shortened(experiment) if smoke else experiment, source=spec, smoke=smoke)


def _take_up(resume: str, runs: Path | None, verbose: bool) -> tuple[Run, Checkpoint | None]:
    from dlcli.runs.find import find, runs_folder

    run = find(runs_folder(runs), resume)
    run.resume()
    _load_tensorflow(runs, verbose)
    from dlcli.training.checkpoints import newest

    return run, newest(run.checkpoint_folder)


def _load_tensorflow(runs: Path | None, verbose: bool) -> None:
    from dlcli.backend import load_tensorflow
    from dlcli.report.hparams import mend
    from dlcli.runs.find import runs_folder

    load_tensorflow(quiet=not verbose)
    mend(runs_folder(runs))


def _train(run: Run, checkpoint: Checkpoint | None, screen: Screen, gate: bool) -> None:
    from dlcli.training.train import train as train_experiment

    try:
        evaluations = train_experiment(run.experiment, run, checkpoint=checkpoint, screen=screen)
    except Preempted as stopped:
        raise Preempted(f"{stopped}\ncontinue:  dlcli train --resume {run.path}") from None
    _close(run, evaluations, gate)


def _close(run: Run, evaluations: list[Evaluation], gate: bool) -> None:
    from dlcli.cli.verdicts import give_verdicts
    from dlcli.report.scores import headline
    from dlcli.runs.files import read_json

    kept = read_json(run.path / "result.json")["kept"]
    why = "the last" if kept["by"] == "last" else f"the best by {kept['by']}"
    typer.echo(f"\nkept is the model of epoch {kept['epoch']} of {kept['of']}, {why}:")
    for evaluation in evaluations:
        typer.echo(f"  {headline(evaluation)}")
    label = "  (a smoke run: these scores say nothing about the model)" if run.info["smoke"] else ""
    typer.echo(f"\nrun       {run.path}{label}")
    typer.echo(f"look at   dlcli eval {run.path}")
    typer.echo(f"compare   tensorboard --logdir {run.path.parent.parent}")
    give_verdicts(run.experiment, evaluations, gate=gate)
