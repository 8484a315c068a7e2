"""Where shipped files are, in a clone and in a wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

import dlcli.shipped
from dlcli.shipped import shipped
from dlcli.spec import load


def test_a_clone_has_them_at_its_top_level() -> None:
    assert shipped("data", "hapt", "hapt.npz").is_file()


def test_a_wheel_has_them_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlcli.shipped, "_PACKAGE", tmp_path / "dlcli")
    assert shipped("configs") == tmp_path / "configs"
    (tmp_path / "dlcli" / "_shipped").mkdir(parents=True)
    assert shipped("configs", "a.yaml") == tmp_path / "dlcli" / "_shipped" / "configs" / "a.yaml"


@pytest.mark.parametrize("path", sorted(shipped("configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_config_is_a_valid_spec_named_by_its_file(path: Path) -> None:
    assert load(path).name == path.stem


def test_there_are_shipped_configs() -> None:
    assert list(shipped("configs").glob("*.yaml"))
