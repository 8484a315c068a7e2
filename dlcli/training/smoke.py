"""An experiment cut down to seconds, all else real: does it load, build, train, save and evaluate?"""

from __future__ import annotations

from dlcli.spec import Experiment

_EPOCHS = 2


def shortened(experiment: Experiment) -> Experiment:
    """The experiment over two epochs; what it is expected to reach is not expected of that."""
    train = experiment.train.model_copy(update={"epochs": min(_EPOCHS, experiment.train.epochs)})
    return without_downloads(experiment).model_copy(update={"train": train, "expect": {}})


def without_downloads(experiment: Experiment) -> Experiment:
    """The experiment with random weights in the place of published ones, which would be downloaded."""
    if getattr(experiment.model, "weights", None) != "imagenet":
        return experiment
    return experiment.model_copy(update={"model": experiment.model.model_copy(update={"weights": None})})
