"""How many steps to take in one call."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

_SECONDS, _MOST_SECONDS = 0.25, 5.0


class Pace:
    """Chooses the steps per call so that a call takes about a quarter of a second.

    Long enough that the way from Python into the graph and back costs nothing, short enough for a live display and
    for signals to be honoured soon. It follows the clock, and results do not depend on it.
    """

    def __init__(self, *, every_step: bool = False) -> None:
        self._every_step = every_step
        self._count = 1
        self._calls = 0
        self._seconds = _SECONDS

    @contextmanager
    def overhead(self) -> Iterator[None]:
        """The enclosed is done before every call; calls become so long that it takes a hundredth of them."""
        started = time.perf_counter()
        yield
        self._seconds = min(max(_SECONDS, 100 * (time.perf_counter() - started)), _MOST_SECONDS)

    @contextmanager
    def measured(self, most: int) -> Iterator[int]:
        """Gives the steps to take in the enclosed call, at most `most`, and learns from how long it takes."""
        count = 1 if self._every_step else min(self._count, most)
        started = time.perf_counter()
        yield count
        seconds = time.perf_counter() - started
        self._calls += 1
        if self._calls > 1:  # the first call compiles
            wanted = round(count * self._seconds / max(seconds, 1e-6))
            self._count = max(1, min(2 * self._count + 8, wanted))
