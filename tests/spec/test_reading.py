"""YAML as the core schema of version 1.2 has it, and the place of every value."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.errors import SpecError, UsageError
from dlcli.spec.problems import Mark, Problem, dotted
from dlcli.spec.reading import parse, parse_value, read
from dlcli.spec.writing import write


def value(text: str) -> object:
    return parse_value(text, "s.yaml")[0]


def refused(text: str) -> str:
    try:
        problems = parse_value(text, "s.yaml").problems
    except SpecError as error:
        problems = error.problems
    return "\n".join(str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1e-3", 0.001), ("2.5e-3", 0.0025), ("1E5", 1e5), (".5", 0.5), ("-1.", -1.0), ("+0.1", 0.1),
        ("12", 12), ("-7", -7), ("+7", 7), ("010", 10), ("0o17", 15), ("0x1F", 31),
        (".inf", math.inf), (".Inf", math.inf), ("-.INF", -math.inf), ("+.inf", math.inf),
        ("~", None), ("null", None), ("Null", None), ("", None),
        ("true", True), ("True", True), ("FALSE", False),
    ],
)  # fmt: skip
def test_core_schema_scalars_become_values(text: str, expected: object) -> None:
    read_value = value(text)
    assert read_value == expected
    assert type(read_value) is type(expected)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_every_spelling_of_nan_is_a_number(text: str) -> None:
    number = value(text)
    assert isinstance(number, float)
    assert math.isnan(number)


@pytest.mark.parametrize(
    "text",
    ["yes", "no", "on", "off", "y", "n", "tRue", "nULL", "1_000", "2024-01-31", "2001-12-14 21:59:43", "1:30", "0b101",
     "-0o17", "e5", ".", "+", "1e", ".infinity", "nan", "inf", "0x", "=", "1.2.3", "'12'", '"true"', "!!str 12"],
)  # fmt: skip
def test_what_only_yaml_1_1_took_for_something_else_is_text(text: str) -> None:
    assert value(text) == text.removeprefix("!!str ").strip("'\"")


def test_lists_are_frozen() -> None:
    assert value("[1, [2, x]]") == (1, (2, "x"))


def test_keys_are_text_whatever_they_look_like() -> None:
    assert value("{1: a, true: b, ~: c, 1e-3: d}") == {"1": "a", "true": "b", "~": "c", "1e-3": "d"}


def test_marks_point_at_the_first_character_of_keys_and_values() -> None:
    text = "# a comment\nmodel:\n  units: [32,  64]\n  'p': \"ü\"\nx: {y: 1}\n"
    document = parse(text, "s.yaml")
    lines = text.split("\n")

    def at(mark: Mark) -> str:
        return lines[mark.line - 1][mark.column - 1 :]

    assert at(document.key_mark(("model", "units"))).startswith("units:")
    assert at(document.mark(("model", "units"))).startswith("[32")
    assert at(document.mark(("model", "units", 1))).startswith("64]")
    assert at(document.key_mark(("model", "p"))).startswith("'p'")
    assert at(document.mark(("model", "p"))).startswith('"ü"')
    assert at(document.mark(("x", "y"))).startswith("1}")
    assert str(document.mark(("x", "y"))) == "s.yaml:5:8"


def test_what_is_not_written_down_is_marked_at_what_is_around_it() -> None:
    document = parse("a:\n  b: {c: 1}\n", "s.yaml")
    assert document.mark(("a", "b", "d", 3, "e")) == document.mark(("a", "b"))
    assert document.key_mark(("a", "z")) == document.mark(("a",)) == Mark("s.yaml", 2, 3)
    assert document.key_mark(("z",)) == Mark("s.yaml", 1, 1)


_words = st.text("abcxyz", min_size=1, max_size=4)
_leaves = st.one_of(st.integers(-99, 99), st.booleans(), _words.filter(lambda word: len(word) > 1))
_trees = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3), max_leaves=12
)


@given(st.dictionaries(_words, _trees, min_size=1, max_size=4))
def test_every_mark_of_a_scalar_shows_that_scalar(tree: dict[str, object]) -> None:
    text = write(tree, width=40)
    document = parse(text, "s.yaml")
    lines = text.split("\n")

    def walk(path: tuple[str | int, ...], inner: object) -> None:
        if isinstance(inner, dict):
            for key, below in inner.items():
                mark = document.key_mark((*path, key))
                assert lines[mark.line - 1][mark.column - 1 :].startswith(write(key, width=40)[:1])
                walk((*path, key), below)
        elif isinstance(inner, tuple):
            for i, below in enumerate(inner):
                walk((*path, i), below)
        else:
            mark = document.mark(path)
            shown = str(inner).lower() if isinstance(inner, bool) else str(inner)
            assert lines[mark.line - 1][mark.column - 1 :].startswith(shown)

    walk((), document.values)


def test_a_key_given_twice_is_refused_with_both_lines() -> None:
    assert refused("a: 1\nb: 2\na: 3\n") == "s.yaml:3:1: `a` is given twice; the first is at line 1"


def test_every_key_given_twice_is_reported_by_its_path_in_file_order() -> None:
    assert refused("m:\n  u: 1\n  u: 2\nl: [{k: 1, k: 2}]\nm: 3\n").split("\n") == [
        "s.yaml:3:3: `m.u` is given twice; the first is at line 2",
        "s.yaml:4:12: `l[0].k` is given twice; the first is at line 4",
        "s.yaml:5:1: `m` is given twice; the first is at line 1",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: [2, 3", "s.yaml:2:4: not YAML: this `[` is not closed"),
        ("a: 'x\n", "s.yaml:1:4: not YAML: this ' is not closed"),
        ("a: b: c", "s.yaml:1:5: not YAML: this `:` has no key of its own; check the indentation, and put text"),
        ("a: 1\n  b: 2", "s.yaml:2:4: not YAML: this `:` has no key of its own"),
        ("a:\n\tb: 1", "s.yaml:2:1: not YAML: a tab cannot indent; use spaces"),
        ("a: *x", "s.yaml:1:4: not YAML: found undefined alias 'x'"),
        ("--- 1\n--- 2", "s.yaml:2:1: not YAML: expected a single document"),
        ("a: 1\nb: '\x07'", "s.yaml:2:5: not YAML: the character '\\x07' is not allowed"),
        ("[a]: 1", "s.yaml:1:1: a key must be a single word or number"),
        ("a: !foo 1", "s.yaml:1:4: the tag !foo does not fit here"),
        ("a: !!int one", "s.yaml:1:4: the tag !!int does not fit here"),
        ("a: !!python/object:x {}", "s.yaml:1:4: the tag !!python/object:x does not fit here"),
        ("a: !!set {x}", "s.yaml:1:4: the tag !!set does not fit here"),
        ("a: !foo [1]", "s.yaml:1:4: the tag !foo does not fit here"),
        ("b: &a [*a, *a]", "s.yaml:1:4: values are nested too deeply, or hold themselves"),
        (f"b: {'[' * 5000}", "s.yaml:1:44: values are nested too deeply, or hold themselves"),
        (f"a: {2**63}", "s.yaml:1:4: expected a whole number from -2^63 to 2^63 - 1, got 9223372036854775808"),
        (f"a: {'1' * 5000}", f"s.yaml:1:4: expected a whole number from -2^63 to 2^63 - 1, got {'1' * 57}..."),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, message: str) -> None:
    assert refused(text).startswith(message)


@given(st.text())
def test_any_text_is_read_or_refused_but_never_crashes(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        problems = parse_value(text, "s.yaml").problems
    except SpecError as error:
        problems = error.problems
    assert all(problem.mark.line >= 1 and problem.mark.column >= 1 for problem in problems)


@given(st.text("[]{}:,'\"!&*#|>-\n ab1~.?%@`\\", max_size=30))
def test_text_full_of_yaml_signs_is_read_or_refused_but_never_crashes(text: str) -> None:
    test_any_text_is_read_or_refused_but_never_crashes.hypothesis.inner_test(text)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "what"), [("", "the file is empty"), ("[1]", "the file holds a list"), ("hi", "the file holds just `hi`")]
)
def test_a_file_that_is_no_mapping_is_refused(text: str, what: str) -> None:
    with pytest.raises(SpecError, match=f"^s.yaml:1:1: {what}; expected keys such as `dataset:`"):
        parse(text, "s.yaml")


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    for mark in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(mark + "a: ü\r\n".encode())
        document = read(path)
        assert document.values == {"a": "ü"}
        assert document.mark(("a",)) == Mark(str(path), 1, 4)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.yaml: there is no such file"):
        read(tmp_path / "gone.yaml")


def test_a_folder_is_no_spec_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=rf"{tmp_path}: cannot be read \(Is a directory\)"):
        read(tmp_path)


def test_bytes_that_are_not_utf8_are_counted(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_bytes(b"name: \xff")
    with pytest.raises(UsageError, match=r"s\.yaml:1:7: this is not UTF-8 text \(byte 0xff: invalid start byte\)"):
        read(tmp_path / "s.yaml")


def test_paths_are_written_as_people_write_them() -> None:
    assert dotted(("model", "units", 0, "x")) == "model.units[0].x"
    assert dotted(()) == ""


def test_problems_sort_in_file_order_by_number() -> None:
    late, early = Problem(Mark("s", 10, 1), "a"), Problem(Mark("s", 9, 20), "b")
    assert sorted([late, early]) == [early, late]
    assert str(early) == "s:9:20: b"
