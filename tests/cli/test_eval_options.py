"""Options of `dlcli eval` that would change nothing are refused, each with what it goes with."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dlcli.cli import app
from dlcli.errors import UsageError
from dlcli.runs.run import Run
from dlcli.spec.load import checked
from dlcli.spec.reading import parse
from dlcli.training.sampling import LENGTH, TEMPERATURE


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run whose model nothing looks at."""
    source = tmp_path / "s.yaml"
    source.write_text("{dataset: hapt, model: linear}")
    run = Run.create(tmp_path / "runs", checked(parse(source.read_text(), "s"), combined=False)[1], source=source)
    run.model_path.touch()
    run.end(None)
    return run


def test_help_says_what_is_taken_where_nothing_is_said() -> None:
    said = " ".join(CliRunner().invoke(app, ["eval", "--help"]).stdout.split())
    assert f"{TEMPERATURE} if absent" in said
    assert f"{LENGTH} if absent" in said


@pytest.mark.parametrize(
    ("writes", "options", "said"),
    [
        (False, ["--prompt", "a", "--split", "train"], "--split train: goes with scores, and a --prompt is not scored"),
        (False, ["--prompt", "a", "--gate"], "--gate: goes with scores"),
        (False, ["--temperature", "0.5"], "--temperature 0.5: goes with --prompt"),
        (False, ["--length", "9", "--split", "test"], "--length 9: goes with --prompt"),
        (False, ["--seed", "0"], "--seed 0: goes with --prompt"),
        (False, ["--beam", "4"], "--beam 4: goes with runs that write texts, such as translations, and this is none"),
        (False, ["--prompt", "a", "--beam", "4"], "--beam 4: goes with runs that write texts"),
        (True, ["--prompt", "a", "--length", "9"], "--length 9: nothing is drawn: such a run writes what is most"),
        (True, ["--prompt", "a", "--split", "test"], "--split test: goes with scores"),
    ],
)
def test_it_is_refused_with_what_it_goes_with(run: Run, writes: bool, options: list[str], said: str) -> None:
    if writes:
        run.update(writes={"source_steps": 3, "separator": ""})
    result = CliRunner().invoke(app, ["eval", str(run.path), *options])
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(said)
    assert str(result.exception).endswith(f"({run.path})")
