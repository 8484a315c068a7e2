"""A config and finished runs of it, made without training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dlcli.spec import dump, load
from tests.runs.folders import put_run

TEXT = """# What:    A small network on made-up signals,
#          to be fast; https://example.org
# Run:     dlcli train configs/small.yaml
# Reported: 0.5   accuracy; Somebody 2020
expect: {test_accuracy: 0.6}
dataset: hapt
model: {type: mlp, units: [4]}
train: {epochs: 5}
"""
VERSIONS = {"dlcli": "0.1.0", "python": "3.11.7", "tensorflow": "2.21.0", "keras": "3.15.1"}
COMMIT = "1234567890abcdef"
PutFinished = Callable[..., Path]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config's file."""
    path = tmp_path / "configs" / "small.yaml"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


@pytest.fixture
def put_finished(tmp_path: Path, config: Path) -> PutFinished:
    """Makes finished runs of the config, as it is or with overrides, below the folder `runs`."""

    def put(seed: int, accuracy: float, *overrides: str, clean: bool = True, name: str = "small", **info) -> Path:
        number = len(list((tmp_path / "runs" / name).glob("*")))
        folder = f"{name}/20260131-{120000 + number}"
        record = {"versions": VERSIONS, "git": {"commit": COMMIT, "clean": clean}, "threads": 2, "seed": seed}
        times = {"started": f"2026-01-31T12:00:0{number}+00:00", "ended": f"2026-01-31T12:01:0{number}+00:00"}
        path = put_run(tmp_path / "runs", folder, test=accuracy, **(record | times | info))
        (path / "spec.yaml").write_text(dump(load(config, [f"seed={seed}", *overrides])))
        return path

    return put
