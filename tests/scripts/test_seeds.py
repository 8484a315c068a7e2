"""What is finished is not trained again, the rest is, whatever fails in between."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts import seeds
from tests.scripts.conftest import PutFinished


class Trainings:
    """Takes the arguments of trainings instead of training; gives their exit codes."""

    def __init__(self, *codes: int) -> None:
        self.codes, self.calls = list(codes), []

    def __call__(self, arguments: Sequence[str]) -> int:
        self.calls.append(list(arguments))
        return self.codes.pop(0) if self.codes else 0


def arguments(config: Path, *given: int) -> list[str]:
    return [str(config), "--seeds", *map(str, given), "--runs", str(config.parents[1] / "runs")]


def test_what_is_not_finished_is_trained_and_goes_on(config: Path, put_finished: PutFinished) -> None:
    put_finished(1, 0.5)
    put_finished(2, 0.5, state="killed")
    put_finished(3, 0.5, "train.epochs=7")
    trainings = Trainings()
    assert seeds.main(arguments(config, 0, 1, 2, 3, 0), trainings) == 0
    assert [call[2] for call in trainings.calls] == ["seed=0", "seed=2", "seed=3"]
    runs = str(config.parents[1] / "runs")
    assert trainings.calls[0] == [
        str(config), "--set", "seed=0", "--resume", "auto", "--runs", runs, "--quiet"
    ]  # fmt: skip


def test_a_training_that_fails_does_not_keep_the_others_from_theirs(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainings = Trainings(0, 3)
    assert seeds.main(arguments(config, 0, 1, 2), trainings) == 1
    assert len(trainings.calls) == 3
    assert "failed: small, seed 1 (exit code 3)" in capsys.readouterr().err


def test_a_signal_stops_them_all(config: Path) -> None:
    trainings = Trainings(0, 75)
    assert seeds.main(arguments(config, 0, 1, 2), trainings) == 75
    assert len(trainings.calls) == 2


def test_a_config_that_is_not_there_is_told_before_anything_is_trained(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainings = Trainings()
    assert seeds.main([str(config), "har_lstmm", "--seeds", "0"], trainings) == 2
    assert trainings.calls == []
    assert "did you mean `har_lstm`?" in capsys.readouterr().err


def test_names_of_shipped_configs_are_taken(tmp_path: Path) -> None:
    trainings = Trainings()
    assert seeds.main(["har_lstm", "zoo_softmax", "--seeds", "7", "--runs", str(tmp_path)], trainings) == 0
    assert [Path(call[0]).name for call in trainings.calls] == ["har_lstm.yaml", "zoo_softmax.yaml"]


def test_changes_that_are_not_committed_are_told(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for clean, told in ((True, 0), (False, 1), (None, 0)):
        state = None if clean is None else {"commit": "1", "clean": clean}
        monkeypatch.setattr(seeds, "git", lambda folder, state=state: state)
        seeds.main(arguments(config, 0), Trainings())
        assert capsys.readouterr().out.count("changes that are not committed") == told


def test_a_training_is_a_process_of_its_own() -> None:
    assert seeds.train(["no_such_spec"]) == 2
