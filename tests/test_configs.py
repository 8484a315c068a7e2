"""Shipped configs are documents: they load, and their headers say what they claim and how it was measured."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import mean

import pytest

from dlcli.shipped import shipped
from dlcli.spec import Experiment, load
from dlcli.spec.load import check
from dlcli.spec.reading import parse

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


def test_the_readme_shows_the_config_that_is_shipped() -> None:
    readme = Path(__file__).parents[1] / "README.md"
    (shown,) = re.findall(r"```yaml\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    (config,) = [path for path in CONFIGS if path.stem == "har_lstm"]
    assert check(parse(shown, "har_lstm.yaml")) == load(config)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_the_readme_has_the_mean_of_every_config(path) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"| [{path.stem}](configs/{path.name}) | {mean(measured(path.read_text())):.4f} |" in readme
