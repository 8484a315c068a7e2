"""Where states cannot be carried from one window of a text to the next."""

from __future__ import annotations

from collections.abc import Iterator

from dlcli.models.ensemble import Ensemble
from dlcli.models.recurrent import carries
from dlcli.spec.combinations.finding import PREDICTS, Finding, outlook_of, told
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path
from dlcli.strategies.mirrored import Mirrored

STATEFUL: Path = ("model", "stateful")


def members_that_carry_states(experiment: Experiment) -> Iterator[Finding]:
    """All members read the same shuffled batches."""
    model = experiment.model
    for place, member in dict(model.placed).items() if isinstance(model, Ensemble) else ():
        if carries(member):
            said = "the members of an ensemble carry no states from window to window; train this model by itself"
            yield Finding(("model", *place, "stateful"), said)


def states_that_cannot_be_carried(experiment: Experiment) -> Iterator[Finding]:
    """Each row of a batch must go on where the same row of the one before it ended, whole and on one device."""
    if not carries(experiment.model):
        return
    dataset, parts = experiment.dataset, experiment.train.accumulation_steps
    if outlook_of(experiment).predicts not in ("tokens", None):
        said = f"the examples of {dataset.type} do not continue one another; states are carried through running texts"
        yield Finding(STATEFUL, said, "false", (*PREDICTS, ("dataset", "label")))
    stride, steps = getattr(dataset, "stride", None), getattr(dataset, "steps", None)
    if stride is not None and steps is not None and stride < steps:
        said = f"windows that begin {stride} tokens apart overlap ({told(dataset, ('dataset',), 'steps')})"
        said += ": none begins where the one before it ends, with whose states it would go on (`model.stateful`)"
        yield Finding(("dataset", "stride"), said, "leave it out", (STATEFUL, ("dataset", "steps")))
    if parts > 1:
        said = f"a batch of {parts} parts cannot go on with the states of the one before it (`model.stateful`)"
        yield Finding(("train", "accumulation_steps"), said, "1", (STATEFUL,))
    if isinstance(experiment.strategy, Mirrored) and len(experiment.strategy.devices or ()) > 1:
        said = f"{len(experiment.strategy.devices or ())} devices share each batch; states are carried on by one device"
        yield Finding(("strategy", "devices"), f"{said} (`model.stateful`)", "one of them", (STATEFUL,))
    if experiment.folds is not None:
        said = "folds put together windows that do not continue one another (`model.stateful`)"
        yield Finding(("folds",), said, "leave it out", (STATEFUL,), at_key=True)
