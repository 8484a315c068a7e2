"""Keras comes up the same whatever the user's environment says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlcli.backend import _without_noise, load_tensorflow
from dlcli.errors import UsageError

_REPORT = """
from dlcli.backend import load_tensorflow
load_tensorflow()
import keras
print(keras.backend.backend(), keras.config.floatx(), keras.config.dtype_policy().name, keras.config.epsilon(),
      keras.config.image_data_format())
"""


def test_the_users_keras_settings_are_overruled_and_nothing_is_printed(tmp_path: Path) -> None:
    (tmp_path / "keras.json").write_text(
        '{"backend": "jax", "floatx": "float16", "epsilon": 0.1, "image_data_format": "channels_first"}'
    )
    environment = os.environ | {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "torch"}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    done = subprocess.run([sys.executable, "-c", _REPORT], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == ["tensorflow", "float32", "float32", "1e-07", "channels_last"]
    assert done.stderr == ""


@pytest.mark.parametrize("wanted", [None, "0"])
def test_kernels_of_onednn_are_used_unless_the_user_says_no(
    monkeypatch: pytest.MonkeyPatch, wanted: str | None
) -> None:
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    if wanted:
        monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", wanted)
    report = "from dlcli.backend import load_tensorflow, onednn; load_tensorflow(); print(onednn())"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(wanted != "0")]


def test_a_second_call_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    load_tensorflow()
    monkeypatch.setenv("KERAS_BACKEND", "untouched")
    load_tensorflow(quiet=False)
    assert os.environ["KERAS_BACKEND"] == "untouched"


def test_settings_changed_meanwhile_are_set_right_again() -> None:
    load_tensorflow()
    import keras

    keras.config.set_floatx("float16")
    keras.config.set_epsilon(0.5)
    load_tensorflow()
    assert (keras.config.floatx(), keras.config.epsilon()) == ("float32", 1e-7)


def test_keras_on_another_backend_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    load_tensorflow()
    import keras

    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(UsageError, match="Keras was loaded with backend 'jax' before; dlcli needs 'tensorflow'"):
        load_tensorflow()


def test_only_start_up_noise_is_dropped_and_the_rest_comes_after(capfd: pytest.CaptureFixture[str]) -> None:
    with _without_noise():
        os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called\n")
        os.write(2, b"I0000 00:00:1 something\nE0000 00:00:2 something\nW1234 x\n")
        os.write(2, "Ünknown GPU\nI am not noise\n".encode())
        assert capfd.readouterr().err == ""
    assert capfd.readouterr().err == "Ünknown GPU\nI am not noise\n"
    os.write(2, b"I0000 later\n")
    assert capfd.readouterr().err == "I0000 later\n"


def test_what_was_said_before_an_error_is_not_lost(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with _without_noise():
            os.write(2, b"no such library\n")
            raise ImportError("tensorflow")

    with pytest.raises(ImportError, match="tensorflow"):
        fail()
    assert capfd.readouterr().err == "no such library\n"
