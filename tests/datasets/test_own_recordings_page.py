"""The specs on the page for users' own recordings work as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dlcli.spec import load

PAGE = Path(__file__).parents[2] / "docs" / "own_recordings.md"
SPECS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("spec", SPECS)
def test_specs_read_the_recordings_they_describe(spec: str, tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(spec, encoding="utf-8")
    dataset = load(tmp_path / "spec.yaml").dataset
    dataset.write_stand_in(tmp_path)
    data = dataset.load(tmp_path)
    assert list(data.splits) == ["train", "validation", "test"]


def test_there_are_three() -> None:
    assert len(SPECS) == 3
