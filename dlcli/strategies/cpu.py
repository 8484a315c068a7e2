"""The CPU, whatever else there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcli.component import Component
from dlcli.strategies.one_device import OneDevice

if TYPE_CHECKING:
    import tensorflow as tf


class Cpu(Component):
    """The CPU, even where there is a GPU."""

    type: Literal["cpu"] = "cpu"

    def build(self) -> tf.distribute.Strategy:
        """The TensorFlow strategy."""
        return OneDevice(device="CPU:0").build()
