"""The segments that were found in recordings, as a table that others can read."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from dlcli.metrics.report import Report
from dlcli.metrics.timelines import TimelineReport
from dlcli.runs.files import replacing


def write_segments(run: Path, split: str, report: Report) -> Path | None:
    """Writes `<run>/segments_<split>.csv`: recording, start and end in seconds, label and score of every segment.

    A segment begins with its first sample and ends where the sample after its last would begin. None where no segments
    are sought.
    """
    if not isinstance(report, TimelineReport):
        return None
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["recording", "start", "end", "label", "score"])
    for each in report.found:
        seconds = (f"{step / report.target.rate_hz:.2f}" for step in (each.first, each.end))
        table.writerow([report.target.name_of(each.recording), *seconds, report.names[each.label], f"{each.score:.4f}"])
    path = run / f"segments_{split}.csv"
    with replacing(path) as file:
        file.write(text.getvalue().encode())
    return path
