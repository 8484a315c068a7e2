"""Device strategies, each chosen by its `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.strategies.auto import Auto
from dlcli.strategies.cpu import Cpu
from dlcli.strategies.mirrored import Mirrored
from dlcli.strategies.one_device import OneDevice

Strategy = Annotated[Auto | Cpu | OneDevice | Mirrored, ByType("strategy")]
