"""Where batches cannot be made of examples of about the same length."""

from __future__ import annotations

from collections.abc import Iterator

from dlcli.models.ensemble import Ensemble
from dlcli.spec.combinations.finding import AXES, MODEL, PREDICTS, Finding, outlook_of
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path

_BUCKETS: Path = ("train", "length_buckets")


def buckets_of_what_has_one_length(experiment: Experiment) -> Iterator[Finding]:
    """Only texts are filled up with what can be cut off, and only where nothing is predicted of single tokens."""
    if experiment.train.length_buckets is None:
        return
    outlook, model = outlook_of(experiment), experiment.model
    if not outlook.tokens:
        said = f"examples of {experiment.dataset.type} are no texts, which alone are filled up with what can be cut"
        yield Finding(_BUCKETS, said, "leave it out", AXES)
        return
    if outlook.per_step or outlook.predicts in ("tokens", "sequences"):
        said = f"of {experiment.dataset.type} tokens are predicted; only texts with one prediction each may be cut"
        yield Finding(_BUCKETS, said, "leave it out", (*PREDICTS, ("dataset", "label")))
        return
    for place, part in model.placed if isinstance(model, Ensemble) else [((), model)]:
        if not getattr(part, "any_length", False):
            said = f"{part.type} reads texts of one length only (`model`); here batches have several"
            yield Finding(_BUCKETS, said, "leave it out", (*MODEL, ("model", *place)))
