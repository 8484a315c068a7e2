from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from dlcli.errors import Preempted
from dlcli.training.signals import StopRequest, ending_at_once

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals to itself")


@pytest.fixture(autouse=True)
def interrupts_are_not_ignored():
    """As they are where a shell starts the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


WATCHED = [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1]


@pytest.mark.parametrize("number", WATCHED)
def test_the_first_signal_is_remembered_and_handlers_come_back(number):
    before = signal.getsignal(number)
    with StopRequest() as stop:
        assert stop.received is None
        os.kill(os.getpid(), number)
        assert stop.received == number.name
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("first", WATCHED)
def test_an_interrupt_after_any_signal_stops_at_once(first):
    with StopRequest() as stop:
        os.kill(os.getpid(), first)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        assert stop.received == first.name


def test_it_is_the_first_signal_that_is_told_of():
    with StopRequest() as stop:
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.received == "SIGUSR1"


def test_outside_of_the_main_thread_it_leaves_signals_alone():
    before, seen = signal.getsignal(signal.SIGTERM), []

    def work():
        with StopRequest() as stop:
            seen.append((signal.getsignal(signal.SIGTERM), stop.received))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(before, None)]


def test_of_two_requests_each_knows_what_the_other_received():
    with StopRequest() as outer:
        with StopRequest() as inner:
            os.kill(os.getpid(), signal.SIGTERM)
            assert (inner.received, outer.received) == ("SIGTERM", None)
        assert outer.received == "SIGTERM"
        with StopRequest() as later:
            assert later.received == "SIGTERM"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR1])
def test_where_nothing_is_to_be_saved_a_signal_ends_at_once(number):
    before = signal.getsignal(number)
    with (
        pytest.raises(Preempted, match=rf"^stopped by {number.name} while reading") as error,
        ending_at_once("while reading"),
    ):
        os.kill(os.getpid(), number)
    assert error.value.exit_code == 75
    assert signal.getsignal(number) is before


def test_an_interrupt_stays_one_where_nothing_is_to_be_saved():
    with pytest.raises(KeyboardInterrupt), ending_at_once("while reading"):
        os.kill(os.getpid(), signal.SIGINT)
