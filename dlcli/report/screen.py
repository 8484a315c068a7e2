"""What a training says in the terminal: live where there is one, line by line where there is not."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_WIDTHS = {"epoch": 7, "learning_rate": 10, "seconds": 8}


def console() -> Console:
    """Standard output; plain and unwrapped where it is not a terminal or CI runs."""
    live = sys.stdout.isatty() and os.environ.get("CI", "").lower() not in ("1", "true")
    return Console(force_terminal=live, no_color=not live, width=None if live else 200, highlight=False)


class Screen:
    """One live line for the epoch under way, a row for each that is over."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.console = console()
        self._live: Progress | None = None
        self._columns: list[str] = []
        self._introduced: set[str] = set()
        self._epoch_started = 0.0

    def say(self, text: str = "", style: str = "") -> None:
        """Prints a line unless quiet; the style shows on a terminal only."""
        if not self.quiet:
            self.console.print(text, style=style, markup=False, soft_wrap=True)

    def introduce(self, line: str) -> None:
        """Prints a line that says what is trained on what, unless the run before has said the same."""
        if line not in self._introduced:
            self._introduced.add(line)
            self.say(line)

    def start(self, epochs: int, steps_per_epoch: int) -> None:
        """Training begins."""
        self._epochs, self._steps = epochs, steps_per_epoch
        self._columns = []
        self._epoch_started = time.perf_counter()
        if self.console.is_terminal and not self.quiet:
            self._live = Progress(
                TextColumn("epoch {task.fields[epoch]}"),
                BarColumn(bar_width=30),
                MofNCompleteColumn(),
                TextColumn("{task.fields[speed]:.0f} steps/s"),
                TimeRemainingColumn(compact=True),
                TextColumn("left · loss {task.fields[loss]:.4f}"),
                console=self.console,
                transient=True,
            )
            self._live.start()

    def progress(self, epoch: int, done: int, logs: dict[str, float]) -> None:
        """Some steps of an epoch are over."""
        if self._live is None:
            return
        if not self._live.tasks:
            self._task = self._live.add_task(
                "", total=self._epochs * self._steps, completed=epoch * self._steps,
                epoch=f"{epoch + 1}/{self._epochs}", speed=0.0, loss=logs["loss"],
            )  # fmt: skip
        speed = self._live.tasks[0].speed or 0.0
        self._live.update(
            self._task, completed=epoch * self._steps + done, epoch=f"{epoch + 1}/{self._epochs}", speed=speed,
            loss=logs["loss"],
        )  # fmt: skip

    def epoch(self, row: dict[str, Any], is_best: bool) -> None:
        """An epoch is over: prints its row, under a heading if it is the first."""
        now = time.perf_counter()
        cells = {name: value for name, value in row.items() if name not in ("step", "time") and "member_" not in name}
        cells |= {"seconds": now - self._epoch_started}
        self._epoch_started = now
        if not self._columns:
            self._columns = list(cells)
            self.say("  ".join(name.rjust(_width(name)) for name in self._columns), "bold")
        line = "  ".join(_cell(name, cells[name]).rjust(_width(name)) for name in self._columns)
        self.say(f"{line}  * best" if is_best else line, "green" if is_best else "")

    def stop(self) -> None:
        """Training is over, one way or another."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def _width(name: str) -> int:
    return max(len(name), _WIDTHS.get(name, 8))


def _cell(name: str, value: float) -> str:
    if name in ("epoch", "skipped"):
        return str(value)
    if name == "learning_rate":
        return f"{value:.2e}"
    return f"{value:.1f}" if name == "seconds" else f"{value:.4f}"
