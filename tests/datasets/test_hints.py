"""Hints name what was meant, if anything is near."""

from __future__ import annotations

from dlcli.datasets.hints import apart, did_you_mean


def test_only_what_is_near_is_named() -> None:
    assert did_you_mean("lable", iter(["activity", "label"])) == " (did you mean `label`?)"
    assert did_you_mean("zeit", ["time", "label"]) == ""
    assert did_you_mean("x", []) == ""


def test_a_hint_comes_out_of_a_message_as_it_went_in() -> None:
    message = f"there is no `lable`{did_you_mean('lable', ['label'])}; there are: label"
    assert apart(message) == ("there is no `lable`; there are: label", "did you mean `label`?")
    assert apart("there is no `zeit`") == ("there is no `zeit`", "")
