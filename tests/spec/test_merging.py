"""Values laid over others: what wins, what stays, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.spec import Experiment
from dlcli.spec.merging import Laid, Upper, lay
from dlcli.spec.reading import parse
from dlcli.spec.structure import value_at
from dlcli.spec.writing import write


def laid(lower: str, upper: str) -> dict[str, object]:
    above = parse(upper, "upper.yaml")
    return lay(parse(lower, "lower.yaml"), Upper(above.values, above.keys, above.marks), Experiment).values


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        ("{learning_rate: 1}", "adam", {"learning_rate": 1, "type": "adam"}),
        ("adam", "{learning_rate: 1}", {"learning_rate": 1, "type": "adam"}),
        ("{type: adam, learning_rate: 1}", "adam", {"learning_rate": 1, "type": "adam"}),
        ("{type: adam, learning_rate: 1}", "{type: adam, ema: 0.9}", {"learning_rate": 1, "type": "adam", "ema": 0.9}),
        ("{type: adam, learning_rate: 1}", "sgd", {"type": "sgd"}),
        ("{type: adam, learning_rate: 1}", "{type: sgd, momentum: 0.5}", {"type": "sgd", "momentum": 0.5}),
        ("{type: adam, learning_rate: 1}", "{}", {}),
        ("{type: adam, learning_rate: 1}", "~", None),
        ("adam", "sgd", "sgd"),
        (
            "{type: adam, schedule: {type: cosine, final_fraction: 0.1}}",
            "{schedule: exponential}",
            {"type": "adam", "schedule": {"type": "exponential"}},
        ),
        (
            "{type: adam, schedule: cosine}",
            "{schedule: {warmup_epochs: 1}}",
            {"type": "adam", "schedule": {"type": "cosine", "warmup_epochs": 1}},
        ),
    ],
)
def test_words_and_mappings_meet_as_everywhere_and_another_type_drops_the_rest(
    lower: str, upper: str, expected: object
) -> None:
    assert laid(f"optimizer: {lower}", f"optimizer: {upper}") == {"optimizer": expected}


def test_a_word_is_short_for_what_it_is_short_for_in_its_place() -> None:
    assert laid("init_from: a", "init_from: {head: false}") == {"init_from": {"run": "a", "head": False}}
    assert laid("init_from: {run: a, head: false}", "init_from: b") == {"init_from": {"run": "b", "head": False}}
    assert laid("train: {class_weights: balanced}", "train: {class_weights: {a: 1}}") == {
        "train": {"class_weights": {"a": 1}}
    }
    # A class may be called so.
    weights = "train: {class_weights: {type: 1, b: 2}}"
    assert laid(weights, weights.replace("1", "3")) == {"train": {"class_weights": {"type": 3, "b": 2}}}


def specs(leaves: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Specs with other keys than an experiment's, so that all may be nested in all."""
    values = st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=2).map(tuple) | st.dictionaries(st.sampled_from("abc"), inner, min_size=1)
        ),
        max_leaves=6,
    )
    return st.dictionaries(st.sampled_from("abc"), values, min_size=1, max_size=3)


def leaves(values: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(values, dict):
        for key, below in values.items():
            yield from leaves(below, (*path, key))
    else:
        yield path, values


_ANY = specs(st.integers(0, 9))


@given(_ANY, _ANY)
def test_what_is_laid_over_is_there_and_what_it_does_not_speak_of_stays(
    low: dict[str, object], high: dict[str, object]
) -> None:
    merged = laid(write(low, width=80), write(high, width=80))
    above = dict(leaves(high))
    assert {path: value_at(merged, path) for path in above} == above
    kept = {
        path: value
        for path, value in leaves(low)
        if isinstance(value_at(high, path[:-1]), dict) and path[-1] not in value_at(high, path[:-1])
    }
    assert {path: value_at(merged, path) for path in kept} == kept


@given(specs(st.just("low")), specs(st.just("high")))
def test_every_value_keeps_its_own_place_and_no_place_is_without_a_value(
    low: dict[str, object], high: dict[str, object]
) -> None:
    lower, upper = (parse(write(each, width=80), name) for each, name in ((low, "low"), (high, "high")))
    merged = lay(lower, Upper(upper.values, upper.keys, upper.marks), Experiment)
    for path, mark in merged.marks.items():
        value = value_at(merged.values, path)
        assert path == () or value is not None
        assert not isinstance(value, str) or value == mark.source
    assert set(merged.keys) == {path for path in merged.marks if path and isinstance(path[-1], str)} - words(merged)


def words(merged: Laid) -> set[tuple[str | int, ...]]:
    """The types that bare words became."""
    return {path for path in merged.marks if path[-1:] == ("type",)}
