"""What a training says, in a terminal and where there is none."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest
from rich.console import Console

from dlcli.report.screen import Screen, console

ROWS = [
    {"epoch": 1, "step": 10, "time": 1.0, "loss": 1.23456, "val_accuracy": 0.5, "learning_rate": 0.00125},
    {"epoch": 2, "step": 20, "time": 2.0, "loss": 0.98765, "val_accuracy": 0.75, "learning_rate": 0.0025},
]


def trained(screen: Screen) -> None:
    screen.start(2, 10)
    for i, row in enumerate(ROWS):
        screen.progress(i, 5, {"loss": 1.0})
        screen.epoch(row, is_best=i == 1)
    screen.stop()


def terminal(**options: Any) -> tuple[Screen, io.StringIO]:
    screen, written = Screen(**options), io.StringIO()
    screen.console = Console(file=written, force_terminal=True, width=100, _environ={"TERM": "xterm"})
    return screen, written


def test_without_a_terminal_each_epoch_is_a_row_under_one_heading(capsys: pytest.CaptureFixture[str]) -> None:
    trained(Screen())
    heading, first, second = capsys.readouterr().out.rstrip("\n").split("\n")
    assert heading.split() == ["epoch", "loss", "val_accuracy", "learning_rate", "seconds"]
    assert first.split()[:4] == ["1", "1.2346", "0.5000", "1.25e-03"]
    assert second.split()[:4] == ["2", "0.9877", "0.7500", "2.50e-03"]
    assert second.endswith("  * best")
    assert len(first) == len(heading) == len(second.removesuffix("  * best"))


def test_without_a_terminal_there_are_no_control_codes_and_no_wrapped_lines(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.say("x" * 500)
    screen.say("[red]not markup[/red] 0.5 'text'")
    assert capsys.readouterr().out == f"{'x' * 500}\n[red]not markup[/red] 0.5 'text'\n"


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(quiet=True)
    screen.say("hello")
    trained(screen)
    assert capsys.readouterr().out == ""


def test_quiet_says_nothing_in_a_terminal_either() -> None:
    screen, written = terminal(quiet=True)
    trained(screen)
    assert written.getvalue() == ""


def test_a_terminal_shows_progress_and_keeps_the_rows() -> None:
    screen, written = terminal()
    trained(screen)
    assert "epoch 1/2" in written.getvalue()
    assert "loss 0.0000" not in written.getvalue()
    assert "1.2346" in written.getvalue()
    assert "* best" in written.getvalue()


def test_a_resumed_training_goes_on_where_it_stood() -> None:
    screen, written = terminal()
    screen.start(4, 10)
    screen.progress(2, 5, {"loss": 1.0})
    screen.stop()
    assert "epoch 3/4" in written.getvalue()
    assert "25/40" in written.getvalue()


def test_stopping_leaves_the_terminal_as_it_was_even_twice() -> None:
    screen, written = terminal()
    screen.start(2, 10)
    screen.stop()
    screen.stop()
    assert written.getvalue().count("\x1b[?25l") == written.getvalue().count("\x1b[?25h") == 1


def test_stopping_before_the_start_does_nothing() -> None:
    Screen().stop()


@pytest.mark.parametrize(("ci", "live"), [("", True), ("false", True), ("1", False), ("true", False), ("True", False)])
def test_a_terminal_on_a_build_server_is_written_to_line_by_line(
    monkeypatch: pytest.MonkeyPatch, ci: str, live: bool
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("TERM", "xterm")
    assert console().is_terminal is live
    assert console().no_color is not live
