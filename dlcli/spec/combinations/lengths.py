"""Where batches cannot be made of examples of about the same length."""

from __future__ import annotations

from collections.abc import Iterator

from dlcli.models.ensemble import Ensemble
from dlcli.spec.combinations.finding import MODEL, PREDICTS, Finding, outlook_of
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path

_BUCKETS: Path = ("train", "length_buckets")


def buckets_of_what_has_one_length(experiment: Experiment) -> Iterator[Finding]:
    """Only texts are filled up with what can be cut off, and only where nothing is predicted of single tokens."""
    if experiment.train.length_buckets is None:
        return
    outlook = outlook_of(experiment)
    if not outlook.tokens or outlook.per_step or outlook.predicts in ("tokens", "sequences", "inputs"):
        said = f"examples of {experiment.dataset.type} are no texts with one prediction each, which alone may be cut"
        yield Finding(_BUCKETS, said, "leave it out", (*PREDICTS, ("dataset", "label")))
        return
    model = experiment.model
    for place, part in model.placed if isinstance(model, Ensemble) else [((), model)]:
        if not getattr(part, "any_length", False):
            said = f"{part.type} reads texts of one length only (`model`); here batches have several"
            yield Finding(_BUCKETS, said, "leave it out", (*MODEL, ("model", *place)))
