"""A first spec says in every line what that is for."""

from __future__ import annotations

from dlcli.spec import Experiment
from dlcli.starter.kinds import first_values
from dlcli.starter.text import commented


def test_every_line_says_what_it_is_for() -> None:
    text = commented(Experiment, first_values("images", None, {}, "cnn"), {"What": "pictures", "Run": "dlcli"})
    assert text.startswith("# What:    pictures\n# Run:     dlcli\n")
    assert "  path: pictures                  # The folder, looked for from the working directory\n" in text
    assert "  units" not in text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert sum("  # " in line for line in lines) >= len(lines) - 2
    assert max(map(len, text.splitlines())) <= 120


def test_a_reason_stands_beside_its_value_or_above_where_there_is_no_room() -> None:
    found = {"target": "y", "drop": ["id"]}
    reasons = {("dataset", "drop"): "Left out"}
    text = commented(Experiment, first_values("csv", None, found, "mlp"), {}, reasons)
    assert "  drop: [id]                      # Left out\n" in text
    many = [f"column_{i}" for i in range(40)]
    text = commented(Experiment, first_values("csv", None, found | {"drop": many}, "mlp"), {}, reasons)
    assert "\n  # Left out\n  drop: [column_0, column_1, " in text
