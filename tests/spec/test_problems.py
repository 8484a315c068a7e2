"""The exact words in which each kind of mistake is shown."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dlcli.errors import SpecError
from dlcli.spec.problems import Mark, Problem
from dlcli.spec.reading import parse
from tests.spec.problems import REST, found, shown, without_choices


def block(text: str) -> str:
    """A text as the tests below write it: without the indentation and the first line's end."""
    lines = text.strip("\n").split("\n")
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "\n".join(line[indent:] for line in lines)


SHOWN = {
    "a misspelt key": (
        "optimizer:\n  type: adam\n  learning_rte: 2.5e-3",
        """
        s.yaml:5:3: unknown key `learning_rte` in optimizer (adam)
           5 |   learning_rte: 2.5e-3
             |   ^^^^^^^^^^^^  did you mean `learning_rate`?
        """,
    ),
    "a key as other libraries call it": (
        "optimizer: {type: adam, lr: 0.1}",
        """
        s.yaml:3:25: unknown key `lr` in optimizer (adam)
           3 | optimizer: {type: adam, lr: 0.1}
             |                         ^^  did you mean `learning_rate`?
        """,
    ),
    "a key of another type": (
        "optimizer: {type: adam, momentum: 0.9}",
        """
        s.yaml:3:25: unknown key `momentum` in optimizer (adam)
           3 | optimizer: {type: adam, momentum: 0.9}
             |                         ^^^^^^^^  `momentum` belongs to type rmsprop or sgd
        """,
    ),
    "a misspelt key whose name is a key elsewhere": (
        "metric: [balanced_accuracy]",
        """
        s.yaml:3:1: unknown key `metric`
           3 | metric: [balanced_accuracy]
             | ^^^^^^  did you mean `metrics`?
        """,
    ),
    "a key of which only the first word is given": (
        "optimizer: {type: adam, schedule: {type: cosine, warmup: 1}}",
        """
        s.yaml:3:50: unknown key `warmup` in optimizer.schedule (cosine)
           3 | optimizer: {type: adam, schedule: {type: cosine, warmup: 1}}
             |                                                  ^^^^^^  did you mean `warmup_epochs`?
        """,
    ),
    "a type with its letters in another order": (
        "strategy: uaot",
        """
        s.yaml:3:11: `strategy`: unknown type 'uaot'
           3 | strategy: uaot
             |           ^^^^  did you mean `auto`?
             | one of: auto, cpu, one_device, mirrored
        """,
    ),
    "a key one level up": (
        "units: [3]",
        """
        s.yaml:3:1: unknown key `units`
           3 | units: [3]
             | ^^^^^  `units` belongs in `model`
        """,
    ),
    "a key one level down": (
        "train: {seed: 3}",
        """
        s.yaml:3:9: unknown key `seed` in train
           3 | train: {seed: 3}
             |         ^^^^  `seed` belongs at the top level
        """,
    ),
    "a key in another part": (
        "train: {learning_rate: 0.1}",
        """
        s.yaml:3:9: unknown key `learning_rate` in train
           3 | train: {learning_rate: 0.1}
             |         ^^^^^^^^^^^^^  `learning_rate` belongs in `optimizer`
        """,
    ),
    "a key like no other": (
        "strategy: {type: one_device, zzz: 1}",
        """
        s.yaml:3:30: unknown key `zzz` in strategy (one_device)
           3 | strategy: {type: one_device, zzz: 1}
             |                              ^^^  keys in `strategy`: device
        """,
    ),
    "a key that is there already, misspelt": (
        "train: {epochs: 3}\nseed: 1\nsedd: 2",
        """
        s.yaml:5:1: unknown key `sedd`
           5 | sedd: 2
             | ^^^^  did you mean `seed`?
        """,
    ),
    "a key where there can be none": (
        "strategy: {type: auto, zzz: 1}",
        """
        s.yaml:3:24: unknown key `zzz` in strategy (auto)
           3 | strategy: {type: auto, zzz: 1}
             |                        ^^^  it takes no keys but its `type`
        """,
    ),
    "a letter that only looks like one": (
        "s\N{CYRILLIC SMALL LETTER IE}ed: 3",
        """
        s.yaml:3:1: unknown key `s\N{CYRILLIC SMALL LETTER IE}ed`
           3 | s\N{CYRILLIC SMALL LETTER IE}ed: 3
             | ^^^^  did you mean `seed`?
             | '\N{CYRILLIC SMALL LETTER IE}' here is U+0435, CYRILLIC SMALL LETTER IE
        """,
    ),
    "a misspelt type": (
        "strategy: mirored",
        """
        s.yaml:3:11: `strategy`: unknown type 'mirored'
           3 | strategy: mirored
             |           ^^^^^^^  did you mean `mirrored`?
             | one of: auto, cpu, one_device, mirrored
        """,
    ),
    "a type like no other": (
        "strategy: {type: zzz}",
        """
        s.yaml:3:18: `strategy`: unknown type 'zzz'
           3 | strategy: {type: zzz}
             |                  ^^^  one of: auto, cpu, one_device, mirrored
             | one of your own needs its file in `plugins`, such as plugins: [my_parts.py]
        """,
    ),
    "a word for a number": (
        "train: {epochs: ten}",
        """
        s.yaml:3:17: `train.epochs`: expected a whole number, got 'ten'
           3 | train: {epochs: ten}
             |                 ^^^  such as 10
        """,
    ),
    "a number with a comma": (
        "optimizer: {type: adam, learning_rate: 0,05, clip_norm: 1}",
        """
        s.yaml:3:40: `optimizer.learning_rate`: a number has a point, not a comma
           3 | optimizer: {type: adam, learning_rate: 0,05, clip_norm: 1}
             |                                        ^  write 0.05
        """,
    ),
    "a number with a comma in a line of its own": (
        "optimizer:\n  type: adam\n  learning_rate: 0,05",
        """
        s.yaml:5:18: `optimizer.learning_rate`: expected a number, got '0,05'
           5 |   learning_rate: 0,05
             |                  ^^^^  write 0.05
        """,
    ),
    "a number in quotes": (
        "train: {epochs: '3'}",
        """
        s.yaml:3:17: `train.epochs`: expected a whole number, got '3'
           3 | train: {epochs: '3'}
             |                 ^^^  write 3
        """,
    ),
    "yes, which is text": (
        "optimizer: {type: sgd, nesterov: yes}",
        """
        s.yaml:3:34: `optimizer.nesterov`: expected true or false, got 'yes'
           3 | optimizer: {type: sgd, nesterov: yes}
             |                                  ^^^  write true
        """,
    ),
    "a number out of range": (
        "train: {epochs: 0}",
        """
        s.yaml:3:17: `train.epochs`: expected more than 0, got 0
           3 | train: {epochs: 0}
             |                 ^  such as 10, the default
        """,
    ),
    "a misspelt choice": (
        "normalize: standart",
        """
        s.yaml:3:12: `normalize`: expected standard, range or none, got 'standart'
           3 | normalize: standart
             |            ^^^^^^^^  did you mean `standard`?
        """,
    ),
    "a score there is none of": (
        "expect: {test_acuracy: 0.9}",
        """
        s.yaml:3:10: unknown key 'test_acuracy' in expect
           3 | expect: {test_acuracy: 0.9}
             |          ^^^^^^^^^^^^  did you mean `test_accuracy`?
        """,
    ),
    "a key given twice": (
        "seed: 1\nseed: 2",
        """
        s.yaml:4:1: `seed` is given twice; the first is at line 3
           4 | seed: 2
             | ^^^^  the first: seed: 1
        """,
    ),
    "no YAML": (
        "train: {epochs: 3",
        """
        s.yaml:3:8: not YAML: this `{` is not closed
           3 | train: {epochs: 3
             |        ^  a `}` is missing
        """,
    ),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_a_mistake_is_shown_where_it_is_with_what_was_probably_meant(kind: str) -> None:
    text, said = SHOWN[kind]
    assert without_choices(shown(REST + text), "test_accuracy") == block(said).rstrip()


def test_a_missing_key_is_shown_where_it_belongs() -> None:
    assert shown("dataset: hapt\nmodel: {type: lstm}\ninit_from: {head: false}\n") == block("""
        s.yaml:3:1: `init_from.run` is missing
           3 | init_from: {head: false}
             | ^^^^^^^^^  The run: its folder, or the name of an experiment, whose newest run is meant.
    """).rstrip()  # fmt: skip
    assert shown("# a comment\nseed: 1\nmodel: lstm").split(", ")[0].split("\n") == [
        "s.yaml:2:1: `dataset` is missing",
        "   2 | seed: 1",
        "     | ^  The examples and what is to be predicted.",
        "     | one of: cifar10",
    ]


def test_five_mistakes_of_five_kinds_are_all_shown_in_the_order_of_the_file() -> None:
    text = block("""
        dataset: {type: hapt, widow: 128}
        model: {type: lsmt}
        seed: 1
        seed: 2
        train: {epochs: ten}
        optimizer: {type: adam, learning_rate: -1}
    """)
    assert [problem.mark.line for problem in found(text)] == [1, 2, 4, 5, 6]


def test_a_mistake_on_the_command_line_is_shown_as_it_was_typed_after_those_of_the_file() -> None:
    said = shown(REST + "seed: x", ["train.epochs=ten", "model.unit=[3]", "a"])
    assert said.split("\n", 3)[3] == block("""
        --set train.epochs=ten: `train.epochs`: expected a whole number, got 'ten'
             | train.epochs=ten
             |              ^^^  such as 10
        --set model.unit=[3]: unknown key `unit` in model (lstm)
             | model.unit=[3]
             | ^^^^^^^^^^  did you mean `units`?
        --set a: expected KEY=VALUE, such as train.epochs=5
             | a
             | ^
    """).rstrip()  # fmt: skip


def test_of_a_long_line_only_the_part_around_the_mistake_is_shown() -> None:
    (problem,) = found(f"dataset: hapt\nmodel: {{type: lstm, units: [{'8, ' * 200}x{', 8' * 200}]}}")
    _, line, carets = problem.in_full().split("\n")
    assert len(line) < 120
    assert line.startswith("   2 | ...")
    assert line.endswith("...")
    assert line[carets.index("^")] == "x"


def test_carets_stand_under_what_is_meant_whatever_stands_before() -> None:
    (problem,) = found(f"{REST}train: {{class_weights: {{漢字\N{COMBINING ACUTE ACCENT}: x}}}}")
    _, line, carets = problem.in_full().split("\n")[:3]
    # Two characters of double width, one of no width.
    assert carets.index("^") == line.index("x") + 2 - 1


def test_colours_change_nothing_but_colours() -> None:
    (problem,) = found(REST + "strategy: mirored")
    coloured = problem.in_full(colour=True)
    assert "\x1b[31m^^^^^^^\x1b[0m" in coloured
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[36m"):
        coloured = coloured.replace(code, "")
    assert coloured == problem.in_full()


def test_what_no_terminal_should_be_sent_is_replaced() -> None:
    problem = Problem(Mark("s.yaml", 1, 4, 1, "a:\t\x1b[31m"), "m")
    assert problem.in_full() == "s.yaml:1:4: m\n   1 | a: \N{REPLACEMENT CHARACTER}[31m\n     |    ^"


def test_without_the_line_the_place_is_told() -> None:
    assert Problem(Mark("s.yaml", 3, 1), "m", "h").in_full() == "s.yaml:3:1: m\n     | h"


@example("1\r\r\r1")
@given(st.text("[]{}:,'\"!&*#|>-\n ab1~.?%@`\\\t\x85\r\u2028", max_size=40))
def test_a_problem_of_any_text_can_be_shown(text: str) -> None:
    try:
        problems = parse(text, "s.yaml").problems
    except SpecError as error:
        problems = error.problems
    for problem in problems:
        assert 1 <= len(problem.in_full().split("\n")) <= 4
