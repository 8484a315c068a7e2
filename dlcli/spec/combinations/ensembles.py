"""What a model that is made of finished runs leaves nothing to do for."""

from __future__ import annotations

from collections.abc import Iterator

from dlcli.models.ensemble import Ensemble
from dlcli.spec.combinations.finding import FOLDS, Finding
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path

_RUNS: Path = ("model", "from_runs")


def training_of_finished_runs(experiment: Experiment) -> Iterator[Finding]:
    """The models of finished runs are evaluated as they are, on the splits that they were trained with."""
    model = experiment.model
    if not isinstance(model, Ensemble) or not model.from_runs:
        return
    said = "decides nothing: the models of finished runs are not trained any further (`model.from_runs`)"
    for key in ("init_from", "augment"):
        if getattr(experiment, key):
            yield Finding((key,), said, "leave it out", (_RUNS,), at_key=True)
    if experiment.cross_validates:
        said = "finished runs are averaged on their own splits; folds have others"
        yield Finding(_RUNS, said, because=FOLDS, at_key=True)
