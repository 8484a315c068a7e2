"""A copy of a shipped config is its experiment, without what was measured of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.shipped import shipped
from dlcli.spec import load
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.starter.copy import copied


@pytest.mark.parametrize("config", sorted(shipped("configs").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_copy_is_the_config_without_the_scores_it_was_measured_by(config: Path) -> None:
    original = config.read_text(encoding="utf-8")
    text = copied(original, config, Path("mine.yaml"))
    assert check(parse(text, "mine.yaml")) == load(config, ["name=mine", "expect={}"])
    assert f"# From:    {config.stem}, which comes with dlcli\n# Run:     dlcli train mine.yaml\n" in text
    what = [line for line in original.splitlines() if line.startswith("# What:")]
    assert text.splitlines()[: len(what)] == what
    claims = ("# Test:", "# Train:", "# Chosen:", "# Not measured:", "deviation 0.", "expect:")
    assert [claim for claim in claims if claim in text] == []
