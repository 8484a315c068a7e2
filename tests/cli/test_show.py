"""What `dlcli show` prints is the experiment, whatever it was put together from, and says where it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from dlcli.cli import app
from dlcli.errors import SpecError
from dlcli.shipped import shipped
from dlcli.spec import Experiment, load
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.spec.writing import write


@dataclass
class Shown:
    """What a command printed."""

    stdout: str
    stderr: str


Show = Callable[..., Shown]

BASE = """\
# what for
dataset: {type: hapt, validation_subjects: [7, 23]}
model: {type: lstm, units: [32, 32], dropout: 0.5}
optimizer: adam
augment:
  - jitter
  - {type: mixup}
"""
OWN = """\
extends: base.yaml
model: {dropout: 0.25}
optimizer: {learning_rate: 1}
"""


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Show:
    """Runs `dlcli show` beside base.yaml and own.yaml."""
    monkeypatch.chdir(tmp_path)
    Path("base.yaml").write_text(BASE)
    Path("own.yaml").write_text(OWN)

    def run(*arguments: str) -> Shown:
        done = CliRunner().invoke(app, ["show", *arguments])
        if done.exception:
            raise done.exception
        return Shown(done.stdout, done.stderr)

    return run


def loaded(text: str) -> Experiment:
    return check(parse(text, "shown.yaml"))


def test_every_value_says_where_it_came_from(show: Show) -> None:
    done = show("own.yaml", "--origin", "--set", "model.units[1]=16", "--set", "augment[1]={alpha: 0.5}")
    lines = done.stdout.split("\n")
    assert {
        "name: own                       # the file's name",
        "seed: 0                         # default",
        "  type: hapt                    # base.yaml:2",
        "  validation_subjects: [7, 23]  # base.yaml:2",
        "- type: jitter                  # base.yaml:6",
        "  units: [32, 16]               # --set, base.yaml:3",
        "  dropout: 0.25                 # own.yaml:2",
        "  type: lstm                    # base.yaml:3",
        "  learning_rate: 1.0            # own.yaml:3",
        "  type: adam                    # base.yaml:4",
        "  alpha: 0.5                    # --set",
    } <= {line.replace("- alpha", "  alpha") for line in lines}
    assert [line for line in lines[:-1] if "#" not in line and not line.endswith(":")] == []
    assert lines[-1] == ""


def test_without_origins_nothing_but_the_experiment_is_printed(show: Show) -> None:
    done = show("own.yaml", "--set", "model.type=gru")
    assert "#" not in done.stdout
    assert loaded(done.stdout) == load(Path("own.yaml"), ["model.type=gru"])
    assert done.stderr == (
        "note: --set model.type=gru: left out `units` and `dropout` (base.yaml:3, own.yaml:2), because `model` is no "
        "longer of type 'lstm'\n"
    )


def test_a_spec_that_is_wrong_is_not_shown(show: Show) -> None:
    with pytest.raises(SpecError, match=r"--set model\.unitz=3: unknown key `unitz`"):
        show("own.yaml", "--set", "model.unitz=3")


def test_a_path_is_shown_with_its_value(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB", "/lab")
    Path("lab.yaml").write_text("dataset: {type: npz, path: '${env:LAB}/a'}\nmodel: mlp\n")
    text = show("lab.yaml", "--origin").stdout
    assert yaml.safe_load(text)["dataset"]["path"] == "/lab/a"
    assert "/lab/a" in text.split("# lab.yaml:1")[1]


def test_a_file_may_be_called_anything(show: Show) -> None:
    Path("odd #\n\u2028.yaml").write_text("dataset: hapt\nmodel: lstm\nname: x\n")
    assert loaded(show("odd #\n\u2028.yaml", "--origin").stdout).name == "x"


@pytest.mark.parametrize("path", sorted(shipped("configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_config_is_shown_as_it_is(show: Show, path: Path) -> None:
    for options in ([], ["--origin"]):
        assert loaded(show(str(path), *options).stdout) == load(path)


_ODD = st.text(max_size=30) | st.sampled_from(["# no comment", "a # b", "x\ny", "\x85", "'", '"', "yes", "k" * 200])
_PARTS = st.fixed_dictionaries(
    {},
    optional={
        "model": st.sampled_from(["gru", {"type": "bilstm"}, {"dropout": 0.5}, {"type": "lstm", "units": (8, 4)}]),
        "optimizer": st.sampled_from(["sgd", {"type": "sgd", "momentum": 0.5}, {"schedule": "cosine"}]),
        "augment": st.lists(st.sampled_from(["mixup", {"type": "jitter"}, {"type": "scale"}]), max_size=3).map(tuple),
        "expect": st.dictionaries(st.sampled_from(["test_loss", "test_accuracy"]), st.floats(0, 1)),
        "train": st.fixed_dictionaries(
            {}, optional={"epochs": st.integers(1, 9), "class_weights": st.dictionaries(_ODD, st.just(2), max_size=2)}
        ),
        "init_from": st.sampled_from(["a run # 3", {"run": "b", "freeze": ("x*", "# y")}]),
        "seed": st.integers(0, 9),
    },
)
_SETS = st.lists(
    st.sampled_from([
        "seed=7", "name=x-1", "model=gru", "model.type=bilstm", "model.units=[3, 5]", "model.units[0]=64",
        "optimizer.learning_rate=0.5", "optimizer={type: adamw, weight_decay: 0.5}", "optimizer.schedule.type=cosine",
        "augment[0]=mixup", "augment[1]={type: scale}", "augment=[]", "expect={}", "expect.test_loss=1", "train={}",
        "train.early_stopping={}", "train.class_weights=balanced", "dataset.channels=[body_acc_x]", "init_from=r",
        "init_from.head=false", "strategy={type: one_device, device: 'GPU:1'}",
    ]),
    max_size=5,
)  # fmt: skip


@given(_PARTS, _PARTS, _SETS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
def test_what_is_shown_loads_to_the_same_experiment(
    show: Show, lower: dict[str, object], own: dict[str, object], sets: list[str]
) -> None:
    Path("lower.yaml").write_text(write({"extends": "base.yaml", **lower}, width=80), encoding="utf-8")
    Path("own.yaml").write_text(write({**own, "extends": ["base.yaml", "lower.yaml"]}, width=80), encoding="utf-8")
    try:
        experiment = load(Path("own.yaml"), sets)
    except SpecError:
        # Not everything can be set everywhere, such as the second of one distortion.
        reject()
    options = [option for each in sets for option in ("--set", each)]
    for more in ([], ["--origin"]):
        text = show("own.yaml", *options, *more).stdout
        assert loaded(text) == experiment
        assert yaml.safe_load(text) == experiment.model_dump(mode="json")
