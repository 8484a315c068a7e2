"""Metrics, scores and losses that this data does not have."""

from __future__ import annotations

from collections.abc import Iterator

from dlcli.metrics.names import FOLLOWED, SCORES
from dlcli.schedules.plateau import Plateau
from dlcli.spec.combinations.finding import FOLDS, MODEL, PREDICTS, Finding, outlook_of, split_keys
from dlcli.spec.experiment import Experiment
from dlcli.spec.problems import Path
from dlcli.spec.suggest import among, listed

PLATEAU: Path = ("optimizer", "schedule")
STOPPING: Path = ("train", "early_stopping")
_WORDS = {
    "classes": "classes",
    "reals": "numbers",
    "labels": "several classes",
    "tokens": "next tokens",
    "timelines": "classes",
    "sequences": "sequences",
    "inputs": "the inputs themselves",
}
_WITHOUT_METRICS = ("tokens", "sequences", "inputs")


def metrics_that_are_not_computed(experiment: Experiment) -> Iterator[Finding]:
    """The model to keep, early stopping and the schedule go by metrics of what is predicted."""
    predicts = outlook_of(experiment).predicts
    if predicts is None:
        return
    known = [f"val_{name}" for name in ("loss", *FOLLOWED[predicts])]
    for path, metric in _followed(experiment).items():
        if metric is not None and metric not in known:
            said = f"there is no {metric} where {_WORDS[predicts]} are predicted"
            yield Finding(path, said, listed("one of", known), _because(predicts, metric.removeprefix("val_")))


def validation_that_is_missing(experiment: Experiment) -> Iterator[Finding]:
    """What goes by validation needs a validation split."""
    if experiment.dataset.outlook().validation is not False:
        return
    why = split_keys("validation")
    said = "goes by validation, and nothing is held out for it (`dataset.validation` is null)"
    hint = "hold some out, such as `validation: {fraction: 0.1}` in `dataset`"
    if experiment.train.early_stopping is not None:
        yield Finding(STOPPING, said, hint, why, at_key=True)
    if isinstance(experiment.optimizer.schedule, Plateau):
        yield Finding((*PLATEAU, "type"), f"plateau {said}", hint, why)
    if experiment.train.keep not in ("best", "last"):
        yield Finding(("train", "keep"), f"{experiment.train.keep} {said}", f"`last`, or {hint}", why)


def scores_that_will_not_be_there(experiment: Experiment) -> Iterator[Finding]:
    """What is expected must be computed to be judged."""
    outlook = outlook_of(experiment)
    there = {"train": True, "validation": outlook.validation, "test": outlook.test}
    further = [metric.name for metric in experiment.metrics]
    for score in experiment.expect:
        path: Path = ("expect", score)
        split, _, name = score.partition("_")
        if experiment.cross_validates and split != "test":
            said = f"folds are judged by their test scores, not by {split}"
            yield Finding(path, said, f"write `test_{name}`", FOLDS, at_key=True)
        elif not experiment.cross_validates and there[split] is False:
            said = f"there is no {split} split to reach it on (`dataset.{split}` is null)"
            yield Finding(path, said, because=(*split_keys(split), *FOLDS), at_key=True)
        elif outlook.predicts is not None and name not in (known := ("loss", *SCORES[outlook.predicts], *further)):
            said = f"there is no {name} where {_WORDS[outlook.predicts]} are predicted"
            hint = listed("one of", [f"{split}_{each}" for each in known])
            yield Finding(path, said, hint, _because(outlook.predicts, name), at_key=True)


def metrics_that_do_not_fit(experiment: Experiment) -> Iterator[Finding]:
    """Some further metrics are of classes alone, others of numbers."""
    predicts = outlook_of(experiment).predicts
    for i, metric in enumerate(experiment.metrics):
        if predicts is not None and (metric.fits not in ("both", _WORDS[predicts]) or predicts in _WITHOUT_METRICS):
            said = f"{metric.type} is for {metric.fits}; {_WORDS[predicts]} are predicted"
            yield Finding(("metrics", i), said, because=_because(predicts))


def losses_of_classes_alone(experiment: Experiment) -> Iterator[Finding]:
    """Labels to smooth and classes to weigh are there only where classes are predicted."""
    outlook, train = outlook_of(experiment), experiment.train
    if outlook.predicts in ("reals", "labels", *_WITHOUT_METRICS):
        predicted = f"{_WORDS[outlook.predicts]} are predicted"
        if train.label_smoothing and outlook.predicts in ("reals", "inputs"):
            said = f"{predicted}; only classes have labels to smooth"
            yield Finding(("train", "label_smoothing"), said, because=_because(outlook.predicts), at_key=True)
        if train.class_weights is not None:
            of_one = "" if outlook.predicts != "labels" else " of which an example has one"
            said = f"{predicted}; there are no classes{of_one} to weigh"
            yield Finding(("train", "class_weights"), said, because=_because(outlook.predicts), at_key=True)
    elif outlook.classes is not None and train.class_weights not in (None, "balanced"):
        why = (*PREDICTS, ("dataset", "transitions"))
        for name in train.class_weights or ():
            if name not in outlook.classes:
                path: Path = ("train", "class_weights", name)
                yield Finding(path, f"there is no class `{name}`", among(name, outlook.classes), why, at_key=True)


def _because(predicts: str, name: str = "") -> tuple[Path, ...]:
    """What tells that this is predicted; `name`: of a score that another model may have."""
    return (*PREDICTS, *MODEL) if predicts == "inputs" or name in SCORES["inputs"] else PREDICTS


def _followed(experiment: Experiment) -> dict[Path, str | None]:
    """Which validation metrics are asked for, and where."""
    train, schedule = experiment.train, experiment.optimizer.schedule
    return {
        ("train", "keep"): None if train.keep in ("best", "last") else train.keep,
        (*STOPPING, "metric"): train.early_stopping.metric if train.early_stopping else None,
        (*PLATEAU, "metric"): schedule.metric if isinstance(schedule, Plateau) else None,
    }
