"""Optimizers, each chosen by its `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.optimizers.adadelta import Adadelta
from dlcli.optimizers.adagrad import Adagrad
from dlcli.optimizers.adam import Adam
from dlcli.optimizers.adamw import AdamW
from dlcli.optimizers.ftrl import Ftrl
from dlcli.optimizers.lion import Lion
from dlcli.optimizers.nadam import Nadam
from dlcli.optimizers.rmsprop import RMSprop
from dlcli.optimizers.sgd import SGD

Optimizer = Annotated[Adadelta | Adagrad | Adam | AdamW | Ftrl | Lion | Nadam | RMSprop | SGD, ByType("optimizer")]
