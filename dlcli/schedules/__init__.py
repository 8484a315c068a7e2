"""Learning rate schedules, each chosen by its `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.schedules.constant import Constant
from dlcli.schedules.cosine import Cosine
from dlcli.schedules.exponential import Exponential
from dlcli.schedules.piecewise import Piecewise
from dlcli.schedules.plateau import Plateau

Schedule = Annotated[Constant | Cosine | Exponential | Piecewise | Plateau, ByType("schedule")]
