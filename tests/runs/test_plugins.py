"""What a run keeps of plugins, and what is said where they have changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dlcli.runs.plugins import plugin_notes
from dlcli.runs.run import Run
from dlcli.spec import Experiment, load
from tests.plugins.parts import ALL, PARTS, install, write

TWO = ALL.replace("[parts.py]", "[parts.py, more/parts.py]")
MORE = PARTS.replace('["', '["other_').replace('= "', '= "other_')


def made(folder: Path, spec: Path, experiment: Experiment | None = None) -> Run:
    """A run that has ended."""
    run = Run.create(folder / "runs", experiment or load(spec), source=spec)
    run.end(None)
    return run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of a spec with two plugins whose files have the same name."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "specs" / "more", parts=MORE)
    spec = write(tmp_path / "specs", TWO)
    return made(tmp_path, spec)


def test_a_run_keeps_its_plugins_and_is_read_with_them(run: Run, tmp_path: Path) -> None:
    kept = run.info["plugins"]
    assert [record["file"] for record in kept] == ["plugins/parts.py", "plugins/2_parts.py"]
    assert [record["from"] for record in kept] == [f"{tmp_path}/specs/parts.py", f"{tmp_path}/specs/more/parts.py"]
    for record, text in zip(kept, (PARTS, MORE), strict=True):
        assert (run.path / record["file"]).read_text() == text
        assert record["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert "plugins: [plugins/parts.py, plugins/2_parts.py]\n" in (run.path / "spec.yaml").read_text()


def test_a_run_is_read_with_its_own_copies_whatever_becomes_of_the_originals(run: Run, tmp_path: Path) -> None:
    (tmp_path / "specs" / "parts.py").write_text("1 / 0")
    (tmp_path / "specs" / "more" / "parts.py").unlink()
    again = run.path.rename(tmp_path / "elsewhere")
    assert Run(again).experiment.model.type == "tiny"


def test_a_run_keeps_what_was_read_not_what_the_file_became_meanwhile(tmp_path: Path) -> None:
    spec = write(tmp_path)
    experiment = load(spec)
    (tmp_path / "parts.py").write_text("1 / 0")
    run = made(tmp_path, spec, experiment)
    assert (run.path / "plugins" / "parts.py").read_text() == PARTS


def test_it_is_said_where_a_plugin_has_changed(run: Run, tmp_path: Path) -> None:
    assert plugin_notes(run.path, run.info["plugins"]) == []
    (tmp_path / "specs" / "parts.py").write_text("1 / 0")
    (run.path / "plugins" / "2_parts.py").write_text(f"{MORE}# changed\n")
    copies = run.path / "plugins"
    assert plugin_notes(run.path, run.info["plugins"]) == [
        f"specs/parts.py has changed since this run was made; the run's own copy counts, {copies}/parts.py",
        f"{copies}/2_parts.py has been changed after the run was made; what it says now counts",
    ]


def test_a_run_records_the_package_of_a_part_and_tells_of_another_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch, "half = kit_parts:Half\ntiny = kit_parts:Tiny")
    spec = write(tmp_path, "dataset: hapt\nmodel: tiny\noptimizer: {type: sgd, schedule: half}\n")
    run = made(tmp_path, spec)
    assert run.info["plugins"] == [{"package": "kit 1.2"}]
    assert plugin_notes(run.path, run.info["plugins"]) == []
    about = tmp_path / "site" / "kit-1.2.dist-info" / "METADATA"
    about.write_text(about.read_text().replace("1.2", "2.0"))
    assert plugin_notes(run.path, run.info["plugins"]) == ["kit was 1.2 when this run was made; it is 2.0 now"]
    about.unlink()
    about.parent.joinpath("entry_points.txt").unlink()
    about.parent.rmdir()
    assert plugin_notes(run.path, run.info["plugins"]) == ["kit was 1.2 when this run was made; it is not here now"]


def test_a_run_without_plugins_says_so(tmp_path: Path) -> None:
    spec = write(tmp_path, "dataset: hapt\nmodel: lstm\n")
    run = made(tmp_path, spec)
    assert run.info["plugins"] == []
    assert not (run.path / "plugins").exists()
