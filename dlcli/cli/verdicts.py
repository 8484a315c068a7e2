"""What commands say of the scores that a spec expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer

from dlcli.errors import TrainingError, UsageError

if TYPE_CHECKING:
    from dlcli.spec import Experiment
    from dlcli.training.evaluate import Evaluation


def give_verdicts(experiment: Experiment, evaluations: Sequence[Evaluation], *, gate: bool, err: bool = False) -> None:
    """Prints each expected score as met or missed; with `gate`, raises TrainingError naming those missed."""
    scores = {f"{e.split}_{name}": value for e in evaluations for name, value in e.scores.items()}
    judge_scores(experiment, scores, gate=gate, err=err)


def judge_scores(experiment: Experiment, scores: Mapping[str, float], *, gate: bool, err: bool = False) -> None:
    """As give_verdicts, for scores by name, such as `test_accuracy`.

    Raises UsageError where `gate` is set and none of the expected scores is among them.
    """
    from dlcli.expectations import judge

    verdicts = judge(experiment.expect, scores, experiment.metrics)
    for verdict in verdicts:
        colour = typer.colors.GREEN if verdict.met else typer.colors.RED
        typer.secho(f"expected  {verdict}", fg=colour, err=err)
    if gate and not verdicts:
        computed = ", ".join(dict.fromkeys(name.partition("_")[0] for name in scores))
        raise UsageError(
            f"--gate: the spec expects nothing of {computed}, only {', '.join(experiment.expect) or 'nothing'}"
        )
    missed = [f"{verdict.score} {verdict.reached:.4f}" for verdict in verdicts if not verdict.met]
    if gate and missed:
        raise TrainingError(f"--gate: missed by {', '.join(missed)}")
