"""Learning rates at every step against closed formulas."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from dlcli.backend import load_tensorflow
from dlcli.schedules.constant import Constant
from dlcli.schedules.cosine import Cosine
from dlcli.schedules.warmup import WarmUp

RATE = 0.4
STEPS_PER_EPOCH, EPOCHS = 10, 5
LAST = STEPS_PER_EPOCH * EPOCHS - 1


def rates(schedule: Constant | Cosine, epochs: int = EPOCHS) -> list[float]:
    """The learning rate at every step, and at the one after the last."""
    load_tensorflow()
    built: Any = schedule.build(RATE, STEPS_PER_EPOCH, epochs)
    steps = range(STEPS_PER_EPOCH * epochs + 1)
    return [built if isinstance(built, float) else float(built(step)) for step in steps]


def rising(step: int, warmup: int) -> float:
    """In `warmup` equal strides from the first step's rate to the full one, none of them zero."""
    return RATE * (step + 1) / (warmup + 1)


def falling(step: int, warmup: int, final: float = 0.0) -> float:
    along = (step - warmup) / (STEPS_PER_EPOCH * EPOCHS - warmup)
    return RATE * (final + (1 - final) * (1 + math.cos(math.pi * along)) / 2)


@pytest.mark.parametrize(
    ("epochs", "steps"), [(0, 0), (0.01, 0), (0.1, 1), (0.35, 4), (0.5, 5), (1, 10), (2.5, 25), (7, 70)]
)
def test_the_warm_up_may_last_a_fraction_of_an_epoch(epochs: float, steps: int) -> None:
    assert WarmUp(warmup_epochs=epochs).warmup_steps(STEPS_PER_EPOCH) == steps


def test_a_constant_rate_without_warm_up_is_a_plain_number() -> None:
    assert Constant().build(RATE, STEPS_PER_EPOCH, EPOCHS) == RATE


@pytest.mark.parametrize("warmup", [1, 3, 10, 25])
def test_a_constant_rate_rises_linearly_and_then_stays(warmup: int) -> None:
    found = rates(Constant(warmup_epochs=warmup / STEPS_PER_EPOCH))
    assert found == pytest.approx(
        [rising(step, warmup) if step < warmup else RATE for step in range(LAST + 2)], rel=1e-5
    )


@pytest.mark.parametrize("final", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("warmup", [0, 1, 3, 10, 25])
def test_a_cosine_rises_linearly_and_falls_to_its_final_fraction(warmup: int, final: float) -> None:
    found = rates(Cosine(warmup_epochs=warmup / STEPS_PER_EPOCH, final_fraction=final))
    expected = [rising(s, warmup) if s < warmup else falling(s, warmup, final) for s in range(LAST + 2)]
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-6)
    assert found[0] == pytest.approx(RATE / (warmup + 1))
    assert found[warmup] == max(found) == pytest.approx(RATE)
    assert found[LAST + 1] == pytest.approx(RATE * final, abs=1e-6)


@pytest.mark.parametrize("schedule", [Constant, Cosine])
def test_a_warm_up_longer_than_the_training_never_ends_but_is_no_error(schedule: type[Constant | Cosine]) -> None:
    found = rates(schedule(warmup_epochs=7), epochs=2)
    assert found[:-1] == pytest.approx([rising(step, 70) for step in range(20)], rel=1e-5)


@pytest.mark.parametrize("schedule", [Constant, Cosine])
def test_no_step_is_wasted_on_a_rate_of_zero(schedule: type[Constant | Cosine]) -> None:
    assert min(rates(schedule(warmup_epochs=1))[: LAST + 1]) > 0


@pytest.mark.parametrize("wrong", [-0.1, float("inf"), float("nan")])
def test_a_warm_up_that_is_no_length_of_time_is_refused(wrong: float) -> None:
    with pytest.raises(ValidationError, match="warmup_epochs"):
        Cosine(warmup_epochs=wrong)


@pytest.mark.parametrize("wrong", [-0.1, 1.1])
def test_a_final_fraction_outside_of_0_to_1_is_refused(wrong: float) -> None:
    with pytest.raises(ValidationError, match="final_fraction"):
        Cosine(final_fraction=wrong)
