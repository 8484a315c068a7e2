"""Sampling rates: what a time column says, whether it agrees with what is claimed, and changing the rate."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.sensors.columns import SECONDS
from dlcli.datasets.sensors.intervals import Stretch
from dlcli.datasets.sensors.sensor_files import SensorFile
from dlcli.errors import DataError

RATE_TOLERANCE = 0.02
_GAP_PERIODS = 3
_SAME_RATE = 0.005


def rate_of(file: SensorFile, claimed_hz: float | None) -> float | None:
    """Samples per second: as claimed by the spec, else by the file, else as its time column has it; None if unknown.

    Raises DataError where two of these differ by more than 2%, or the time column goes backwards or has a gap.
    """
    if file.clock is not None:
        measured = _measured(file, file.clock)
        if claimed_hz is not None and not same_rate(measured, claimed_hz):
            fitting = [
                unit
                for unit, seconds in SECONDS.items()
                if same_rate(measured * SECONDS[file.unit] / seconds, claimed_hz)
            ]
            raise DataError(
                f"{file.path}: by its time column, taken to be in {file.unit}, there are {measured:.5g} samples per "
                f"second; dataset.rate_hz (={claimed_hz:g}) must be within 2% of that"
                + (f". Is the column in {fitting[0]}? Then set dataset.time_unit={fitting[0]}" if fitting else ""),
                at=("dataset", "rate_hz"),
            )
        return claimed_hz or measured
    if file.rate_hz is not None and claimed_hz is not None and not same_rate(file.rate_hz, claimed_hz):
        said = f"its `rate_hz` is {file.rate_hz:g}; dataset.rate_hz (={claimed_hz:g}) must be within 2% of it"
        raise DataError(f"{file.path}: {said}", at=("dataset", "rate_hz"))
    return claimed_hz or file.rate_hz


def same_rate(one_hz: float, other_hz: float) -> bool:
    """Whether two rates may be taken for one."""
    return abs(one_hz - other_hz) <= RATE_TOLERANCE * other_hz


def _measured(file: SensorFile, clock: NDArray[np.float64]) -> float:
    steps = np.diff(clock)
    if (steps <= 0).any():
        sample = int(np.flatnonzero(steps <= 0)[0]) + 1
        raise DataError(
            f"{file.place(sample)}: time goes from {clock[sample - 1]:.15g} to {clock[sample]:.15g}, it must rise; "
            "sort the rows, or set dataset.time_column=null and dataset.rate_hz if the samples are evenly spaced"
        )
    gaps = np.flatnonzero(steps > _GAP_PERIODS * np.median(steps))
    if len(gaps):
        sample = int(gaps[0]) + 1
        raise DataError(
            f"{file.place(sample)}: time goes from {clock[sample - 1]:.15g} to {clock[sample]:.15g}, a gap of "
            f"{steps[sample - 1]:.6g} {file.unit} where {np.median(steps):.6g} is usual; split the recording there "
            "into two files, or fill the gap"
        )
    return float((len(clock) - 1) / (clock[-1] - clock[0]) / SECONDS[file.unit])


def resample(
    signals: NDArray[np.float64], stretches: list[Stretch], rate_hz: float, to_hz: float
) -> tuple[NDArray[np.float64], list[Stretch]]:
    """The signals (T, C) at another rate, and the stretches in its samples.

    By a polyphase filter (scipy), not by linear interpolation: that would fold what is above half of the new rate
    down into the signal, and damp what is below. The samples are taken to be evenly spaced. New samples have the label
    of the nearest old one. Rates that differ by less than half a percent count as equal: sensors keep time no better.
    """
    from scipy import signal as sp

    if abs(to_hz / rate_hz - 1) < _SAME_RATE:
        return signals, stretches
    ratio = Fraction(to_hz / rate_hz).limit_denominator(max(1000, math.ceil(2 * rate_hz / to_hz)))
    changed: NDArray[np.float64] = sp.resample_poly(signals, ratio.numerator, ratio.denominator, axis=0, padtype="line")
    nearest = np.round(np.arange(len(changed)) * ratio.denominator / ratio.numerator)
    nearest = np.minimum(nearest, len(signals) - 1)
    moved = [
        (label, *map(int, np.searchsorted(nearest, [first, end])))  # the first new samples at or after the old bounds
        for label, first, end in stretches
    ]
    return changed, moved  # type: ignore[return-value]  # two bounds give two numbers
