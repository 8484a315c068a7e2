"""The typed tree: what a spec may hold, and that nobody can change it afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from dlcli.component import Component
from dlcli.datasets.hapt import Hapt
from dlcli.models.lstm import LSTM
from dlcli.spec import Experiment
from dlcli.spec.experiment import Training
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from tests.spec.problems import REST

FULL = REST + "expect: {test_loss: 1}\ntrain: {class_weights: {walking: 2}, early_stopping: {}}\noptimizer: sgd\n"


def everything(value: object) -> Iterator[object]:
    yield value
    if isinstance(value, Component):
        for _, below in value:
            yield from everything(below)
    elif isinstance(value, Mapping):
        for below in value.values():
            yield from everything(below)
    elif isinstance(value, tuple):
        for below in value:
            yield from everything(below)


@pytest.mark.parametrize("text", [REST, FULL], ids=["defaults", "full"])
def test_an_experiment_is_frozen_all_the_way_down(text: str) -> None:
    for part in everything(check(parse(text, "s.yaml"))):
        assert isinstance(part, Component | Mapping | tuple | str | int | float | None)
        target: Any = part
        if isinstance(part, Component):
            field = next(iter(type(part).model_fields))
            with pytest.raises(ValidationError, match="frozen"):
                setattr(target, field, getattr(part, field))
        elif isinstance(part, Mapping):
            with pytest.raises(TypeError, match="does not support item assignment"):
                target["new"] = 1.0


def test_a_spec_and_the_experiment_made_of_it_share_nothing() -> None:
    document = parse(FULL, "s.yaml")
    experiment = check(document)
    expected: Any = document.values["expect"]
    expected["test_loss"] = 5
    assert experiment.expect == {"test_loss": 1.0}


def test_two_readings_of_one_spec_are_equal_and_a_change_shows() -> None:
    one, two = check(parse(FULL, "s.yaml")), check(parse(FULL, "s.yaml"))
    assert one == two
    assert one != check(parse(FULL, "s.yaml"), ["train.class_weights.walking=3"])


def test_an_experiment_can_be_put_together_in_python() -> None:
    assert Experiment(name="s", dataset=Hapt(), model=LSTM()) == check(parse(REST, "s.yaml"))


def test_whole_numbers_may_stand_where_numbers_are_expected() -> None:
    assert check(parse(REST + "optimizer: {type: sgd, learning_rate: 1}", "s.yaml")).optimizer.learning_rate == 1.0


def test_class_weights_are_a_word_or_a_number_for_each_name() -> None:
    assert Training(class_weights="balanced").class_weights == "balanced"
    assert Training(class_weights={"a": 2}).class_weights == {"a": 2.0}
    assert Training().class_weights is None


@pytest.mark.parametrize("part", [Experiment, Training])
def test_every_field_has_a_line_of_help(part: type[Component]) -> None:
    for name, field in part.model_fields.items():
        assert field.description, name
