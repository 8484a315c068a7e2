"""Turns the signals that ask a run to stop into a request that the loop can honour between steps."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class StopRequest:
    """While entered, remembers the first SIGINT, SIGTERM or SIGUSR1 instead of dying of it.

    SIGUSR1 is what SLURM warns with before it kills a job (`--signal=USR1@120`); not every system has it. After the
    first, SIGINT works as before, so that a second Ctrl-C stops at once. Only the main thread can take signals;
    entered elsewhere, this does nothing.
    """

    _WATCHED = tuple(name for name in ("SIGINT", "SIGTERM", "SIGUSR1") if hasattr(signal, name))

    def __init__(self) -> None:
        self.received: str | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopRequest:
        if threading.current_thread() is threading.main_thread():
            for name in self._WATCHED:
                number = signal.Signals[name]
                self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.received = self.received or signal.Signals(number).name
        signal.signal(signal.SIGINT, self._before[signal.SIGINT])
