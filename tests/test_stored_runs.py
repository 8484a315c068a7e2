"""Runs that released versions have made are evaluated to the scores they were recorded with."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dlcli import __version__
from dlcli.backend import load_tensorflow
from dlcli.cli import app
from dlcli.runs.run import Run
from dlcli.spec import dump
from dlcli.spec.load import check
from dlcli.spec.reading import parse

load_tensorflow()

STORED = Path(__file__).parent / "stored_runs"
RUNS = sorted(path.parent for path in STORED.glob("*/*/run.json"))
every = pytest.mark.parametrize("stored", RUNS, ids=lambda path: f"{path.parent.name}-{path.name}")


def test_there_is_one_of_this_version() -> None:
    assert (STORED / __version__).is_dir()


@every
def test_a_stored_run_reaches_the_scores_it_was_recorded_with(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLCLI_DATA", str(STORED))
    run = shutil.copytree(stored, tmp_path / "run")
    recorded: dict[str, Any] = json.loads((stored / "result.json").read_text())
    for split in ("validation", "test"):
        done = CliRunner().invoke(app, ["eval", str(run), "--split", split, "--json"])
        assert done.exit_code == 0, (done.output, done.exception)
        reached = json.loads(done.stdout)
        assert reached["confusion"] == recorded[split]["confusion"]
        scores = {name: value for name, value in recorded[split].items() if isinstance(value, float)}
        assert len(scores) >= 4
        assert {name: reached[name] for name in scores} == pytest.approx(scores, abs=1e-4)


def laid_over(values: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings merged at every depth."""
    below = {
        k: laid_over(values[k], v) for k, v in upper.items() if isinstance(v, dict) and isinstance(values[k], dict)
    }
    return {**values, **upper, **below}


@every
def test_a_stored_run_reads_as_it_was_written(stored: Path) -> None:
    text = (stored / "spec.yaml").read_text()
    assert text.startswith("version: 1\n")
    now = dump(check(parse(text, str(stored / "spec.yaml")))).replace(f"{stored.absolute()}/", "")
    # Versions after it may have given it keys, but none of its own may be lost or mean something else.
    recorded = parse(text, "").values
    assert laid_over(parse(now, "").values, recorded) == parse(now, "").values
    assert Run(stored).metrics()[0]["epoch"] == 1


@every
def test_a_stored_run_tells_nothing_of_the_machine_that_made_it(stored: Path) -> None:
    for path in (path for path in stored.rglob("*") if path.suffix in (".json", ".yaml", ".jsonl")):
        assert not re.search(r"(^|[\s\"'\[])/\w", path.read_text()), path
    assert not {"command", "folder", "git", "host", "process", "process_began", "devices"} & Run(stored).info.keys()
