"""Learning rates at every step against closed formulas."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from dlcli.backend import load_tensorflow
from dlcli.schedules import Schedule
from dlcli.schedules.constant import Constant
from dlcli.schedules.cosine import Cosine
from dlcli.schedules.exponential import Exponential
from dlcli.schedules.piecewise import Piecewise
from dlcli.schedules.plateau import Plateau
from dlcli.schedules.warmup import WarmUp

RATE = 0.4
STEPS_PER_EPOCH, EPOCHS = 10, 5
LAST = STEPS_PER_EPOCH * EPOCHS - 1


def rates(schedule: Any, epochs: int = EPOCHS) -> list[float]:
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


@pytest.mark.parametrize("schedule", [Constant, Cosine, Exponential])
def test_a_warm_up_longer_than_the_training_never_ends_but_is_no_error(
    schedule: type[Constant | Cosine | Exponential],
) -> None:
    found = rates(schedule(warmup_epochs=7), epochs=2)
    assert found[:-1] == pytest.approx([rising(step, 70) for step in range(20)], rel=1e-5)


@pytest.mark.parametrize("staircase", [False, True])
@pytest.mark.parametrize("warmup", [0, 1, 3, 10, 25])
def test_an_exponential_rises_linearly_and_is_then_multiplied_every_so_many_epochs(
    warmup: int, staircase: bool
) -> None:
    schedule = Exponential(factor=0.3, decay_epochs=0.8, staircase=staircase, warmup_epochs=warmup / STEPS_PER_EPOCH)
    found = rates(schedule)
    times = [(step - warmup) / 8 for step in range(LAST + 2)]
    expected = [
        rising(step, warmup) if step < warmup else RATE * 0.3 ** (math.floor(t) if staircase else t)
        for step, t in enumerate(times)
    ]
    assert found == pytest.approx(expected, rel=1e-5)
    assert found[warmup] == max(found) == pytest.approx(RATE)


def test_a_smooth_exponential_takes_no_step_down_and_a_staircase_meets_it_at_each_stair() -> None:
    smooth, stairs = (rates(Exponential(factor=0.5, decay_epochs=1.0, staircase=s)) for s in (False, True))
    assert [b / a for a, b in pairwise(smooth)] == pytest.approx([0.5**0.1] * (LAST + 1), rel=1e-5)
    assert stairs[::10] == pytest.approx(smooth[::10], rel=1e-5)
    assert len(set(stairs[:-1])) == EPOCHS


@pytest.mark.parametrize("warmup", [0, 1, 3, 10, 15])
def test_a_piecewise_rate_changes_with_the_first_step_after_each_boundary(warmup: int) -> None:
    schedule = Piecewise(
        boundaries_epochs=(1.5, 3.0, 4.0), factors=(0.5, 1.0, 0.1, 0.01), warmup_epochs=warmup / STEPS_PER_EPOCH
    )
    parts = [0.5] * 15 + [1.0] * 15 + [0.1] * 10 + [0.01] * 11
    expected = [rising(step, warmup) * 0.5 if step < warmup else RATE * parts[step] for step in range(LAST + 2)]
    if warmup == 15:
        # The rise meets the next part at once: it rises to that part's rate.
        expected[:15] = [rising(step, 15) for step in range(15)]
    assert rates(schedule) == pytest.approx(expected, rel=1e-5)


def test_boundaries_that_fall_on_one_step_or_before_the_first_leave_no_part_between() -> None:
    found = rates(Piecewise(boundaries_epochs=(0.01, 2.0, 2.01), factors=(5.0, 1.0, 7.0, 0.1)))
    assert found == pytest.approx([RATE] * 20 + [RATE / 10] * 31, rel=1e-5)


@pytest.mark.parametrize(
    ("boundaries", "factors", "message"),
    [
        ((), (1.0,), r"`boundaries_epochs` \(=\[\]\) must hold at least one epoch"),
        ((2.0, 2.0), (1.0, 0.5, 0.1), r"`boundaries_epochs` \(=\[2.0, 2.0\]\) must be strictly rising"),
        ((3.0, 2.0), (1.0, 0.5, 0.1), r"`boundaries_epochs` \(=\[3.0, 2.0\]\) must be strictly rising"),
        ((0.5, 2.0), (1.0, 0.5, 0.1), r"\(=\[0.5, 2.0\]\) must not begin before `warmup_epochs` \(=1.0\) are over"),
        ((2.0, 3.0), (1.0, 0.5), r"`factors` \(=\[1.0, 0.5\]\) must be 3, .*\(=\[2.0, 3.0\]\), not 2"),
    ],
)
def test_parts_that_do_not_follow_each_other_are_refused(
    boundaries: tuple[float, ...], factors: tuple[float, ...], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        Piecewise(boundaries_epochs=boundaries, factors=factors, warmup_epochs=1.0)


@pytest.mark.parametrize("wrong", [-1.0, 0.0, float("nan")])
def test_parts_of_no_length_or_rate_are_refused(wrong: float) -> None:
    with pytest.raises(ValidationError, match=rf"(?s)boundaries_epochs.*input_value={wrong}"):
        Piecewise(boundaries_epochs=(wrong,), factors=(1.0, 0.1))
    with pytest.raises(ValidationError, match=rf"(?s)factors.*input_value={wrong}"):
        Piecewise(boundaries_epochs=(1.0,), factors=(1.0, wrong))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("factor", 0.0), ("factor", 1.1), ("decay_epochs", 0.0), ("decay_epochs", -1.0), ("staircase", 1)],
)
def test_an_exponential_that_does_not_fall_is_refused(field: str, wrong: float) -> None:
    with pytest.raises(ValidationError, match=rf"(?s){field}.*input_value={wrong}"):
        Exponential.model_validate({field: wrong})


EACH: list[Any] = [
    Constant(warmup_epochs=1),
    Cosine(warmup_epochs=1),
    Exponential(warmup_epochs=1),
    Piecewise(warmup_epochs=1, boundaries_epochs=(2.0,), factors=(1.0, 0.1)),
]
each = pytest.mark.parametrize("schedule", EACH, ids=lambda schedule: schedule.type)


def test_every_schedule_is_held_to_what_all_have_in_common() -> None:
    # A plateau's rate follows validation, not the step.
    assert [*(type(schedule) for schedule in EACH), Plateau] == list(get_args(get_args(Schedule)[0]))


@each
def test_no_step_is_wasted_on_a_rate_of_zero(schedule: WarmUp) -> None:
    assert min(rates(schedule)[: LAST + 1]) > 0


@each
def test_the_rise_is_a_straight_line_to_the_full_rate(schedule: WarmUp) -> None:
    assert rates(schedule)[:11] == pytest.approx([RATE * (step + 1) / 11 for step in range(11)], rel=1e-5)


@each
def test_an_optimizer_made_again_from_its_config_has_the_same_rates(schedule: Any) -> None:
    load_tensorflow()
    import keras

    optimizer = keras.optimizers.SGD(schedule.build(RATE, STEPS_PER_EPOCH, EPOCHS))
    again = keras.optimizers.SGD.from_config(optimizer.get_config())
    for step in (0, 4, 9, 10, 11, 19, 20, 49):
        for each_ in (optimizer, again):
            each_.iterations.assign(step)
        assert float(again.learning_rate) == float(optimizer.learning_rate)


@each
def test_every_field_has_a_line_of_help(schedule: WarmUp) -> None:
    assert [name for name, field in type(schedule).model_fields.items() if not field.description] == ["type"]


@pytest.mark.parametrize("wrong", [-0.1, float("inf"), float("nan")])
def test_a_warm_up_that_is_no_length_of_time_is_refused(wrong: float) -> None:
    with pytest.raises(ValidationError, match="warmup_epochs"):
        Cosine(warmup_epochs=wrong)


@pytest.mark.parametrize("wrong", [-0.1, 1.1])
def test_a_final_fraction_outside_of_0_to_1_is_refused(wrong: float) -> None:
    with pytest.raises(ValidationError, match="final_fraction"):
        Cosine(final_fraction=wrong)
