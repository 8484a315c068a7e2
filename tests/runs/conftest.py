"""Runs of a small experiment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dlcli.runs.run import Run
from dlcli.spec import load

MakeRun = Callable[..., Run]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A spec file."""
    path = tmp_path / "small.yaml"
    path.write_text("# what for\ndataset: hapt\nmodel: lstm\n")
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of all runs."""
    return tmp_path / "runs"


@pytest.fixture
def make_run(root: Path, source: Path) -> Iterator[MakeRun]:
    """Begins runs of a small experiment; those still running at the end are ended."""
    made: list[Run] = []

    def make(*, name: str = "small", smoke: bool = False) -> Run:
        made.append(Run.create(root, load(source, [f"name={name}"]), source=source, smoke=smoke))
        return made[-1]

    yield make
    for run in made:
        run._lock.release()
