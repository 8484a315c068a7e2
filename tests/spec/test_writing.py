"""YAML that every reader reads the same."""

from __future__ import annotations

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from dlcli.spec.reading import parse
from dlcli.spec.writing import write

_plain = st.text(st.characters(codec="utf-8"), max_size=12)
_awkward = st.sampled_from(
    ["yes", "1e-3", "", "null", "~", "ünï", "two\nlines\n", " ", "0o17", "0x1F", "1_000", "2001-99-99", "2024-01-31",
     "1:30", "=", "<<", "- a", "a: b", "#x", "'", '"', "\t", "\x85", "\u2028", "\ufeff", "true", ".inf", "&a", "*a",
     "!x", "@", "`", "%", "😀", "a" * 200, "x " * 100]
)  # fmt: skip
TEXT = _plain | _awkward
"""Text of all kinds, much of it looking like something else in YAML."""


@given(TEXT)
@example("0o17")
@example("2001-99-99")
def test_awkward_text_survives_as_key_and_as_value(text: str) -> None:
    written = write({"k": [text, {text: text}]}, width=120)
    assert parse(written, "s.yaml").values == {"k": (text, {text: text})}
    assert yaml.safe_load(written) == {"k": [text, {text: text}]}


@given(st.floats(allow_nan=False) | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.none())
@example(1e-05)
@example(1e22)
def test_scalars_are_the_same_to_both_versions_of_yaml(value: object) -> None:
    written = write({"k": value}, width=120)
    for read in (yaml.safe_load(written), parse(written, "s.yaml").values):
        assert read == {"k": value}
        assert type(read["k"]) is type(value)


def test_lists_of_scalars_stand_in_one_line_and_mappings_in_blocks() -> None:
    assert write({"a": [1, "x"], "b": ({"c": 1},)}, width=120) == "a: [1, x]\nb:\n- c: 1\n"
    assert write({"a": [1, "x"], "b": {"c": None}}, width=120, in_one_line=True) == "{a: [1, x], b: {c: null}}\n"


def test_what_is_written_twice_is_spelled_out_twice() -> None:
    shared = [{"c": 1}]
    assert write({"a": shared, "b": shared}, width=120) == "a:\n- c: 1\nb:\n- c: 1\n"


def test_a_components_type_is_written_before_its_other_keys() -> None:
    written = write({"model": {"units": [8], "type": "lstm"}}, width=120)
    assert written == "model:\n  type: lstm\n  units: [8]\n"
