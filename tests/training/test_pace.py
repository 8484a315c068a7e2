from __future__ import annotations

from dlcli.training import pace as pace_module
from dlcli.training.pace import Pace


def counts(monkeypatch, *, seconds_per_step, calls, most=10**6, every_step=False):
    clock = [0.0]
    monkeypatch.setattr(pace_module.time, "perf_counter", lambda: clock[0])
    pace, taken = Pace(every_step=every_step), []
    for _ in range(calls):
        with pace.measured(most) as count:
            taken.append(count)
            clock[0] += count * seconds_per_step
    return taken


def test_calls_grow_to_a_quarter_of_a_second(monkeypatch):
    taken = counts(monkeypatch, seconds_per_step=0.001, calls=12)
    assert taken[:2] == [1, 1]
    assert taken[-1] == 250


def test_slow_steps_are_taken_one_by_one(monkeypatch):
    assert counts(monkeypatch, seconds_per_step=3.0, calls=5) == [1] * 5


def test_never_more_than_asked(monkeypatch):
    assert max(counts(monkeypatch, seconds_per_step=1e-9, calls=9, most=7)) == 7


def test_every_step_alone_where_a_callback_wants_it(monkeypatch):
    assert counts(monkeypatch, seconds_per_step=1e-9, calls=5, every_step=True) == [1] * 5
