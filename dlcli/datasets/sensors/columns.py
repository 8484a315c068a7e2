"""What a spec says of the columns of sensor files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AUTO = "auto"

TimeUnit = Literal["s", "ms", "us", "ns"]
SECONDS: dict[TimeUnit, float] = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}


@dataclass(frozen=True)
class Columns:
    """What is where: a column's name, `auto` (one of the usual names, if there is one), or None (nowhere)."""

    channels: tuple[str, ...] | None = None
    time: str | None = AUTO
    time_unit: TimeUnit | None = None
    label: str | None = AUTO
    subject: str | None = AUTO


def unit_in(column: str) -> TimeUnit:
    """The unit that a time column's name ends in, as `time_ms` does; seconds if it has none."""
    return next((unit for unit in SECONDS if column.lower().endswith(f"_{unit}")), "s")
