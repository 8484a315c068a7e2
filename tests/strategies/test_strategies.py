"""A strategy puts the work on the device it names."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from dlcli.backend import load_tensorflow
from dlcli.errors import UsageError
from dlcli.strategies.auto import Auto
from dlcli.strategies.cpu import Cpu
from dlcli.strategies.one_device import OneDevice


def devices(spec: Auto | Cpu | OneDevice) -> list[str]:
    load_tensorflow()
    strategy: Any = spec.build()
    assert strategy.num_replicas_in_sync == 1
    return [device.rpartition("device:")[2] for device in strategy.extended.worker_devices]


def logical() -> list[str]:
    load_tensorflow()
    import tensorflow as tf

    return [device.name.rpartition("device:")[2] for device in tf.config.list_logical_devices()]


def test_cpu_is_the_first_cpu() -> None:
    assert devices(Cpu()) == ["CPU:0"]


def test_one_device_is_the_one_named() -> None:
    for name in logical():
        assert devices(OneDevice(device=name)) == [name]


@pytest.mark.parametrize(("there", "chosen"), [([], "CPU:0"), (["GPU:0"], "GPU:0")])
def test_auto_takes_a_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch, there: list[str], chosen: str) -> None:
    load_tensorflow()
    import tensorflow as tf

    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: there if kind == "GPU" else ["CPU:0"])
    monkeypatch.setattr(OneDevice, "build", lambda self: self.device)
    assert Auto().build() == chosen


@pytest.mark.parametrize("device", ["GPU:7", "TPU:0", "CPU:99"])
def test_a_device_that_is_not_there_is_named_with_those_that_are(device: str) -> None:
    there = ", ".join(logical())
    with pytest.raises(UsageError, match=f"^strategy: there is no device {device}; this machine has {there}$"):
        OneDevice(device=device).build()


@pytest.mark.parametrize("device", ["gpu:0", "GPU", "GPU:", "GPU:x", "/GPU:0", "GPU:0 ", "", "GPU:²"])
def test_what_is_no_device_name_is_refused(device: str) -> None:
    with pytest.raises(ValidationError, match=r"(?s)expected a kind and a number, such as GPU:1.*input_value"):
        OneDevice(device=device)
