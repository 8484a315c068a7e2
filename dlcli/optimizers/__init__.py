"""Optimizers, each chosen by its `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.optimizers.adam import Adam
from dlcli.optimizers.sgd import SGD

Optimizer = Annotated[Adam | SGD, ByType()]
