"""Parts of a user's own through the command line, as docs/plugins.md shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dlcli.backend import load_tensorflow
from dlcli.cli import app
from dlcli.errors import Preempted
from dlcli.runs.find import all_runs
from dlcli.runs.run import Run
from dlcli.training.loop import Loop
from tests.plugins.parts import PARTS, write

load_tensorflow()

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
((PYTHON,), (SPEC,)) = (re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) for kind in ("python", "yaml"))
Dlcli = Callable[..., Result]


@pytest.fixture
def dlcli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dlcli:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DLCLI_RUNS", raising=False)

    def invoke(*arguments: str, code: int = 0) -> Result:
        done = CliRunner().invoke(app, list(arguments))
        assert getattr(done.exception, "exit_code", done.exit_code) == code, (done.output, done.exception)
        return done

    return invoke


def test_the_pages_example_trains_to_what_it_expects_and_is_evaluated_with_the_runs_copy(
    dlcli: Dlcli, tmp_path: Path
) -> None:
    (tmp_path / "my_parts.py").write_text(PYTHON)
    (tmp_path / "board.yaml").write_text(SPEC)
    assert dlcli("validate", "board.yaml").output == "the spec is valid\n"
    trained = dlcli("train", "board.yaml", "--gate").output
    assert "model     shortcut" in trained
    assert "expected  test_mean_confidence at least 0.8: met" in trained
    (tmp_path / "my_parts.py").write_text(PYTHON.replace("% 2", "% 3"))
    evaluated = dlcli("eval", "board").output
    assert (
        "note      my_parts.py has changed since this run was made; the run's own copy counts, runs/board" in evaluated
    )
    (run,) = all_runs(Path("runs"))
    as_json = json.loads(dlcli("eval", "--json").stdout)
    recorded = json.loads((run.path / "result.json").read_text())["test"]
    assert {name: as_json[name] for name in recorded} == recorded
    assert {"mean_confidence", "balanced_accuracy"} < recorded.keys()


def test_the_metrics_stand_in_tensorboard(dlcli: Dlcli, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    write(tmp_path)
    dlcli("train", "all.yaml", "--quiet")
    (run,) = all_runs(Path("runs"))
    events = EventAccumulator(str(run.path / "test"))
    events.Reload()
    assert "misses" in events.Tags()["scalars"]


def test_a_stopped_run_goes_on_with_its_own_copy(dlcli: Dlcli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path)

    def stop(self: Loop, *_: object) -> None:
        raise Preempted("stopped")

    with monkeypatch.context() as patched:
        patched.setattr(Loop, "run", stop)
        assert isinstance(dlcli("train", str(path), code=75).exception, Preempted)
    (tmp_path / "parts.py").write_text(f"{PARTS}# changed\n")
    resumed = dlcli("train", "--resume", "all")
    assert "note      parts.py has changed since this run was made" in resumed.output
    (run,) = all_runs(Path("runs"))
    assert Run(run.path).info["state"] == "done"


def test_folds_and_smoke_runs_keep_the_plugin_too(dlcli: Dlcli, tmp_path: Path) -> None:
    write(tmp_path)
    output = dlcli("train", "all.yaml", "--set", "folds=2", "--smoke").output
    assert "misses" in output
    assert all((run.path / "plugins" / "parts.py").read_text() == PARTS for run in all_runs(Path("runs")))


@pytest.mark.parametrize(
    ("before", "after", "code", "said"),
    [
        ("import numpy as np", "import numpy az np", 2, "parts.py:5:14: invalid syntax"),
        ("x = np.random", "x = numpi.random", 3, "parts.py:24: NameError: name 'numpi' is not defined"),
        ('activation="relu"', 'activation="rely"', 1, "parts.py:38: ValueError: Could not interpret activation"),
    ],
)
def test_mistakes_of_a_plugin_have_the_exit_codes_of_their_kind(
    dlcli: Dlcli, tmp_path: Path, before: str, after: str, code: int, said: str
) -> None:
    write(tmp_path, parts=f"{PARTS.replace(before, after)}# {tmp_path}")
    done = dlcli("train", "all.yaml", code=code)
    assert said.replace("invalid", "SyntaxError: invalid") in str(done.exception)
    assert not Path("runs").exists()
