"""Installed packages are found by their entry points, and imported only for a type that nothing else has."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dlcli.errors import SpecError
from dlcli.plugins.installed import package_of
from dlcli.spec import load
from tests.plugins.parts import PARTS, install, write

SPEC = "dataset: hapt\nmodel: {type: tiny, units: 3}\n"
TINY = "tiny = kit_parts:Tiny"


def said(path: Path) -> list[str]:
    with pytest.raises(SpecError) as caught:
        load(path)
    return [f"{p.mark.line}:{p.mark.column}: {p.message}\n{p.hint}" for p in caught.value.problems]


def test_a_type_of_an_installed_package_needs_no_plugins_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", monkeypatch, TINY)
    model = load(write(tmp_path, SPEC)).model
    assert type(model).__module__ == "kit_parts"
    assert package_of(type(model)) == "kit 1.2"


@pytest.mark.parametrize("spec", ["dataset: hapt\nmodel: lstm\n", f"plugins: [parts.py]\n{SPEC}"])
def test_a_package_is_not_imported_where_nobody_needs_it(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch, "board = kit_parts:Board\nwide = kit_parts:Tiny", "raise SystemExit")
    parts = PARTS.replace('"board"', '"chess"')
    load(write(tmp_path, spec, parts))
    assert "kit_parts" not in sys.modules


def test_a_misspelt_type_of_a_package_is_known_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", monkeypatch, f"{TINY}\nbroken = gone_module:Tiny")
    (problem,) = said(write(tmp_path, "dataset: hapt\nmodel: {type: tinny}\n"))
    assert problem.startswith("2:15: `model`: unknown type 'tinny'\ndid you mean `tiny`?\none of: linear, ")


@pytest.mark.parametrize(
    ("entry", "parts", "fault"),
    [
        (TINY, "import gone_for_good\n", r"kit_parts.py:1: ModuleNotFoundError: No module named 'gone_for_good'"),
        (TINY, "Tiny = 3\n", "kit_parts:Tiny is no part; write a decorator above it"),
        ("tiny = kit_parts:Plain", PARTS, "kit_parts:Plain has the type `plain`; its entry point must have that name"),
    ],
)
def test_a_package_that_cannot_be_used_is_named_where_its_type_stands(
    entry: str, parts: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    install(tmp_path / "site", monkeypatch, entry, parts)
    (problem,) = said(write(tmp_path, SPEC))
    assert problem.startswith("2:15: `tiny` of kit 1.2 cannot be had: ")
    # Only a line that came to be run before is told with its place.
    assert fault.removeprefix("kit_parts.py:1: ") in problem


def test_a_file_and_a_package_that_have_the_same_type_are_both_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    install(tmp_path / "site", monkeypatch, TINY)
    (problem,) = said(write(tmp_path, f"plugins: [parts.py]\n{SPEC}", f"{PARTS}# {tmp_path}"))
    assert problem.startswith("1:10: `plugins`: the model `tiny` is defined at parts.py:")
    assert "and at site/kit_parts.py:" in problem


def test_two_packages_that_have_the_same_type_are_both_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    install(tmp_path / "site", monkeypatch, TINY)
    install(tmp_path / "more", monkeypatch, "tiny = other_parts:Tiny", PARTS + "\n", name="other")
    (problem,) = said(write(tmp_path, SPEC))
    assert problem.startswith("2:15: the model `tiny` is defined at site/kit_parts.py:")
    assert "and at more/other_parts.py:" in problem
