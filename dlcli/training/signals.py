"""Turns the signals that ask a run to stop into a request that the loop can honour between steps."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from dlcli.errors import Preempted


class StopRequest:
    """While entered, remembers the first SIGINT, SIGTERM or SIGUSR1 instead of dying of it.

    SIGUSR1 is what SLURM warns with before it kills a job (`--signal=USR1@120`); not every system has it. After the
    first, SIGINT works as before, so that a second Ctrl-C stops at once. Only the main thread can take signals;
    entered elsewhere, this does nothing. Of two, one entered within the other, each knows what the other received.
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
                outer = getattr(self._before[number], "__self__", None)
                if isinstance(outer, StopRequest):
                    self.received = self.received or outer.received
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
            outer = getattr(handler, "__self__", None)
            if isinstance(outer, StopRequest):
                outer.received = outer.received or self.received

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.received = self.received or signal.Signals(number).name
        signal.signal(signal.SIGINT, self._before[signal.SIGINT])


@contextmanager
def ending_at_once(when: str) -> Iterator[None]:
    """While entered, SIGTERM and SIGUSR1 raise Preempted, which says `when` it was: there is nothing to save yet.

    SIGINT stays as it is.
    """

    def end(number: int, frame: FrameType | None) -> None:
        raise Preempted(f"stopped by {signal.Signals(number).name} {when}")

    is_main = threading.current_thread() is threading.main_thread()
    names = [name for name in ("SIGTERM", "SIGUSR1") if is_main and hasattr(signal, name)]
    before = {signal.Signals[name]: signal.signal(signal.Signals[name], end) for name in names}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
