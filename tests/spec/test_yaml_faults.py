"""Text that is no YAML is told in plain words, at what was opened and not closed."""

from __future__ import annotations

import pytest

from tests.spec.problems import REST, shown
from tests.spec.test_problems import block

SHOWN = {
    "a brace that is not closed": (
        "train: {epochs: 3\nseed: 1",
        """
        s.yaml:3:8: not YAML: this `{` is not closed
           3 | train: {epochs: 3
             |        ^  a `}` is missing
        """,
    ),
    "a bracket that is not closed at the end": (
        "seed: 1\nmetrics: [balanced_accuracy",
        """
        s.yaml:4:10: not YAML: this `[` is not closed
           4 | metrics: [balanced_accuracy
             |          ^  a `]` is missing
        """,
    ),
    "brackets below one that is not closed": (
        "train: {epochs: 3\nmetrics: [balanced_accuracy]  # ]}",
        """
        s.yaml:3:8: not YAML: this `{` is not closed
           3 | train: {epochs: 3
             |        ^  a `}` is missing
        """,
    ),
    "a bracket that a brace closes": (
        "init_from: {run: a, freeze: [x}",
        """
        s.yaml:3:29: not YAML: this `[` is closed by `}`, in line 3
           3 | init_from: {run: a, freeze: [x}
             |                             ^  write `]` there
        """,
    ),
    "a comma that is missing": (
        "train: {\n  epochs: 3\n  batch_size: 8\n}",
        """
        s.yaml:5:13: not YAML: a comma is missing before this line, or the `}` of the `{` in line 3
           5 |   batch_size: 8
             |             ^
        """,
    ),
    "a quote that is not closed": (
        "name: 'abc\nseed: 1",
        """
        s.yaml:3:7: not YAML: this ' is not closed
           3 | name: 'abc
             |       ^  text in quotes ends with another '
        """,
    ),
    "a quote within quotes": (
        "name: 'it's'",
        """
        s.yaml:3:11: not YAML: text goes on behind the quote that ends it
           3 | name: 'it's'
             |           ^  write a ' within '...' as ''
        """,
    ),
    "a bracket too many": (
        "metrics: [balanced_accuracy]]",
        """
        s.yaml:3:29: not YAML: this `]` closes nothing
           3 | metrics: [balanced_accuracy]]
             |                             ^
        """,
    ),
    "a line between two indentations": (
        "train:\n    epochs: 3\n  batch_size: 8",
        """
        s.yaml:5:3: not YAML: this line is not indented as those it belongs to
           5 |   batch_size: 8
             |   ^
        """,
    ),
    "an item among keys": (
        "- seed",
        """
        s.yaml:3:1: not YAML: keys and items that begin with `- ` cannot stand side by side
           3 | - seed
             | ^
        """,
    ),
    "a sign that begins no text": (
        "name: @home",
        """
        s.yaml:3:7: not YAML: text that begins with @ must stand in quotes
           3 | name: @home
             |       ^
        """,
    ),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_what_is_no_yaml_is_shown_where_it_begins(kind: str) -> None:
    text, said = SHOWN[kind]
    assert shown(REST + text) == block(said).rstrip()
