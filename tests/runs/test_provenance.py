"""Where a run comes from."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest

import dlcli
from dlcli.runs import provenance


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_commit_is_named_and_whether_the_checkout_was_clean(tmp_path: Path) -> None:
    git(tmp_path, "init")
    assert provenance.git(tmp_path) is None, "there is no commit yet"
    git(tmp_path, "commit", "--allow-empty", "-m", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    below = tmp_path / "below"
    below.mkdir()
    assert provenance.git(below) == {"commit": commit, "clean": True}
    (tmp_path / "new.txt").write_text("x")
    assert provenance.git(below) == {"commit": commit, "clean": False}


def test_outside_of_a_checkout_there_is_no_commit(tmp_path: Path) -> None:
    assert provenance.git(tmp_path) is None


def test_a_state_that_cannot_be_told_is_not_called_clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def answer(folder: Path, *arguments: str) -> str | None:
        return "abc" if arguments[0] == "rev-parse" else None

    monkeypatch.setattr(provenance, "_git", answer)
    assert provenance.git(tmp_path) == {"commit": "abc", "clean": False}


@pytest.mark.parametrize("error", [FileNotFoundError("git"), subprocess.TimeoutExpired("git", 10)])
def test_without_a_git_that_answers_there_is_no_commit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "run", fail)
    assert provenance.git(tmp_path) is None


def test_versions_are_those_that_run_here() -> None:
    versions = provenance.versions()
    assert versions["dlcli"] == dlcli.__version__
    assert versions["python"] == platform.python_version()
    assert {"tensorflow", "keras", "numpy"} <= set(versions)
