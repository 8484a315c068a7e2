"""An experiment cut down to seconds, all else real: does it load, build, train, save and evaluate?"""

from __future__ import annotations

from dlcli.spec import Experiment

_EPOCHS = 2


def shortened(experiment: Experiment) -> Experiment:
    """The experiment over two epochs; what it is expected to reach is not expected of that."""
    train = experiment.train.model_copy(update={"epochs": min(_EPOCHS, experiment.train.epochs)})
    return experiment.model_copy(update={"train": train, "expect": {}})
