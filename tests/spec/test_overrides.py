"""Values of the command line, laid over those of the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.spec import Experiment
from dlcli.spec.load import check, resolve
from dlcli.spec.overrides import override
from dlcli.spec.problems import Mark
from dlcli.spec.reading import parse
from tests.spec.problems import REST, problem, problems


def laid(text: str, *arguments: str) -> dict[str, object]:
    document = parse(text, "s.yaml")
    for argument in arguments:
        document = override(document, argument, Experiment)
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
    override(document, "a.b=2", Experiment)
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
        document = override(document, f"{'.'.join(path)}={number}", Experiment)
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
    assert said == "--set train.epochs=[1:1:14: not YAML: this `[` is not closed"


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


LISTS = "a: [1, [2, 3]]\naugment: [flip, {type: jitter, deviations: 0.1}]\nmodel: {type: lstm, units: [8, 4]}"


@pytest.mark.parametrize(
    ("argument", "key", "expected"),
    [
        ("a[0]=5", "a", (5, (2, 3))),
        ("a[1][1]=5", "a", (1, (2, 5))),
        ("a[1]={b: 2}", "a", (1, {"b": 2})),
        ("augment[1].deviations=0.2", "augment", ("flip", {"type": "jitter", "deviations": 0.2})),
        ("augment[0].x=1", "augment", ({"type": "flip", "x": 1}, {"type": "jitter", "deviations": 0.1})),
        ("augment[1]=jitter", "augment", ("flip", {"type": "jitter", "deviations": 0.1})),
        ("augment[1]=crop", "augment", ("flip", {"type": "crop"})),
        ("model.units[1]=16", "model", {"type": "lstm", "units": (8, 16)}),
    ],
)  # fmt: skip
def test_an_item_of_a_list_can_be_set(argument: str, key: str, expected: object) -> None:
    assert laid(LISTS, argument)[key] == expected


def test_an_item_that_is_no_component_is_replaced_not_merged() -> None:
    text = "model: {type: sequential, layers: [{Dense: {units: 8}}, Flatten]}"
    assert laid(text, "model.layers[0]={LSTM: {units: 4}}")["model"] == {
        "type": "sequential",
        "layers": ({"LSTM": {"units": 4}}, "Flatten"),
    }
    assert laid(text, "model.layers[0].Dense.units=4")["model"] == {
        "type": "sequential",
        "layers": ({"Dense": {"units": 4}}, "Flatten"),
    }


@pytest.mark.parametrize(
    ("argument", "said", "hint"),
    [
        ("augment[2]=flip", "`augment` has 2 items, so there is no item 2 to set", "they are numbered from 0 to 1"),
        ("augment[2].x=1", "`augment` has 2 items, so there is no item 2 to set", "they are numbered from 0 to 1"),
        ("a[1][7]=1", "`a[1]` has 2 items, so there is no item 7 to set", "they are numbered from 0 to 1"),
        ("e[0]=1", "`e` has no items, so there is no item 0 to set", ""),
        ("one[1]=1", "`one` has 1 item, so there is no item 1 to set", ""),
        ("train.epochs[0]=1", "`train.epochs` is not given in the spec, so there is no item 0 to set",
         "give the whole list: train.epochs=[...]"),
        ("dataset[0]=1", "`dataset` is 'hapt' and no list, so there is no item 0 to set", ""),
        ("augment.x=1", "`augment` is a list and holds no keys", "an item of it: augment[0].x"),
        ("normalize.x=1", "`normalize` is 'range' and holds no keys", ""),
        ("extends=b.yaml", "`extends` stands in files only; --set gives single values", ""),
    ],
)  # fmt: skip
def test_a_place_that_there_is_not_is_refused_with_what_there_is(argument: str, said: str, hint: str) -> None:
    document = parse(f"{LISTS}\ne: []\none: [1]\ndataset: hapt\nnormalize: range", "s.yaml")
    (problem,) = resolve(document, [argument]).problems
    assert (str(problem), problem.hint) == (f"--set {argument}: {said}", hint)
    assert problem.mark.text == argument


def test_a_number_in_brackets_that_no_list_could_have_is_a_key() -> None:
    assert laid("a: 1", f"b[{'9' * 5000}]=1") == {"a": 1, f"b[{'9' * 5000}]": 1}
    assert laid("a: 1", "b[m/s]=1", "[0]=2") == {"a": 1, "b[m/s]": 1, "[0]": 2}


def test_what_is_wrong_with_a_list_is_shown_where_its_item_was_set() -> None:
    said = problem(
        "dataset: {type: hapt, validation_subjects: [7, 23]}\nmodel: lstm", ["dataset.validation_subjects[0]=9"]
    )
    assert said.startswith("--set dataset.validation_subjects[0]=9:1:1: `dataset.validation_subjects` (=[9, 23])")
    said = problem(f"{REST}optimizer: sgd\naugment: [{{type: jitter, deviations: x}}, flip]", ["augment[1]=mixup"])
    assert said.startswith("s.yaml:4:38: `augment[0].deviations`")


def test_a_mapping_is_laid_over_another_as_a_file_is() -> None:
    train = laid("train: {epochs: 3, batch_size: 8}", "train={epochs: 5}")
    assert train == {"train": {"epochs": 5, "batch_size": 8}}
    assert laid("expect: {test_loss: 1}", "expect={}") == {"expect": {}}


def test_a_word_that_is_no_type_keeps_what_it_stands_for() -> None:
    experiment = check(parse(f"{REST}init_from: a", "s.yaml"), ["init_from.head=false"])
    assert experiment.init_from is not None
    assert (experiment.init_from.run, experiment.init_from.head) == ("a", False)


MODEL = "dataset: hapt\nmodel:\n  type: lstm\n  units: [8]\n  dropout: 0.5\n"


@pytest.mark.parametrize("argument", ["model.type=gru", "model=gru", "model={type: gru}"])
def test_another_type_drops_the_keys_of_the_old_one_and_says_so(argument: str) -> None:
    document = resolve(parse(MODEL, "s.yaml"), [argument])
    assert document.values["model"] == {"type": "gru"}
    assert document.remarks == (
        f"--set {argument}: left out `units` and `dropout` (s.yaml:4, s.yaml:5), because `model` is no longer of type "
        "'lstm'",
    )
    assert check(document).model.type == "gru"


@pytest.mark.parametrize("argument", ["model.type=lstm", "model=lstm", "model={type: lstm}", "model={dropout: 0.5}"])
def test_the_same_type_drops_nothing(argument: str) -> None:
    document = resolve(parse(MODEL, "s.yaml"), [argument])
    assert document.values == parse(MODEL, "s.yaml").values
    assert document.remarks == ()


def test_only_what_is_lost_is_remarked_on() -> None:
    assert resolve(parse(REST, "s.yaml"), ["model=gru"]).remarks == ()
    document = resolve(parse(MODEL, "s.yaml"), ["model={type: gru, units: [4]}", "model.l2=0.1", "model=mlp"])
    assert document.remarks == (
        "--set model={type: gru, units: [4]}: left out `dropout` (s.yaml:5), because `model` is no longer of type "
        "'lstm'",
        "--set model=mlp: left out `units` and `l2` (--set model={type: gru, units: [4]}, --set model.l2=0.1), because "
        "`model` is no longer of type 'gru'",
    )


def test_a_type_inside_a_list_and_inside_a_component_drops_as_well() -> None:
    schedule = "{type: adam, schedule: {type: cosine, final_fraction: 0.5}}"
    text = f"{REST}augment: [{{type: jitter, deviations: 0.1}}]\noptimizer: {schedule}"
    document = resolve(parse(text, "s.yaml"), ["augment[0].type=mixup", "optimizer.schedule=constant"])
    assert [remark.split(": left out ")[1] for remark in document.remarks] == [
        "`deviations` (s.yaml:3), because `augment[0]` is no longer of type 'jitter'",
        "`final_fraction` (s.yaml:4), because `optimizer.schedule` is no longer of type 'cosine'",
    ]
