"""Which figures are drawn of what, and where they go."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from dlcli.report.figures import draw, write
from tests.report.figures.subjects import classified, predicted, size

WRONG = classified(np.eye(3), np.array([1, 1, 2]))


def test_each_task_has_its_kinds() -> None:
    assert set(draw(WRONG)) == {"confusion_matrix", "mistakes"}
    assert set(draw(classified(np.eye(3), np.array([0, 1, 2])))) == {"confusion_matrix"}
    assert set(draw(predicted(np.ones((3, 1)), np.zeros((3, 1))))) == {"predictions", "residuals", "mistakes"}


def test_all_are_pngs_and_equal_for_equal_subjects() -> None:
    for png in draw(WRONG).values():
        assert min(size(png)) > 200
    assert draw(WRONG) == draw(WRONG)


def test_they_are_written_by_split_and_kind_and_what_is_no_longer_drawn_goes(tmp_path: Path) -> None:
    paths = write(tmp_path, "test", {"mistakes": b"1", "confusion_matrix": b"2"})
    assert paths == [tmp_path / "figures" / "test_mistakes.png", tmp_path / "figures" / "test_confusion_matrix.png"]
    write(tmp_path, "validation", {"mistakes": b"3"})
    write(tmp_path, "test", {"confusion_matrix": b"4"})
    found = {path.name: path.read_bytes() for path in (tmp_path / "figures").iterdir()}
    assert found == {"validation_mistakes.png": b"3", "test_confusion_matrix.png": b"4"}


def test_matplotlib_is_imported_where_something_is_drawn_and_not_before() -> None:
    code = "import sys, dlcli.report.figures; sys.exit('matplotlib' in sys.modules or 'tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
