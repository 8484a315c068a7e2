"""The best device there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dlcli.component import Component
from dlcli.strategies.one_device import OneDevice

if TYPE_CHECKING:
    import tensorflow as tf


class Auto(Component):
    """The first GPU if there is one, else the CPU."""

    type: Literal["auto"] = "auto"

    def build(self) -> tf.distribute.Strategy:
        """The TensorFlow strategy."""
        import tensorflow as tf

        return OneDevice(device="GPU:0" if tf.config.list_physical_devices("GPU") else "CPU:0").build()
