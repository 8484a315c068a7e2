"""What a run keeps of the files that its spec was written in."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.errors import UsageError
from dlcli.runs.run import Run
from dlcli.spec import load
from tests.runs.conftest import MakeRun


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in (folder / "parents").glob("*")}


@pytest.fixture
def parents(source: Path) -> dict[str, str]:
    """Makes the spec extend two files of the same name; returns what is to be kept of them."""
    (source.parent / "sub").mkdir()
    texts = {"1-base.yaml": "extends: sub/base.yaml  # mine\nseed: 3\n", "2-base.yaml": "normalize: range\n"}
    (source.parent / "base.yaml").write_text(texts["1-base.yaml"])
    (source.parent / "sub" / "base.yaml").write_text(texts["2-base.yaml"])
    source.write_text(f"extends: base.yaml\n{source.read_text()}")
    return texts


def test_a_run_keeps_the_files_that_its_spec_extends(make_run: MakeRun, source: Path, parents: dict[str, str]) -> None:
    run = make_run()
    assert (run.path / "source.yaml").read_text() == source.read_text()
    assert contents(run.path) == parents
    assert (run.experiment.seed, run.experiment.normalize) == (3, "range")


def test_a_spec_that_extends_nothing_leaves_no_folder(make_run: MakeRun) -> None:
    assert not (make_run().path / "parents").exists()


def test_a_run_made_of_a_runs_source_keeps_the_same(
    make_run: MakeRun, root: Path, source: Path, parents: dict[str, str]
) -> None:
    first = make_run()
    for file in source.parent.rglob("base.yaml"):
        file.unlink()
    second = Run.create(root, first.experiment, source=first.path / "source.yaml")
    second.end(None)
    assert second.path != first.path
    assert (second.path / "source.yaml").read_text() == source.read_text()
    assert contents(second.path) == parents


def test_a_spec_of_that_name_is_no_runs_source(root: Path, source: Path, parents: dict[str, str]) -> None:
    own = source.rename(source.with_name("source.yaml"))
    run = Run.create(root, load(own), source=own)
    run.end(None)
    assert contents(run.path) == parents


def test_a_source_that_is_gone_leaves_no_run_behind(root: Path, source: Path) -> None:
    experiment = load(source)
    source.unlink()
    with pytest.raises(UsageError, match=r"small\.yaml: there is no such file"):
        Run.create(root, experiment, source=source)
    assert not root.exists()
