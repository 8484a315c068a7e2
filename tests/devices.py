"""Four devices where there is one, so that nothing in the tests can lean on there being a single one."""

from __future__ import annotations

from dlcli.backend import load_tensorflow


def several_devices() -> None:
    """Loads TensorFlow and splits the CPU in four; to be called before anything uses a device."""
    load_tensorflow()
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    if tf.config.get_logical_device_configuration(cpu) is None:
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 4)
