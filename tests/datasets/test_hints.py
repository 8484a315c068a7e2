"""Hints name what was meant, if anything is near."""

from __future__ import annotations

from dlcli.datasets.hints import did_you_mean


def test_only_what_is_near_is_named() -> None:
    assert did_you_mean("lable", iter(["activity", "label"])) == " (did you mean `label`?)"
    assert did_you_mean("zeit", ["time", "label"]) == ""
    assert did_you_mean("x", []) == ""
