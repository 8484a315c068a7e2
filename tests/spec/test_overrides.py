"""Values of the command line, laid over those of the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.spec.load import check
from dlcli.spec.overrides import override
from dlcli.spec.problems import Mark
from dlcli.spec.reading import parse
from tests.spec.problems import REST, problem, problems


def laid(text: str, *arguments: str) -> dict[str, object]:
    document = parse(text, "s.yaml")
    for argument in arguments:
        document = override(document, argument)
    return document.values


def test_a_value_replaces_the_one_of_the_file() -> None:
    assert laid("a: {b: 1, c: 2}", "a.b=3") == {"a": {"b": 3, "c": 2}}


def test_the_value_is_yaml() -> None:
    assert laid("a: 1", "a=[1e-3, yes, {b: ~}]") == {"a": (0.001, "yes", {"b": None})}


def test_the_value_may_hold_equals_signs() -> None:
    assert laid("a: 1", "a=b=c") == {"a": "b=c"}


def test_keys_on_the_way_are_made() -> None:
    assert laid("a: 1", "b.c.d=2") == {"a": 1, "b": {"c": {"d": 2}}}
    assert laid("b:", "b.c=2") == {"b": {"c": 2}}


def test_a_key_under_a_bare_word_keeps_the_word_as_the_type() -> None:
    assert laid("optimizer: sgd", "optimizer.momentum=0.9") == {"optimizer": {"type": "sgd", "momentum": 0.9}}
    experiment = check(parse(REST + "optimizer: sgd", "s.yaml"), ["optimizer.momentum=0.9"])
    assert experiment.optimizer.model_dump(include={"type", "momentum"}) == {"type": "sgd", "momentum": 0.9}


def test_the_type_under_a_bare_word_can_be_changed() -> None:
    assert check(parse(REST, "s.yaml"), ["model.type=gru"]).model.type == "gru"


def test_of_two_overrides_the_last_one_counts() -> None:
    assert laid("a: 1", "a=2", "a=3") == {"a": 3}


def test_the_document_itself_stays_as_it_was() -> None:
    document = parse("a: {b: 1}", "s.yaml")
    override(document, "a.b=2")
    assert document.values == {"a": {"b": 1}}
    assert document.mark(("a", "b")) == Mark("s.yaml", 1, 8)


_keys = st.sampled_from("abc")


@given(st.lists(st.tuples(st.lists(_keys, min_size=1, max_size=3), st.integers(0, 9)), max_size=5))
def test_what_was_set_last_is_what_is_there(settings: list[tuple[list[str], int]]) -> None:
    document = parse("z: 1", "s.yaml")
    for path, number in settings:
        inner: object = document.values
        on_the_way = []
        for step in path:
            on_the_way.append(inner)
            inner = inner.get(step) if isinstance(inner, dict) else None
        if any(isinstance(each, int) for each in on_the_way):
            continue
        document = override(document, f"{'.'.join(path)}={number}")
        reached: object = document.values
        for step in path:
            assert isinstance(reached, dict)
            reached = reached[step]
        assert reached == number
        assert document.mark(tuple(path)).source == f"--set {'.'.join(path)}={number}"
    assert document.values["z"] == 1


@pytest.mark.parametrize("argument", ["x", "=3", "a..b=1", ".a=1", "a.=1", " =1", ""])
def test_what_is_no_key_and_value_is_refused(argument: str) -> None:
    assert problem(REST, [argument]) == f"--set {argument}:1:1: expected KEY=VALUE, such as train.epochs=5"


def test_a_value_that_is_not_yaml_is_refused_where_it_stands() -> None:
    said = problem(REST, ["train.epochs=[1"])
    assert said == "--set train.epochs=[1:1:16: not YAML: what begins at line 1 is not closed"


def test_a_key_given_twice_in_a_value_is_refused() -> None:
    said = problem(REST, ["train={epochs: 1, epochs: 2}"])
    assert said == "--set train={epochs: 1, epochs: 2}:1:19: `epochs` is given twice; the first is at line 1"


@pytest.mark.parametrize(("file", "what"), [("train: {epochs: 3}", "3"), ("train: {epochs: [1, 2]}", "a list")])
def test_a_key_under_a_value_that_holds_none_is_refused(file: str, what: str) -> None:
    said = problems(REST + file, ["train.epochs.x=1"])[-1]
    assert said == f"--set train.epochs.x=1:1:1: `train.epochs` is {what} and holds no keys"


def test_the_problems_of_all_overrides_are_told_at_once_in_their_order() -> None:
    assert [said.split(": ")[0] for said in problems(REST, ["z", "model=[", "a.=1"])] == [
        "--set z:1:1",
        "--set model=[:1:8",
        "--set a.=1:1:1",
    ]


@pytest.mark.parametrize(
    ("argument", "column", "said"),
    [
        ("train.epochs=x", 14, "`train.epochs`: expected a whole number, got 'x'"),
        ("train.epochs=", 14, "`train.epochs`: expected a whole number, got nothing"),
        ("model={type: lstm, units: [3, x]}", 31, "`model.units[1]`: expected a whole number, got 'x'"),
        ("model.unit=3", 1, "unknown key `unit` in model (lstm)"),
        ("train.foo.bar=3", 1, "unknown key `foo` in train"),
        ("model.units.0=3", 1, "`model.units`: expected a list, got {'0': 3}"),
        ("strategy.device=3", 1, "`strategy`: expected a `type` (auto, cpu, one_device or mirrored), got {device: 3}"),
    ],
)
def test_a_wrong_value_is_marked_in_the_argument(argument: str, column: int, said: str) -> None:
    assert problem(REST + "train: {epochs: 3}", [argument]) == f"--set {argument}:1:{column}: {said}"


def test_nothing_is_marked_where_the_file_had_what_was_replaced() -> None:
    said = problem("dataset: hapt\nmodel: {type: lstm}", ["model=lsmt"])
    assert said == "--set model=lsmt:1:7: `model`: unknown type 'lsmt'"


def test_what_the_override_leaves_alone_is_marked_in_the_file() -> None:
    assert problem(REST + "train: {epochs: x}", ["train.batch_size=3"]).startswith("s.yaml:3:17: `train.epochs`")
