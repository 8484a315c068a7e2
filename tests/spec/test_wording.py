"""What is wrong with a spec is told in the words of a spec."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.component import a_type_of
from dlcli.errors import SpecError
from dlcli.optimizers import Optimizer
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.spec.writing import write
from tests.spec.problems import REST, problem, problems
from tests.spec.test_writing import TEXT


def types(union: Any) -> str:
    """The types there are, as a problem names them."""
    return a_type_of([choice.model_fields["type"].default for choice in get_args(get_args(union)[0])])


WRONG = [
    ("epoch: 3", "3:1: unknown key `epoch`"),
    ("train: {epoch: 3}", "3:9: unknown key `epoch` in train"),
    ("strategy: {type: cpu, gpu: 1}", "3:23: unknown key `gpu` in strategy (cpu)"),
    ("optimizer: {type: adam, adam: 3}", "3:25: unknown key `adam` in optimizer (adam)"),
    ("train: {epochs: true}", "3:17: `train.epochs`: expected a whole number, got true"),
    ("train: {epochs: '3'}", "3:17: `train.epochs`: expected a whole number, got '3'"),
    ("train: {epochs: 3.0}", "3:17: `train.epochs`: expected a whole number, got 3.0"),
    ("train: {epochs: }", "3:16: `train.epochs`: expected a whole number, got nothing"),
    ("train: {epochs: 0}", "3:17: `train.epochs`: expected more than 0, got 0"),
    ("train: {label_smoothing: '0.1'}", "3:26: `train.label_smoothing`: expected a number, got '0.1'"),
    ("train: {label_smoothing: true}", "3:26: `train.label_smoothing`: expected a number, got true"),
    ("train: {label_smoothing: 1}", "3:26: `train.label_smoothing`: expected less than 1, got 1"),
    ("train: {label_smoothing: -1}", "3:26: `train.label_smoothing`: expected at least 0, got -1"),
    (
        "train: {keep: accuracy}",
        "3:15: `train.keep`: expected best, last, val_accuracy, val_loss, val_rmse, val_mse, val_mae, val_macro_f1 or "
        "val_nats_per_token, got 'accuracy'",
    ),
    ("train: fast", "3:8: `train`: expected keys and values, got 'fast'"),
    ("train: [1]", "3:8: `train`: expected keys and values, got [1]"),
    ("train: {early_stopping: 3}", "3:25: `train.early_stopping`: expected keys and values, got 3"),
    (
        "train: {class_weights: even}",
        "3:24: `train.class_weights`: expected balanced or keys and values, got 'even'",
    ),
    ("train: {class_weights: {up: x}}", "3:29: `train.class_weights.up`: expected a number, got 'x'"),
    ("train: {class_weights: {type: 0}}", "3:31: `train.class_weights.type`: expected more than 0, got 0"),
    ("optimizer: {type: sgd, nesterov: 1}", "3:34: `optimizer.nesterov`: expected true or false, got 1"),
    ("optimizer: {learning_rate: 1}", f"3:12: `optimizer`: expected {types(Optimizer)}, got {{learning_rate: 1}}"),
    ("optimizer: 3", f"3:12: `optimizer`: expected {types(Optimizer)}, got 3"),
    ("optimizer: [sgd]", f"3:12: `optimizer`: expected {types(Optimizer)}, got [sgd]"),
    ("optimizer: adamm", "3:12: `optimizer`: unknown type 'adamm'"),
    ("optimizer: {type: adamm}", "3:19: `optimizer`: unknown type 'adamm'"),
    ("optimizer: {type: [adam]}", "3:19: `optimizer`: unknown type [adam]"),
    ("optimizer: {type: adam, schedule: cos}", "3:35: `optimizer.schedule`: unknown type 'cos'"),
    ("expect: {accuracy: 0.9}", "3:10: unknown key 'accuracy' in expect"),
    ("expect: {test_loss: low}", "3:21: `expect.test_loss`: expected a number, got 'low'"),
    ("expect: {test_loss: .nan}", "3:21: `expect.test_loss`: expected a finite number, got .nan"),
    ("expect: 0.9", "3:9: `expect`: expected keys and values, got 0.9"),
    (
        "name: a/b",
        "3:7: `name`: expected a name of letters, digits and `_ - .` that starts with a letter or digit, got 'a/b'",
    ),
    ("seed: -1", "3:7: `seed`: expected at least 0, got -1"),
    ("seed: 4294967296", "3:7: `seed`: expected less than 4294967296, got 4294967296"),
    (
        "strategy: {type: one_device, device: gpu0}",
        "3:38: `strategy.device`: expected a kind and a number, such as GPU:1, got 'gpu0'",
    ),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[text for text, _ in WRONG])
def test_what_is_wrong_is_told_with_its_place_what_was_expected_and_what_came(text: str, said: str) -> None:
    assert problem(REST + text) == f"s.yaml:{said}"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("3", "1:27: `model.units`: expected a list, such as [3], got 3"),
        ("big", "1:27: `model.units`: expected a list, such as [big], got 'big'"),
        ("{a: 1}", "1:27: `model.units`: expected a list, got {a: 1}"),
        ("[]", "1:27: `model.units`: expected a list of 1 or more, got []"),
        ("[8, 0]", "1:31: `model.units[1]`: expected more than 0, got 0"),
    ],
)
def test_a_list_is_a_list_of_what_it_should_hold(model: str, said: str) -> None:
    assert problem(f"model: {{type: gru, units: {model}}}\ndataset: hapt") == f"s.yaml:{said}"


def test_a_text_that_is_too_short_is_told_with_how_long_it_must_be() -> None:
    said = problem("model: gru\ndataset: {type: text, text: h}")
    assert said == "s.yaml:2:29: `dataset.text`: expected text of 3 or more characters, got 'h'"


@pytest.mark.parametrize(
    ("model", "dataset"), [("gru", "text, path: a.txt"), ("seq2seq", "pairs, path: a.txt"), ("text_cnn", "trec")]
)
def test_a_vocabulary_tells_two_tokens_apart_or_more(model: str, dataset: str) -> None:
    said = problem(f"dataset: {{vocabulary: 1, type: {dataset}}}\nmodel: {model}")
    assert said == "s.yaml:1:23: `dataset.vocabulary`: expected at least 2, got 1"


def test_a_validators_own_words_stand_after_the_whole_path() -> None:
    said = problem("model: lstm\ndataset: {type: hapt, channels: []}")
    assert said == "s.yaml:2:33: `dataset.channels` (=[]) must name at least one channel"


@pytest.mark.parametrize("rate", [".inf", "-.inf", ".nan", "1e999"])
@pytest.mark.parametrize("key", ["learning_rate", "clip_norm"])
def test_a_number_that_is_not_finite_is_refused(key: str, rate: str) -> None:
    said = problem(REST + f"optimizer: {{type: sgd, {key}: {rate}}}")
    got = ".inf" if rate == "1e999" else rate
    assert said.endswith(f"`optimizer.{key}`: expected a finite number, got {got}")


def test_missing_keys_are_told_where_they_should_stand() -> None:
    assert problems("seed: 1") == ["s.yaml:1:1: `dataset` is missing", "s.yaml:1:1: `model` is missing"]


def test_all_problems_are_told_at_once_in_file_order() -> None:
    text = "train:\n  epochs: x\n  batch_sise: 3\nseed: -1\nmodel: {type: lstm, units: 3}\n"
    assert [said.split(": ")[0] for said in problems(text)] == [
        "s.yaml:1:1", "s.yaml:2:11", "s.yaml:3:3", "s.yaml:4:7", "s.yaml:5:28",
    ]  # fmt: skip


def test_what_was_given_is_cut_where_it_is_long() -> None:
    said = problem(REST + f"train: {{epochs: {'x' * 500}}}")
    assert said.endswith(f"got '{'x' * 56}...")


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT | st.sampled_from(["type", "[key]"]), inner),
    max_leaves=6,
)
_fields = st.sampled_from(
    ["name", "seed", "expect", "dataset", "model", "optimizer", "train", "strategy", "train.epochs", "model.units",
     "train.class_weights", "train.early_stopping", "optimizer.schedule", "strategy.device", "expect.test_loss"]
)  # fmt: skip


@given(_fields, _values)
def test_whatever_stands_in_a_field_is_taken_or_refused_in_plain_words(field: str, value: object) -> None:
    argument = f"{field}={write(value, width=float('inf'), in_one_line=True)}"
    try:
        check(parse(REST + "optimizer: sgd\nstrategy: one_device\n", "s.yaml"), [argument])
    except SpecError as error:
        for each in error.problems:
            words = each.message.split("got ")[0]
            for leak in ("Input", "valid ", "dictionary", "tuple", "literal[", "function-", "instance", "mappingproxy"):
                assert leak not in words
            assert each.mark.source.startswith("--set ")
