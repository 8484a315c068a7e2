"""Pickles: read as Python 2 wrote them, and never run."""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dlcli.datasets.files.pickles import python2_pickle, read_pickle
from dlcli.errors import DataError

PLANES = np.arange(12, dtype=np.uint8).reshape(3, 4)
WHOLE = python2_pickle({b"data": PLANES, b"labels": [3, 0, 2], b"name": b"batch 1"})


def test_what_is_written_is_read() -> None:
    values = read_pickle(WHOLE, "here")
    assert list(values) == [b"data", b"labels", b"name"]
    np.testing.assert_array_equal(values[b"data"], PLANES)
    assert values[b"data"].dtype == np.uint8
    assert values[b"labels"] == [3, 0, 2]
    assert values[b"name"] == b"batch 1"


@pytest.mark.filterwarnings("ignore:numpy.core is deprecated:DeprecationWarning")
def test_it_is_a_pickle_that_numpy_reads_too() -> None:
    values = pickle.loads(WHOLE, encoding="bytes")
    np.testing.assert_array_equal(values[b"data"], PLANES)
    assert values[b"labels"] == [3, 0, 2]


class Evil:
    """Runs a program when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return subprocess.call, (["touch", str(self.target)],)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_would_run_a_program_is_refused_by_name(tmp_path: Path, protocol: int) -> None:
    content = pickle.dumps({"data": Evil(tmp_path / "ran")}, protocol)
    with pytest.raises(
        DataError, match=r"here: the pickle names (subprocess|commands)\.call, which could run anything"
    ):
        read_pickle(content, "here")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("named", [os.system, eval, getattr, np.load, np.ndarray.dump])
def test_other_names_are_refused(named: object) -> None:
    with pytest.raises(DataError, match=r"here: the pickle names \w+\.\w+, which could run anything"):
        read_pickle(pickle.dumps(named, 2), "here")


def test_arrays_of_other_types_are_refused() -> None:
    content = WHOLE.replace(b"T\x02\x00\x00\x00u1", b"T\x02\x00\x00\x00O8")
    with pytest.raises(DataError, match=r"here: an array has the type b'O8', expected 'u1'"):
        read_pickle(content, "here")


@pytest.mark.parametrize("remember", [b"r\xff\xff\xff\xff", b"p4294967295\n"])
def test_a_pickle_cannot_take_memory_by_remembering_under_a_huge_number(remember: bytes) -> None:
    with pytest.raises(DataError, match="here: the pickle remembers a value under 4294967295, expected at most"):
        read_pickle(b"\x80\x02}" + remember + b".", "here")


@pytest.mark.parametrize(
    "content",
    [b"", b"no pickle", WHOLE[:-1], WHOLE[:50], WHOLE.replace(b"J\x03\x00\x00\x00J\x04", b"J\x03\x00\x00\x00J\x05")],
    ids=["empty", "text", "no end", "half", "other shape"],
)
def test_a_damaged_pickle_is_told(content: bytes) -> None:
    with pytest.raises(DataError, match=r"here is damaged \(.+\); fetch it again"):
        read_pickle(content, "here")


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=4))
@example([(2, ord("N"))])
def test_no_other_error_comes_out_of_any_bytes(changes: list[tuple[int, int]]) -> None:
    content = bytearray(WHOLE)
    for place, byte in changes:
        content[place] = byte
    with contextlib.suppress(DataError):
        read_pickle(bytes(content), "here")
