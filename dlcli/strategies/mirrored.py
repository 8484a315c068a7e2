"""Several devices of one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, field_validator

from dlcli.component import Component, Matching
from dlcli.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf

Device = Annotated[str, Matching(r"^(CPU|GPU):[0-9]{1,2}$", "a kind and a number, such as GPU:1")]


class Mirrored(Component):
    """Several devices of this machine: each has a copy of the model and takes its share of every batch.

    On one device it is the same as `one_device`. Two or more named CPUs are parts of the one that there is, which
    trains nothing faster and shows on any machine what several GPUs would do.
    """

    type: Literal["mirrored"] = "mirrored"
    devices: Annotated[tuple[Device, ...], Field(min_length=1)] | None = Field(
        default=None, examples=[("GPU:0", "GPU:1")]
    )
    """Kinds and numbers, such as [GPU:0, GPU:1] or, to try it out, [CPU:0, CPU:1]; all GPUs if absent."""

    @field_validator("devices")
    @classmethod
    def _are_distinct(cls, devices: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for device in devices or ():
            if devices and devices.count(device) > 1:
                raise ValueError(f"`devices` (={', '.join(devices)}) must name {device} once")
        return devices

    def build(self) -> tf.distribute.Strategy:
        """The TensorFlow strategy. Raises UsageError where a device is not there."""
        import tensorflow as tf

        _divide_cpu(1 + max((_number(device) for device in self.devices or () if device.startswith("CPU")), default=0))
        there = [device.name.removeprefix("/device:") for device in tf.config.list_logical_devices()]
        devices = self.devices or tuple(device for device in there if device.startswith("GPU"))
        if not devices:
            raise UsageError(
                f"strategy: mirrored needs GPUs, and this machine has {', '.join(there)}; "
                "to try it out, name parts of the CPU: devices: [CPU:0, CPU:1]"
            )
        for device in devices:
            if device not in there:
                late = "; the CPU was divided before, and cannot be again" if device.startswith("CPU") else ""
                raise UsageError(f"strategy: there is no device {device}; this machine has {', '.join(there)}{late}")
        # What sums over CPUs by default ties a process to the number of devices of its first strategy.
        on_cpu = any(device.startswith("CPU") for device in devices)
        sums = tf.distribute.ReductionToOneDevice() if on_cpu else None
        return tf.distribute.MirroredStrategy([f"/{device}" for device in devices], cross_device_ops=sums)


def _number(device: str) -> int:
    return int(device.rpartition(":")[2])


def _divide_cpu(parts: int) -> None:
    """Makes as many devices of the CPU, where TensorFlow has not yet made other ones."""
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    if parts > 1 and tf.config.get_logical_device_configuration(cpu) is None:
        try:
            tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * parts)
        except RuntimeError:  # TensorFlow is up; whoever looks for the device will miss it
            return
