"""A type that is unknown or missing hides no mistakes that are mistakes under any type that may be meant."""

from __future__ import annotations

import pytest

from tests.spec.problems import REST, found, problem, problems, shown, without_choices
from tests.spec.test_problems import block


def test_below_a_misspelt_type_the_mistakes_are_told_that_the_near_type_has() -> None:
    assert (
        without_choices(shown("dataset: hapt\nmodel: {type: lsmt, unitz: [3], dropout: 2}"), "linear")
        == block("""
        s.yaml:2:15: `model`: unknown type 'lsmt'
           2 | model: {type: lsmt, unitz: [3], dropout: 2}
             |               ^^^^  did you mean `lstm`?
        s.yaml:2:21: unknown key `unitz` in model (lstm)
           2 | model: {type: lsmt, unitz: [3], dropout: 2}
             |                     ^^^^^  did you mean `units`?
        s.yaml:2:42: `model.dropout`: expected less than 1, got 2
           2 | model: {type: lsmt, unitz: [3], dropout: 2}
             |                                          ^  such as 0.0, the default
    """).rstrip()
    )


def test_of_several_near_types_only_what_is_wrong_in_all_is_told() -> None:
    # `adamw` has a weight decay, `adam` has none; neither takes it for a momentum.
    assert problem(f"{REST}optimizer: {{type: adamx, weight_decay: 0.1}}").endswith("unknown type 'adamx'")
    assert [each.split(": ")[1] for each in problems(f"{REST}optimizer: {{type: adamx, momentum: 0.1}}")] == [
        "`optimizer`",
        "unknown key `momentum` in optimizer (adam)",
    ]


def test_types_within_a_misspelt_one_are_looked_into_as_well() -> None:
    said = problems(f"{REST}optimizer: {{type: adamm, schedule: {{type: cosin, warmup: 1}}}}")
    assert [each.partition(": ")[2] for each in said] == [
        "`optimizer`: unknown type 'adamm'",
        "`optimizer.schedule`: unknown type 'cosin'",
        "unknown key `warmup` in optimizer.schedule (cosine)",
    ]


def test_below_a_type_like_no_other_only_parts_that_are_the_same_everywhere_are_looked_into() -> None:
    said = problems("dataset: {type: zzz, path: a, target: y, zzz: 1, validation: {fractoin: 0.1}}\nmodel: mlp")
    assert said == [
        "s.yaml:1:17: `dataset`: unknown type 'zzz'",
        "s.yaml:1:63: unknown key `fractoin` in dataset.validation",
    ]


def test_what_is_missing_under_a_type_that_is_only_guessed_is_not_told() -> None:
    assert problem("dataset: {type: cvs}\nmodel: mlp") == "s.yaml:1:17: `dataset`: unknown type 'cvs'"


def test_without_a_type_one_that_fits_the_keys_is_named_and_keys_that_no_type_has_are_told() -> None:
    assert shown(f"{REST}optimizer: {{lr: 1, momentum: 0.9}}").split("\n")[2:] == [
        "     |            ^^^^^^^^^^^^^^^^^^^^^^  such as `type: rmsprop`",
        "s.yaml:3:13: unknown key `lr` in optimizer",
        "   3 | optimizer: {lr: 1, momentum: 0.9}",
        "     |             ^^  did you mean `learning_rate`?",
    ]
    (only,) = found("dataset: {path: a.csv, target: y}\nmodel: mlp")
    assert only.hint == "such as `type: csv`"
    (only,) = found(f"{REST}optimizer: {{learning_rate: 1}}")
    assert only.hint == "such as `type: adam`"
    assert [each.hint for each in found(f"{REST}strategy: {{zzz: 1}}")] == [
        "such as `type: auto`",
        "no type has this key",
    ]


@pytest.mark.parametrize(
    ("part", "hint"),
    [
        ("model: {lstm: {units: [3]}}", "write {type: lstm, units: [3]}"),
        ("model: {lstm: null}", "write {type: lstm}"),
        ("model: {type: ensemble, members: [mlp, {cnn: {filters: [3]}}]}", "write {type: cnn, filters: [3]}"),
    ],
)
def test_a_type_that_stands_as_a_key_is_told_with_the_right_form(part: str, hint: str) -> None:
    (only,) = found(f"dataset: hapt\n{part}")
    assert only.hint == hint


@pytest.mark.parametrize("part", ["{type: jiter, zzz: 1}", "{zzz: 1}"])
def test_of_very_many_unknown_types_the_first_ten_are_looked_into(part: str) -> None:
    said = problems(f"{REST}augment: [{', '.join([part] * 40)}]")
    assert len([each for each in said if "unknown key `zzz`" in each]) == 10
