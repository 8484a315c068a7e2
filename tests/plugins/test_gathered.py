"""All parts are gathered that can be had; one that cannot keeps none of the others away, and is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.errors import SpecError
from dlcli.models.lstm import LSTM
from dlcli.plugins.gathered import gather, origin_of
from dlcli.spec.structure import type_name
from tests.plugins.parts import PARTS, install

TINY = "tiny = kit_parts:Tiny"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_parts_of_files_and_packages_are_known_with_where_they_come_from(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(here / "site", monkeypatch, TINY)
    (here / "mine.py").write_text(PARTS.replace('"tiny"', '"small"'))
    gathered = gather([Path("mine.py")])
    found = {type_name(cls): origin_of(cls) for cls in gathered.parts}
    assert found["small"] == found["board"] == "mine.py"
    assert found["tiny"] == "kit 1.2"
    assert (gathered.faults, gathered.errors) == ({}, ())
    assert origin_of(LSTM) is None


def test_what_cannot_be_had_keeps_nothing_else_away(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(here / "site", monkeypatch, f"{TINY}\nbroken = gone_module:Broken")
    (here / "mine.py").write_text(PARTS.replace('"tiny"', '"small"') + "# mine")
    (here / "wrong.py").write_text("import os\nraise ValueError('no licence')\n")
    gathered = gather([Path("wrong.py"), Path("mien.py"), Path("mine.py"), here])
    assert {"small", "tiny"} <= {type_name(cls) for cls in gathered.parts}
    assert gathered.faults == {
        "broken": "`broken` of kit 1.2 cannot be had: ModuleNotFoundError: No module named 'gone_module'"
    }
    wrong, absent, folder = gathered.errors
    assert isinstance(wrong, SpecError)
    assert str(wrong).startswith("wrong.py:2:1: ValueError: no licence")
    assert str(absent) == "--plugins mien.py: there is no such file, did you mean `mine.py`?"
    assert str(folder) == f"--plugins {here}: cannot be read (Is a directory)"


def test_of_two_parts_of_one_type_the_first_counts_and_the_other_is_named(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(here / "site", monkeypatch, TINY, f"{PARTS}# kit")
    (here / "mine.py").write_text(f"{PARTS}# first")
    (here / "yours.py").write_text(f"{PARTS}# second")
    gathered = gather([Path("mine.py"), Path("yours.py")])
    assert {origin_of(cls) for cls in gathered.parts} == {"mine.py"}
    assert "`board` of yours.py cannot be had: mine.py has a dataset of this type" in map(str, gathered.errors)
    assert gathered.faults == {"tiny": "`tiny` of kit 1.2 cannot be had: mine.py has a model of this type"}
    assert gather([Path("mine.py"), Path("mine.py")]).errors == ()
