"""The version of the format: implied, allowed, and refused where it is too new."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli import __version__
from dlcli.errors import SpecError
from dlcli.spec import load
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from tests.spec.problems import REST, found, shown


def test_version_1_is_implied_and_may_be_said() -> None:
    assert check(parse(REST, "s.yaml")).version == 1
    assert check(parse(f"version: 1\n{REST}", "s.yaml")) == check(parse(REST, "s.yaml"))


def test_a_newer_version_is_refused_in_one_sentence_whatever_else_is_new_in_it() -> None:
    assert shown(f"version: 2\nsomething: new\n{REST}") == (
        f"s.yaml:1:10: `version`: this spec is of version 2, but dlcli {__version__} reads version 1\n"
        "   1 | version: 2\n"
        "     |          ^  upgrade dlcli: pip install --upgrade dlcli"
    )


@pytest.mark.parametrize("nonsense", ["0", "-1", "1.0", "'1'", "true", "[1]", "{a: 1}", "1.5", "v1", ""])
def test_what_is_no_version_is_refused(nonsense: str) -> None:
    (problem,) = found(f"version: {nonsense}\n{REST}")
    assert problem.message.startswith("`version`: expected 1, the version of the spec format, got ")
    assert problem.mark.line == 1


def test_the_version_given_on_the_command_line_is_checked_too() -> None:
    (problem,) = found(REST, ["version=3"])
    assert str(problem).startswith("--set version=3: `version`: this spec is of version 3")


def test_a_newer_file_that_is_extended_is_refused_whatever_version_the_one_that_extends_it_has(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(f"version: 2\n{REST}")
    (tmp_path / "child.yaml").write_text("version: 1\nextends: base.yaml\n")
    with pytest.raises(SpecError, match=r"base\.yaml:1:10: `version`: this spec is of version 2"):
        load(tmp_path / "child.yaml")


def test_a_newer_version_is_told_before_what_the_file_extends_is_looked_for() -> None:
    (problem,) = found("version: 2\nextends: {new: way}\n")
    assert "this spec is of version 2" in str(problem)
