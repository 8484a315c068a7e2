"""Shipped configs are documents: they load, and their headers say what they claim and how it was measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import pytest

from dlcli.datasets import Dataset
from dlcli.expectations import Verdict
from dlcli.metrics.names import FALLING
from dlcli.models import Model
from dlcli.shipped import shipped
from dlcli.spec import Experiment, load
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.spec.structure import classes_in, type_name

CONFIGS = sorted(shipped("configs").glob("*.yaml"))
README_FILE = Path(__file__).parents[1] / "README.md"
README = README_FILE.read_text(encoding="utf-8")
UNMEASURED = "# Not measured: "
MEASURED = [path for path in CONFIGS if UNMEASURED not in path.read_text()]
each = pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
each_measured = pytest.mark.parametrize("path", MEASURED, ids=lambda path: path.stem)


def measured(header: str) -> Iterator[tuple[str, list[float], str]]:
    """The scores that a header names, by split and metric, with the rest of their line: one for each seed."""
    line = re.compile(r"^# (Test|Train): +((?:[0-9.]+ +)+) *(\w+) (.*)$", re.MULTILINE)
    for split, scores, metric, rest in line.findall(header):
        yield f"{split.lower()}_{metric}", [float(score) for score in scores.split()], rest


def test_there_are_configs() -> None:
    assert {path.stem for path in CONFIGS} >= {"har_lstm", "har_cnn", "mnist_deep_cnn", "zoo_softmax", "scores_linear"}


@each
def test_a_config_loads_and_says_what_to_type(path) -> None:
    assert isinstance(load(path), Experiment)
    header = path.read_text()
    assert header.startswith("# What: ")
    assert f"# Run:     dlcli train configs/{path.name} " in header


@each_measured
def test_what_a_config_expects_is_what_was_measured(path) -> None:
    claims = {name: (scores, rest) for name, scores, rest in measured(path.read_text())}
    experiment = load(path)
    assert experiment.expect
    for name, expected in experiment.expect.items():
        scores, rest = claims[name]
        if len(scores) == 1:
            assert f"mean of {experiment.folds} folds, at seed 0 " in rest
        else:
            assert len(scores) >= 3
            assert f"seeds 0 to {len(scores) - 1} " in rest
            assert f"mean {mean(scores):.4f}, deviation {stdev(scores):.4f}" in rest
        assert Verdict(name, expected, mean(scores)).met
        # Not far from what is reached, or it would warn of nothing.
        assert abs(expected - mean(scores)) < (0.2 * mean(scores) if name.endswith(FALLING) else 0.02)


@pytest.mark.parametrize(("key", "union"), [("dataset", Dataset), ("model", Model)])
def test_every_type_is_shown_by_a_config(key: str, union: Any) -> None:
    parts = [getattr(load(path), key) for path in CONFIGS]
    shown = {member.type for part in parts for member in (part, *getattr(part, "parts", ()))}
    assert {type_name(cls) for cls in classes_in(union)} - shown == set()


def test_either_kind_of_task_that_is_never_guessed_is_shown_by_a_config() -> None:
    assert {getattr(load(path).dataset, "task", None) for path in CONFIGS} >= {"reals", "labels"}


@each
def test_what_was_not_measured_is_not_claimed(path) -> None:
    if path not in MEASURED:
        assert not load(path).expect
        assert not list(measured(path.read_text()))


def test_the_readme_shows_the_config_that_is_shipped() -> None:
    shown = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)[0]
    (config,) = [path for path in CONFIGS if path.stem == "har_lstm"]
    assert check(parse(shown, "har_lstm.yaml")) == load(config)


def test_the_readmes_other_specs_are_valid() -> None:
    _, table, others = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    specs = [table, *(f"{line}\nmodel: linear\n" for line in others.splitlines())]
    for spec in specs:
        assert isinstance(check(parse(spec, "s.yaml")), Experiment)


def test_the_readme_quotes_what_the_configs_say() -> None:
    row = r"^\| \[(\w+)\]\(configs/\1\.yaml\) \| .* \| ([0-9.]+) ± ([0-9.]+) \| (\d+) \|"
    rows = re.findall(row, README, re.MULTILINE)
    assert len(rows) >= 8
    for name, *quoted in rows:
        (path,) = [path for path in MEASURED if path.stem == name]
        told = [scores for score, scores, _ in measured(path.read_text()) if score in load(path).expect]
        assert quoted in [[f"{mean(each):.4f}", f"{stdev(each):.4f}", f"{len(each)}"] for each in told if len(each) > 1]


def test_the_page_of_results_has_what_the_headers_have() -> None:
    text = (README_FILE.parent / "RESULTS.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| \[(\w+)\]\(configs/\1\.yaml\) (\|.*)$", text, re.MULTILINE))
    assert len(rows) >= 8
    for path in MEASURED:
        if path.stem in rows:
            expect = load(path).expect
            for score, scores, _ in measured(path.read_text()):
                assert score not in expect or f"{mean(scores):.4f}" in rows[path.stem]
