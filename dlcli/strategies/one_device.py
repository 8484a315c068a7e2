"""One named device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from dlcli.component import Component, Matching
from dlcli.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf


class OneDevice(Component):
    """One named device of this machine."""

    type: Literal["one_device"] = "one_device"
    device: Annotated[str, Matching(r"^(CPU|GPU|TPU):[0-9]+$", "a kind and a number, such as GPU:1")] = "CPU:0"
    """Kind and number, such as GPU:1."""

    def build(self) -> tf.distribute.Strategy:
        """The TensorFlow strategy. Raises UsageError where there is no such device."""
        import tensorflow as tf

        devices = [device.name.removeprefix("/device:") for device in tf.config.list_logical_devices()]
        if self.device not in devices:
            raise UsageError(f"strategy: there is no device {self.device}; this machine has {', '.join(devices)}")
        return tf.distribute.OneDeviceStrategy(f"/{self.device}")
