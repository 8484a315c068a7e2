"""`dlcli train --resume`, as it is typed: what it says, how it exits, what it leaves of a run."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dlcli.backend import load_tensorflow
from dlcli.cli import main

load_tensorflow()

from dlcli.runs.find import find  # noqa: E402
from dlcli.runs.run import Run  # noqa: E402
from dlcli.training.checkpoints import Checkpoints  # noqa: E402

Command = Callable[..., tuple[int, str]]

SPEC = (
    "dataset: {type: csv, path: t.csv, target: kind, validation: {fraction: 0.2, by: chance}}\n"
    "model: linear\ntrain: {epochs: 3, batch_size: 8}\ncheckpoint: {every: 2 steps}\n"
)


@pytest.fixture
def dlcli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs a command in a folder that holds a table and a spec; gives exit code and all that was said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLCLI_RUNS", "runs")
    rows = [f"{n / 7:.3f},{n * n % 11},{'high' if n % 3 else 'low'}" for n in range(40)]
    Path("t.csv").write_text("\n".join(["x,y,kind", *rows, ""]))
    Path("s.yaml").write_text(SPEC)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["dlcli", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        return code if isinstance(code, int) else 0, said.out + said.err

    return run


@pytest.fixture
def stopped(dlcli: Command, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that a signal has stopped in the middle of an epoch."""
    with monkeypatch.context() as patched:
        save = Checkpoints.save

        def signalled(*given: object) -> None:
            save(*given)  # type: ignore[arg-type]
            os.kill(os.getpid(), signal.SIGTERM)

        patched.setattr(Checkpoints, "save", signalled)
        code, said = dlcli("train", "s.yaml")
    assert code == 75
    run = find(Path("runs"), "s")
    assert said.endswith(f"; everything is saved\ncontinue:  dlcli train --resume {run.path}\n")
    return run


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals to itself")


def test_a_stopped_run_goes_on_with_what_may_change(dlcli: Command, stopped: Run) -> None:
    code, said = dlcli("train", "--resume", "s", "--set", "train.epochs=4", "--set", "checkpoint.every=9 steps")
    assert code == 0, said
    assert "note      changed: train.epochs: 3 -> 4\n" in said
    assert "note      changed: checkpoint.every: 2 steps -> 9 steps\n" in said
    assert "resumed   after step 2\n" in said
    assert [row["epoch"] for row in stopped.metrics()] == [1, 2, 3, 4]
    assert (stopped.info["epochs"], stopped.experiment.checkpoint.every) == (4, "9 steps")


@pytest.mark.parametrize("resume", ["auto", "s"])
def test_a_spec_along_with_the_run_goes_on_with_it(dlcli: Command, stopped: Run, resume: str) -> None:
    code, said = dlcli("train", "s.yaml", "--resume", resume, "--set", "train.epochs=2")
    assert code == 0, said
    assert "note      changed: train.epochs: 3 -> 2\n" in said
    assert len(list(stopped.path.parent.glob("2*"))) == 1


def test_auto_begins_anew_where_nothing_is_to_go_on(dlcli: Command, stopped: Run) -> None:
    assert dlcli("train", "s.yaml", "--resume", "auto", "--set", "seed=9")[0] == 0
    assert stopped.info["state"] == "preempted"
    assert len(list(stopped.path.parent.glob("2*"))) == 2


def test_another_experiment_is_shown_as_a_difference_and_refused(dlcli: Command, stopped: Run) -> None:
    before = json.dumps(stopped.info)
    code, said = dlcli("train", "s.yaml", "--resume", "s", "--set", "model=mlp", "--set", "seed=4")
    assert code == 2
    assert "\n  seed: 0 -> 4\n" in said
    assert "\n  model.type: linear -> mlp\n" in said
    assert json.dumps(stopped.info) == before


def test_other_data_is_refused(dlcli: Command, stopped: Run) -> None:
    Path("t.csv").write_text(Path("t.csv").read_text().replace("0.143,1,", "0.144,1,"))
    code, said = dlcli("train", "--resume", "s")
    assert code == 3
    assert f"error: {stopped.path}: the data has changed since this run began (fingerprint " in said
    assert stopped.info["state"] == "preempted"


def test_auto_needs_a_spec(dlcli: Command) -> None:
    code, said = dlcli("train", "--resume", "auto")
    assert code == 2
    assert "--resume auto needs the spec whose run is to go on" in said


def test_resuming_makes_no_smoke_run_of_a_run(dlcli: Command, stopped: Run) -> None:
    code, said = dlcli("train", "--resume", "s", "--smoke")
    assert code == 2
    assert "--smoke: --resume goes on with a run as it was" in said


def test_a_smoke_run_can_be_trained_longer(dlcli: Command) -> None:
    assert dlcli("train", "s.yaml", "--smoke")[0] == 0
    code, said = dlcli("train", "--resume", "s-smoke", "--set", "train.epochs=4")
    assert code == 0, said
    assert len(find(Path("runs"), "s-smoke").metrics()) == 4


def test_folds_go_on_as_they_were(dlcli: Command, stopped: Run) -> None:
    stopped.update(fold=1, folds=3, fold_set=stopped.path.name)
    code, said = dlcli("train", "--resume", "s", "--set", "train.epochs=4")
    assert code == 2
    assert f"{stopped.path}: is one of several folds, which go on as they were" in said


def test_a_signal_before_training_ends_at_once_and_leaves_no_run(
    dlcli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dlcli.training import prepare

    monkeypatch.setattr(prepare, "load_data", lambda *_, **__: os.kill(os.getpid(), signal.SIGUSR1))
    code, said = dlcli("train", "s.yaml")
    assert code == 75
    assert said == "stopped by SIGUSR1 before training began; the same command begins again\n"
    assert not Path("runs").exists()


def test_a_folder_that_cannot_be_written_is_one_clear_line(dlcli: Command) -> None:
    Path("runs").write_text("in the way")
    code, said = dlcli("train", "s.yaml")
    assert code == 1
    assert said.splitlines()[-1] == "error: runs/s: the run cannot be written (Not a directory)"
