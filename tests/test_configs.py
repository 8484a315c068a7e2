"""Shipped configs are documents: they load, and their headers say what they claim and how it was measured."""

from __future__ import annotations

import re
from statistics import mean

import pytest

from dlcli.shipped import shipped
from dlcli.spec import Experiment, load

CONFIGS = sorted(shipped("configs").glob("*.yaml"))


def measured(header: str) -> list[float]:
    """The test scores of the seeds that a header names."""
    (line,) = re.findall(r"^# Test: +((?:0\.\d+ +)+)", header, re.MULTILINE)
    return [float(score) for score in line.split()]


def test_there_are_configs() -> None:
    assert {path.stem for path in CONFIGS} >= {"har_lstm", "har_bilstm", "har_gru"}


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_loads_and_says_what_to_type(path) -> None:
    assert isinstance(load(path), Experiment)
    header = path.read_text()
    assert header.startswith("# What: ")
    assert f"# Run:     dlcli train configs/{path.name} " in header


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_what_a_config_expects_is_what_was_measured(path) -> None:
    scores = measured(path.read_text())
    expected = load(path).expect["test_accuracy"]
    assert len(scores) == 5
    assert expected <= mean(scores) < expected + 0.02
    assert f"mean {mean(scores):.4f}" in path.read_text()
