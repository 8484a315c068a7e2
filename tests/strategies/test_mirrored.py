"""Several devices of one machine."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import tensorflow as tf
from pydantic import ValidationError

from dlcli.errors import UsageError
from dlcli.strategies.mirrored import Mirrored


def devices(strategy: tf.distribute.Strategy) -> list[str]:
    return [device.rpartition("device:")[2] for device in strategy.extended.worker_devices]


@pytest.mark.parametrize("named", [("CPU:0", "CPU:1"), ("CPU:2",), ("CPU:3", "CPU:0", "CPU:1", "CPU:2")])
def test_there_is_a_replica_on_each_device_named(named: tuple[str, ...]) -> None:
    strategy = Mirrored(devices=named).build()
    assert devices(strategy) == list(named)
    assert strategy.num_replicas_in_sync == len(named)


def test_strategies_of_different_sizes_sum_in_one_process() -> None:
    for count in (2, 4, 3):
        strategy = Mirrored(devices=tuple(f"CPU:{i}" for i in range(count))).build()

        @tf.function
        def summed() -> tf.Tensor:
            return tf.distribute.get_replica_context().all_reduce("SUM", tf.constant(1.0))

        for value in strategy.experimental_local_results(strategy.run(summed)):
            assert float(value) == count


def test_without_names_it_takes_all_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    class Device:
        def __init__(self, name: str) -> None:
            self.name = name

    there = [Device(f"/device:{name}") for name in ("CPU:0", "GPU:0", "GPU:1")]
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda: there)
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", lambda devices, cross_device_ops: devices)
    assert Mirrored().build() == ["/GPU:0", "/GPU:1"]


def test_without_gpus_it_says_how_to_try_it_out() -> None:
    if tf.config.list_logical_devices("GPU"):
        pytest.skip("there is a GPU")
    message = (
        "strategy: mirrored needs GPUs, and this machine has CPU:0, CPU:1, CPU:2, CPU:3; to try it out, name parts"
    )
    with pytest.raises(UsageError, match=f"^{message}.*\\[CPU:0, CPU:1\\]$"):
        Mirrored().build()


@pytest.mark.parametrize("device", ["GPU:71", "CPU:9"])
def test_a_device_that_is_not_there_is_named_with_those_that_are(device: str) -> None:
    late = "; the CPU was divided before, and cannot be again" if device.startswith("CPU") else ""
    there = ", ".join(device.name.rpartition("device:")[2] for device in tf.config.list_logical_devices())
    message = f"strategy: there is no device {device}; this machine has {there}{late}"
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        Mirrored(devices=("CPU:0", device)).build()


@pytest.mark.parametrize(
    ("named", "message"),
    [
        (("CPU:0", "GPU:1", "CPU:0"), r"`devices` \(=CPU:0, GPU:1, CPU:0\) must name CPU:0 once"),
        (("TPU:0",), r"a kind and a number, such as GPU:1.*input_value='TPU:0'"),
        (("CPU:100",), r"a kind and a number, such as GPU:1.*input_value='CPU:100'"),
        ((), r"at least 1 item.*input_value=\(\)"),
    ],
)
def test_what_names_no_devices_is_refused(named: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValidationError, match=f"(?s){message}"):
        Mirrored(devices=named)


_FRESH = """
from dlcli.backend import load_tensorflow
load_tensorflow()
from dlcli.errors import UsageError
from dlcli.strategies.mirrored import Mirrored
if {late}:
    import tensorflow as tf
    tf.config.list_logical_devices()
try:
    print(Mirrored(devices=("CPU:0", "CPU:2")).build().extended.worker_devices)
except UsageError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("late", "said"),
    [
        (False, "('/job:localhost/replica:0/task:0/device:CPU:0', '/job:localhost/replica:0/task:0/device:CPU:2')"),
        (True, "strategy: there is no device CPU:2; this machine has CPU:0; the CPU was divided before, and cannot be "
         "again"),
    ],
)  # fmt: skip
def test_the_cpu_is_divided_while_it_can_be_and_nothing_else_is_printed(late: bool, said: str) -> None:
    if tf.config.list_logical_devices("GPU"):
        pytest.skip("there is a GPU")
    program = _FRESH.format(late=late)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == (said, "")
