"""What the command line refuses, in one line for each mistake and with the exit code of its kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dlcli.cli import main
from dlcli.cli.verdicts import give_verdicts
from dlcli.datasets.hapt import Hapt
from dlcli.errors import DataError, Preempted, TrainingError, UsageError
from dlcli.models.lstm import LSTM
from dlcli.runs.run import Run
from dlcli.shipped import shipped
from dlcli.spec import Experiment


@dataclass
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def dlcli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """Runs the command line in an empty folder, as a terminal does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DLCLI_RUNS", raising=False)

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr("sys.argv", ["dlcli", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        assert list(tmp_path.glob("runs/*")) == [], "nothing may be left behind"
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


def test_a_missing_spec_is_named(dlcli: Command) -> None:
    assert dlcli("train", "configs/gone.yaml") == Outcome(2, "", "error: configs/gone.yaml: there is no such file\n")


def test_a_folder_is_no_spec(dlcli: Command, tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    assert dlcli("train", "configs") == Outcome(2, "", "error: configs: cannot be read (Is a directory)\n")


def test_either_a_spec_or_a_run_to_resume_is_needed(dlcli: Command) -> None:
    outcome = dlcli("train")
    assert outcome.code == 2
    assert outcome.err == "error: give a spec to train, such as configs/har_lstm.yaml, or --resume RUN\n"


def test_to_resume_whatever_is_unfinished_a_spec_is_needed(dlcli: Command) -> None:
    outcome = dlcli("train", "--resume", "auto")
    assert outcome.code == 2
    assert outcome.err.startswith("error: --resume auto needs the spec whose run is to go on, such as configs/")


def test_a_resumed_run_cannot_become_a_smoke_run(dlcli: Command) -> None:
    outcome = dlcli("train", "--resume", "run", "--smoke")
    assert outcome.code == 2
    assert outcome.err == "error: --smoke: --resume goes on with a run as it was, a smoke run or not\n"


@pytest.mark.parametrize("command", [("eval",), ("train", "--resume")], ids=" ".join)
def test_an_unknown_run_is_named_together_with_those_there_are(
    dlcli: Command, tmp_path: Path, command: tuple[str, ...]
) -> None:
    for name in ("gru", "lstm"):
        folder = tmp_path / "kept" / name / "20240131-120000"
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps({"state": "done", "started": "2024-01-31T12:00:00+00:00"}))
    outcome = dlcli(*command, "rnn", "--runs", "kept")
    said = "error: rnn: is neither a run's folder nor the name of one; there are runs of: gru, lstm\n"
    assert outcome == Outcome(2, "", said)


def test_without_any_run_the_way_to_make_one_is_shown(dlcli: Command) -> None:
    outcome = dlcli("eval")
    assert outcome.code == 2
    assert outcome.err == "error: runs: there are no runs yet; make one with: dlcli train SPEC\n"


def test_all_mistakes_of_a_spec_are_told_at_once_without_a_traceback(dlcli: Command, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("dataset: hapt\nmodel: {type: lstm, units: 3}\nepoch: 3\ntrain: {epochs: x}\n")
    outcome = dlcli("train", "s.yaml")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.split("\n") == [
        "s.yaml:2:28: `model.units`: expected a list, such as [3], got 3",
        "   2 | model: {type: lstm, units: 3}",
        "     |                            ^",
        "s.yaml:3:1: unknown key `epoch`",
        "   3 | epoch: 3",
        "     | ^^^^^  did you mean `epochs` in `train`?",
        "s.yaml:4:17: `train.epochs`: expected a whole number, got 'x'",
        "   4 | train: {epochs: x}",
        "     |                 ^  such as 10",
        "",
    ]


def test_the_readme_shows_what_is_shown(dlcli: Command) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    command, *lines = next(block for block in readme.split("\n\n") if "--set model.unitz" in block).split("\n")
    words = command.replace("configs/har_lstm.yaml", str(shipped("configs", "har_lstm.yaml"))).split()[2:]
    assert dlcli(*words).err == "".join(f"{line.removeprefix(' ' * 6)}\n" for line in lines)


def test_a_wrong_override_is_shown_as_it_was_typed(dlcli: Command, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("dataset: hapt\nmodel: lstm\n")
    outcome = dlcli("train", "s.yaml", "--set", "train.epochs=ten", "--set", "train.batch_size=0")
    assert outcome.code == 2
    assert outcome.err.split("\n") == [
        "--set train.epochs=ten: `train.epochs`: expected a whole number, got 'ten'",
        "     | train.epochs=ten",
        "     |              ^^^  such as 10",
        "--set train.batch_size=0: `train.batch_size`: expected more than 0, got 0",
        "     | train.batch_size=0",
        "     |                  ^  such as 64, the default",
        "",
    ]


@pytest.mark.parametrize("command", ["train", "validate", "show"])
def test_what_another_type_drops_is_said_in_one_line_before_all_else(
    dlcli: Command, tmp_path: Path, command: str
) -> None:
    (tmp_path / "s.yaml").write_text("dataset: hapt\nmodel: {type: lstm, units: [3]}\n")
    outcome = dlcli(command, "s.yaml", "--set", "model=gru", "--set", "train.epochs=ten")
    assert outcome.code == 2
    assert outcome.err.startswith(
        "note: --set model=gru: left out `units` (s.yaml:2), because `model` is no longer of type 'lstm'\n"
        "--set train.epochs=ten: `train.epochs`: expected a whole number, got 'ten'\n"
    )


@pytest.mark.parametrize("command", ["train", "validate", "show"])
def test_of_a_type_that_there_is_not_nothing_is_said_to_be_left_out(
    dlcli: Command, tmp_path: Path, command: str
) -> None:
    (tmp_path / "s.yaml").write_text("dataset: hapt\nmodel: {type: lstm, units: [3]}\n")
    outcome = dlcli(command, "s.yaml", "--set", "model.type=nope", "--set", "seed=3")
    assert outcome.code == 2
    assert outcome.err.startswith("--set model.type=nope: `model`: unknown type 'nope'\n")
    assert "note" not in outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("trian",), "trian"),
        (("train", "--epochs", "3"), "--epochs"),
        (("eval", "--split", "foo"), "error: --split foo: expected one of train, validation, test\n"),
        (("eval", "--split", "tets"), "--split tets: expected one of train, validation, test (did you mean `test`?)"),
        (("eval", "a", "b"), "b"),
    ],
)
def test_what_no_command_knows_is_named(dlcli: Command, arguments: tuple[str, ...], said: str) -> None:
    outcome = dlcli(*arguments)
    assert outcome.code == 2
    assert said in outcome.err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("wrong"), 2, "error: wrong\n"),
        (DataError("missing"), 3, "error: missing\n"),
        (TrainingError("the loss is nan"), 1, "error: the loss is nan\n"),
        (Preempted("stopped after step 3"), 75, "stopped after step 3\n"),
    ],
)
def test_every_kind_of_error_ends_in_its_message_and_exit_code(
    dlcli: Command, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, said: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("dlcli.runs.find.find", fail)
    assert dlcli("eval") == Outcome(code, "", said)


def test_a_mistake_in_dlcli_itself_is_not_hidden(dlcli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("dlcli.runs.find.find", fail)
    with pytest.raises(ZeroDivisionError):
        dlcli("eval")


def test_the_version_is_that_of_the_package(dlcli: Command) -> None:
    from dlcli import __version__

    assert dlcli("--version") == Outcome(0, f"dlcli {__version__}\n", "")


def test_without_a_command_the_help_is_shown(dlcli: Command) -> None:
    outcome = dlcli()
    assert "Usage" in outcome.out + outcome.err


class Evaluated:
    split = "test"
    scores = {"accuracy": 0.8, "loss": 0.5}  # noqa: RUF012 (nobody changes it)


def expecting(**scores: float) -> Experiment:
    return Experiment.model_validate({"name": "x", "dataset": Hapt(), "model": LSTM(), "expect": scores})


def test_expected_scores_are_printed_as_met_or_missed(capsys: pytest.CaptureFixture[str]) -> None:
    evaluations: Any = [Evaluated()]
    give_verdicts(expecting(test_accuracy=0.9, test_loss=0.6), evaluations, gate=False)
    assert capsys.readouterr().out.split("\n") == [
        "expected  test_accuracy at least 0.9: MISSED (0.8000)",
        "expected  test_loss at most 0.6: met (0.5000)",
        "",
    ]


def test_a_gate_fails_for_what_is_missed_and_names_only_that(capsys: pytest.CaptureFixture[str]) -> None:
    evaluations: Any = [Evaluated()]
    with pytest.raises(TrainingError, match=r"^--gate: missed by test_accuracy 0\.8000$"):
        give_verdicts(expecting(test_accuracy=0.9, test_loss=0.6), evaluations, gate=True)
    give_verdicts(expecting(test_loss=0.6), evaluations, gate=True, err=True)
    assert "test_loss at most 0.6: met" in capsys.readouterr().err


def test_a_gate_that_could_not_be_missed_is_refused() -> None:
    evaluations: Any = [Evaluated()]
    with pytest.raises(UsageError, match="the spec expects nothing of test, only validation_accuracy"):
        give_verdicts(expecting(validation_accuracy=1.0), evaluations, gate=True)


def test_a_run_that_ended_well_is_not_resumed(dlcli: Command, tmp_path: Path) -> None:
    spec = tmp_path / "s.yaml"
    spec.write_text("dataset: hapt\nmodel: lstm\n")
    run = Run.create(tmp_path / "kept", expecting(), source=spec)
    run.end(None)
    outcome = dlcli("train", "--resume", "x", "--runs", "kept")
    assert outcome == Outcome(
        2,
        "",
        f"error: {run.path.relative_to(tmp_path)}: this run is done; there is nothing to resume. "
        "To train it longer, give it more epochs than 10, as with --set train.epochs=20\n",
    )


def test_what_the_system_refuses_is_told_in_one_line(dlcli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device", "runs/a/metrics.jsonl")

    monkeypatch.setattr("dlcli.cli.app", full)
    assert dlcli("train") == Outcome(1, "", "error: runs/a/metrics.jsonl: No space left on device\n")
