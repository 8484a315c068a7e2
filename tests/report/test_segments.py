"""Segments as a table that others can read, and average precisions as one for people."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np

from dlcli.datasets.data import Timelines
from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.timelines import Timeline, TimelineReport
from dlcli.report.scores import segment_table, tables
from dlcli.report.segments import write_segments

TARGET = Timelines(("walk", "sit, or rest", "other"), 2, 50.0, 0.0, 0.0, 30.0)
TRUE = np.repeat(np.array([0, 2, 1], np.int32), [25, 5, 70])
SURE = np.where(np.arange(3) == TRUE[:, None], 0.75, 0.125)
REPORT = TimelineReport.of_timelines(TARGET, (Timeline(9, TRUE, SURE, np.ones(100, bool)),))


def test_every_sought_segment_is_a_line_in_seconds(tmp_path) -> None:
    path = write_segments(tmp_path, "test", REPORT)
    assert path == tmp_path / "segments_test.csv"
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["recording", "start", "end", "label", "score"],
        ["9", "0.00", "0.50", "walk", "0.7500"],
        ["9", "0.60", "2.00", "sit, or rest", "0.7500"],
    ]


def test_recordings_that_have_names_are_called_by_them(tmp_path) -> None:
    named = replace(REPORT, target=replace(TARGET, recordings=tuple(f"take {i}, again" for i in range(10))))
    lines = write_segments(tmp_path, "test", named).read_text().splitlines()
    assert lines[1] == '"take 9, again",0.00,0.50,walk,0.7500'


def test_where_no_segments_are_sought_there_is_no_file(tmp_path) -> None:
    assert (
        write_segments(tmp_path, "test", ClassificationReport.of(("a", "b"), np.zeros(2, int), np.zeros(2, int)))
        is None
    )
    assert not list(tmp_path.iterdir())


def test_the_table_has_a_row_for_each_class_and_the_means() -> None:
    head, *rows = segment_table(REPORT).splitlines()
    assert head.split()[3:10] == ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]
    assert head.endswith("occurs in recording   in 30 s")
    assert [row.split("  ")[0].strip() for row in rows] == ["walk", "sit, or rest", "mean", "mean, labelled time"]
    assert len({len(row) for row in rows[:2]} | {len(head)}) == 1
    assert segment_table(REPORT) in tables(REPORT)
