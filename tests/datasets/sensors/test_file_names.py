"""What the names of recordings say."""

from __future__ import annotations

from pathlib import Path

from dlcli.datasets.sensors.file_names import FileNames


def test_names_are_filled_and_read_back(tmp_path: Path) -> None:
    (tmp_path / "anna_b_01.csv").touch()
    ((_, name, subject),) = FileNames("{subject}_{session}.csv").files(tmp_path)
    assert (name, subject) == ("anna_b_01", "anna")  # as little as fits: rather two people in one group than one in two
    names = FileNames("{subject}/day {day}.npz")
    assert names.parts == ("subject", "day")
    assert names.filled(subject="anna", day="3") == "anna/day 3.npz"
