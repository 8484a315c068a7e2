"""The JSON Schema of specs takes what loads, and refuses the mistakes that can be seen without code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dlcli.component import Component
from dlcli.shipped import shipped
from dlcli.spec import Experiment
from dlcli.spec.examples import complete, example
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.spec.schema import FILE_KEYS, spec_schema
from dlcli.spec.structure import fields_below
from tests.spec.problems import REST, problems

SCHEMA = spec_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
CONFIGS = sorted(shipped("configs").glob("*.yaml"))


def complaints(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(plain(parse(text, "s.yaml").values))]


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_it_takes_every_shipped_config(path) -> None:
    assert complaints(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("place", "cls"), fields_below(Experiment), ids=lambda each: str(each))
def test_it_takes_every_example(place: tuple[str, ...], cls: type[Component]) -> None:
    if place.count("schedule") < 2:
        assert complaints(complete(example(place, cls))) == []


TAKEN = [
    "init_from: har_lstm", "init_from: {run: har_lstm}", "init_from: null", "optimizer: sgd",
    "augment: [jitter, mixup]", "augment: [{type: scale, fraction: 1}]", "optimizer: {type: adam, learning_rate: 1e-3}",
    "folds: 0x10", "expect: {test_accuracy: 1}", "metrics: [balanced_accuracy]",
    "metrics: [{type: top_k_accuracy, k: 3}]",
    "metrics: [{type: top_k_accuracy, k: 3}]\nexpect: {test_top_3_accuracy: 0.9, train_loss: 1}",
    "train: {class_weights: balanced}", "train: {class_weights: {walking: 2}}", "train: {early_stopping: {}}",
    "model: {type: sequential, layers: [Flatten, {Dense: {units: 3}}, {ReLU: null}]}",
]  # fmt: skip
REFUSED = [
    "sed: 3", "train: {epoch: 3}", "optimizer: {type: adam, momentum: 0.9}", "optimizer: adma",
    "optimizer: {type: adma}", "optimizer: {learning_rate: 0.1}", "train: {epochs: ten}", "train: {epochs: 0}",
    "train: {epochs: 1.5}", "train: {label_smoothing: 1}", "folds: 1", "seed: -1", "normalize: standart",
    "expect: {test_acuracy: 0.9}", "expect: {test_accuracy: high}", "metrics: balanced_accuracy",
    "expect: {test_balanced_accuracy: 0.9}", "metrics: [balanced_accuracy]\nexpect: {tset_balanced_accuracy: 0.9}",
    "name: -x", "augment: flip", "init_from: {}", "leave_one_group_out: yes", "train: null",
    "strategy: {type: mirrored, devices: []}", "strategy: {type: one_device, device: gpu}",
    "optimizer: {type: adam, schedule: {type: piecewise}}", "optimizer: {type: adam, schedule: piecewise}",
    "init_from: {run: a, heads: true}", "dataset: {type: csv}", "dataset: csv",
    "dataset: {type: images, path: a, size: [3]}", "model: {type: sequential, layers: [{A: {}, B: {}}]}",
    "model: sequential", "model: {type: lstm, units: []}", "model: {type: lstm, units: 3}",
]  # fmt: skip


def spec(line: str) -> str:
    key = line.partition(":")[0]
    return f"{line}\n" + "".join(rest for rest in REST.splitlines(True) if not rest.startswith(f"{key}:"))


@pytest.mark.parametrize("line", TAKEN)
def test_it_takes_what_loads(line: str) -> None:
    assert check(parse(spec(line), "s.yaml"))
    assert complaints(spec(line)) == []


@pytest.mark.parametrize("line", REFUSED)
def test_it_refuses_what_does_not_load(line: str) -> None:
    assert problems(spec(line))
    assert complaints(spec(line))


@pytest.mark.parametrize("text", ["model: lstm", "dataset: hapt"])
def test_it_misses_what_must_be_given(text: str) -> None:
    missing = "dataset" if text == "model: lstm" else "model"
    assert complaints(text) == [f"'{missing}' is a required property"]


def test_the_keys_of_the_file_are_known_at_the_top_only() -> None:
    assert complaints(f"version: 1\nplugins: [mine]\n{REST}") == []
    assert complaints(f"version: 2\n{REST}")
    assert complaints(f"plugins: mine\n{REST}")
    for key in ("version", "plugins", *FILE_KEYS):
        assert complaints(f"{REST}train: {{{key}: 1}}\n")


@pytest.mark.parametrize("bases", ["base.yaml", "[base.yaml, more.yaml]"])
def test_a_spec_that_extends_another_may_leave_keys_out_but_not_misspell_them(bases: str) -> None:
    head = f"extends: {bases}\n"
    assert complaints(head) == []
    assert (
        complaints(f"{head}model: {{units: [3]}}\ndataset: {{test: {{by: class}}}}\ninit_from: {{head: false}}") == []
    )
    assert complaints(f"{head}model: {{unitz: [3]}}")
    assert complaints(f"{head}train: {{epochs: 0}}")
    assert complaints("extends: 3\n")
    assert complaints(f"{head}expect: {{test_misses: 0.5}}") == []
    assert complaints(f"{head}expect: {{misses: 0.5}}")


def test_the_scores_that_there_always_are_can_be_proposed() -> None:
    expect = SCHEMA["$defs"]["Experiment"]["properties"]["expect"]
    assert {"test_accuracy", "validation_loss", "train_r2"} <= set(expect["propertyNames"]["anyOf"][0]["enum"])


def properties(part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that the schema knows."""
    for name, definition in part["$defs"].items():
        for key, value in definition["properties"].items():
            yield f"{name}.{key}", value


def test_every_key_says_what_it_is_and_its_default() -> None:
    found = dict(properties(SCHEMA))
    assert found["Training.epochs"]["description"] == "Passes over the training split, at most."
    assert found["Experiment.expect"]["default"] == {}
    for name, value in found.items():
        definition, _, key = name.rpartition(".")
        assert "description" in value or key == "type", name
        required = SCHEMA["$defs"][definition].get("required", [])
        if "partly" not in name and key not in {"version", "extends"}:
            assert "default" in value or key in required, name


def test_nothing_is_open_but_what_has_names_of_its_own() -> None:
    for name, definition in SCHEMA["$defs"].items():
        assert definition["additionalProperties"] is False, name


def test_editors_are_not_offered_what_they_cannot_show() -> None:
    examples = [each for _, value in properties(SCHEMA) for each in value.get("examples", ())]
    assert examples
    assert not any(isinstance(each, dict) for each in examples)
    assert not any("examples" in definition for definition in SCHEMA["$defs"].values())
