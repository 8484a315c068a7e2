"""dlcli eval"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlcli.cli.completion import complete_runs
from dlcli.cli.options import DataDir, Gate, Runs, Verbose, at_least
from dlcli.errors import UsageError

if TYPE_CHECKING:
    from dlcli.runs.run import Run
    from dlcli.training.evaluate import Evaluation

_SPLITS = ("train", "validation", "test")


def _complete_splits(incomplete: str) -> list[str]:
    return [name for name in _SPLITS if name.startswith(incomplete)]


def evaluate(
    wanted: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN",
            autocompletion=complete_runs,
            help="A run's folder, or the name of an experiment; the newest run if absent.",
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            metavar=f"[{'|'.join(_SPLITS)}]",
            autocompletion=_complete_splits,
            help="Which examples; test if absent, or what there is where nothing is held out for it.",
        ),
    ] = None,
    prompt: Annotated[
        str | None,
        typer.Option(
            "--prompt",
            metavar="TEXT",
            help="Of a run that predicts next characters or words: let it go on with this text, instead of scoring it. "
            "Of one that writes texts: what it writes of this one.",
        ),
    ] = None,
    temperature: Annotated[
        float | None,
        typer.Option(
            "--temperature",
            metavar="NUMBER",
            parser=at_least("--temperature", 0.0),
            help="How freely it goes on: 0 takes what is most probable, 1 draws by the probabilities; 0.8 if absent.",
        ),
    ] = None,
    length: Annotated[
        int | None,
        typer.Option(
            "--length",
            metavar="N",
            parser=at_least("--length", 1),
            help="How many characters or words it adds; 400 if absent.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="N", parser=at_least("--seed", 0), help="Another seed gives another text."),
    ] = None,
    beam: Annotated[
        int | None,
        typer.Option(
            "--beam",
            metavar="N",
            parser=at_least("--beam", 1),
            help="Of a run that writes texts: how many are kept in view while it writes; as in its spec if absent.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    gate: Gate = False,
    runs: Runs = None,
    data_dir: DataDir = None,
    verbose: Verbose = False,
) -> None:
    """Evaluate the kept model of a run: scores of each class or number, and figures as PNGs in the run's folder.

    Figures are the confusion matrix, the worst mistakes with their inputs, predicted over true numbers and what they
    are off by, timelines of recordings: what fits the task. Segments of recordings go to segments_<split>.csv.
    A run that predicts the next characters or words of a text goes on with a --prompt instead, and one that writes
    texts, such as translations, writes what it makes of it. The name of an experiment with folds means all of them.
    """
    from dlcli.runs.find import find, has_model, runs_folder
    from dlcli.runs.plugins import plugin_notes
    from dlcli.spec.suggest import nearest

    if split is not None and split not in _SPLITS:
        near = nearest(split, _SPLITS)
        hint = f" (did you mean `{near}`?)" if near else ""
        raise UsageError(f"--split {split}: expected one of {', '.join(_SPLITS)}{hint}")
    root = runs_folder(runs)
    run = find(root, wanted, has_model)
    experiment = run.experiment
    for note in plugin_notes(run.path, run.info.get("plugins", [])):
        typer.echo(f"note      {note}", err=as_json)
    drawing = {"--temperature": temperature, "--length": length, "--seed": seed}
    _refuse_idle(run, prompt, {"--split": split, "--gate": gate or None}, drawing, beam)
    from dlcli.backend import load_tensorflow

    load_tensorflow(quiet=not verbose)
    if prompt is not None:
        given = {
            name.removeprefix("--"): value for name, value in {**drawing, "beam": beam}.items() if value is not None
        }
        _write(run, prompt, given, as_json)
        return
    from dlcli.cli.verdicts import give_verdicts
    from dlcli.report.hparams import mend
    from dlcli.training.evaluate import evaluate_run

    mend(root)
    if "folds" in run.info and not _is_named(run, root, wanted):
        _show_folds(run, split, beam, as_json=as_json, gate=gate)
        return
    evaluation = evaluate_run(run, split, beam=beam)
    _show(run, evaluation, as_json)
    if "folds" not in run.info:
        give_verdicts(experiment, [evaluation], gate=gate, err=as_json)
    elif gate:
        raise UsageError(
            f"--gate: {run.path} is one of {run.info['folds']} folds, and what the spec expects is their mean; all of "
            f"them: dlcli eval {run.path.parent.name} --gate"
        )


def _refuse_idle(
    run: Run, prompt: str | None, scoring: Mapping[str, Any], drawing: Mapping[str, Any], beam: int | None
) -> None:
    """Raises UsageError for an option that would change nothing."""
    writes = "writes" in run.info
    idle = {} if prompt is None else dict.fromkeys(scoring, "goes with scores, and a --prompt is not scored")
    if prompt is None or writes:
        why = "goes with --prompt" if not writes else "nothing is drawn: such a run writes what is most probable"
        idle |= dict.fromkeys(drawing, why)
    if not writes:
        idle["--beam"] = "goes with runs that write texts, such as translations, and this is none"
    for option, value in {**scoring, **drawing, "--beam": beam}.items():
        if value is not None and option in idle:
            said = option if value is True else f"{option} {value}"
            raise UsageError(f"{said}: {idle[option]} ({run.path})")


def _is_named(run: Run, root: Path, wanted: str | None) -> bool:
    """Whether a run was asked for by its own folder, and not by a name that is also that of others."""
    return wanted is not None and run.path.resolve() in (Path(wanted).resolve(), (root / wanted).resolve())


def _show_folds(run: Run, split: str | None, beam: int | None, *, as_json: bool, gate: bool) -> None:
    """Prints the scores of every fold, and their mean, by which the spec's expectations go."""
    import json

    from dlcli.cli.verdicts import judge_scores
    from dlcli.report.scores import fold_table, pooled_table
    from dlcli.training.folds import evaluate_folds

    folds, evaluations = evaluate_folds(run, split, beam=beam)
    info, name = run.info, evaluations[0].split
    if as_json:
        summary = {"folds": folds.count, "split": name, "mean": folds.means, "deviation": folds.deviations}
        each = {"scores": folds.scores, "held_out": folds.held_out, "runs": [str(path) for path in folds.runs]}
        typer.echo(json.dumps(summary | each, indent=2))
    else:
        count = f"{folds.count} of {info['folds']}" if folds.count < info["folds"] else f"{folds.count}"
        smoke = "a smoke run, " if info["smoke"] else ""
        typer.echo(f"{run.path.parent} ({smoke}{name} scores of {count} folds)\n{fold_table(folds)}\n")
        if pooled := pooled_table(evaluations):
            typer.echo(f"all folds together:\n{pooled}\n")
        typer.echo(f"look at   dlcli eval {folds.runs[-1]}  (one fold, with figures)")
    if folds.count == info["folds"]:
        scores = {f"{name}_{score}": value for score, value in folds.means.items()}
        judge_scores(run.experiment, scores, gate=gate, err=as_json)
    elif gate:
        raise UsageError(
            f"--gate: only {folds.count} of {info['folds']} folds are trained; go on: dlcli train --resume"
        )


def _show(run: Run, evaluation: Evaluation, as_json: bool) -> None:
    """Prints scores, and writes segments and figures into the run's folder."""
    import json

    from dlcli.report.figures import draw, write
    from dlcli.report.scores import headline, member_lines, naive_lines, tables
    from dlcli.report.segments import write_segments

    segments = write_segments(run.path, evaluation.split, evaluation.report)
    if as_json:
        figures = [str(path) for path in write(run.path, evaluation.split, draw(evaluation.subject))]
        written = {"figures": figures} | ({} if segments is None else {"segments_file": str(segments)})
        typer.echo(json.dumps({"run": str(run.path), **evaluation.as_json(), **written}, indent=2))
        return
    info = run.info
    state = "a smoke run" if info["smoke"] else info["state"]
    made_up = " on made-up stand-in examples" if info.get("stand_in") else ""
    fold = f", fold {info['fold']} of {info['folds']}" if "folds" in info else ""
    scores = "\n".join([headline(evaluation), *member_lines(evaluation), *naive_lines(evaluation)])
    typer.echo(f"{run.path} ({state}{made_up}{fold})\n{scores}\n\n{tables(evaluation.report)}\n")
    if segments is not None:
        typer.echo(f"{'segments':10}{segments}")
    label = "figures"
    for path in write(run.path, evaluation.split, draw(evaluation.subject)):
        typer.echo(f"{label:10}{path}")
        label = ""


def _write(run: Run, prompt: str, given: Mapping[str, Any], as_json: bool) -> None:
    """Prints what a run writes, and on standard error what of the prompt it does not know.

    given: what sample_run is told besides the prompt.
    """
    import json

    from dlcli.training.sampling import sample_run, unknown_tokens

    text = sample_run(run, prompt, **given)
    if unknown := unknown_tokens(prompt, run.experiment, run.info["vocabulary"]):
        said = ", ".join(map(repr, unknown))
        typer.echo(f"note      not in the vocabulary of this run, and read as <unknown>: {said}", err=True)
    if not text:
        typer.echo("(nothing was written)", err=True)
    if as_json:
        typer.echo(json.dumps({"run": str(run.path), "prompt": prompt, "text": text}))
    elif text:
        typer.echo(text)
