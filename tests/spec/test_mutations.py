"""Specs with a slip in them load, or are refused at a place inside of them."""

from __future__ import annotations

import random

import pytest

from tests.spec import mutations
from tests.spec.mutations import mutated, tally


def test_five_hundred_specs_with_slips_load_or_are_refused_at_a_place_inside_of_them() -> None:
    # Other specs in each run, which the message names; scripts/mutate_specs.py tries many more.
    first = random.SystemRandom().randrange(2**31)
    done = tally(range(first, first + 500))
    assert [(seed, wrong, mutated(seed)) for seed, wrong in done.failures] == []
    assert done.valid + done.refused == 500
    assert min(done.valid, done.refused) > 10


def test_a_seed_always_makes_the_same_spec() -> None:
    assert [mutated(seed) for seed in range(50)] == [mutated(seed) for seed in range(50)]
    assert len({mutated(seed) for seed in range(50)}) == 50


def test_whatever_else_becomes_of_a_spec_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(mutations, "check", fail)
    assert "ZeroDivisionError: x" in [wrong for _, wrong in tally(range(20)).failures]
