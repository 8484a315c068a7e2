"""From a file to an Experiment or to everything that is wrong with it, and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dlcli.component import Component
from dlcli.datasets import Dataset
from dlcli.datasets.hapt import CHANNELS, Hapt
from dlcli.errors import SpecError
from dlcli.models import Model
from dlcli.models.bilstm import BiLSTM
from dlcli.models.gru import GRU
from dlcli.models.lstm import LSTM
from dlcli.optimizers import Optimizer
from dlcli.optimizers.adam import Adam
from dlcli.optimizers.sgd import SGD
from dlcli.schedules.constant import Constant
from dlcli.schedules.cosine import Cosine
from dlcli.spec import Experiment, dump, load
from dlcli.spec.experiment import EarlyStopping, Training
from dlcli.spec.load import check, checked
from dlcli.spec.reading import parse
from dlcli.spec.structure import classes_in
from dlcli.strategies import Strategy
from dlcli.strategies.auto import Auto
from dlcli.strategies.cpu import Cpu
from dlcli.strategies.one_device import OneDevice
from tests.spec.problems import REST
from tests.spec.test_writing import TEXT

_positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
_share = st.floats(0, 1, exclude_max=True)
_counts = st.integers(1, 10**6)
_validation = st.sampled_from(["val_accuracy", "val_loss"])
_schedules = st.one_of(
    st.builds(Constant, warmup_epochs=st.floats(0, 50)),
    st.builds(Cosine, warmup_epochs=st.floats(0, 50), final_fraction=st.floats(0, 1)),
)
_optimizers = st.one_of(
    st.builds(
        Adam, learning_rate=_positive, schedule=_schedules, beta_1=_share, epsilon=_positive,
        clip_norm=st.none() | _positive,
    ),
    st.builds(SGD, learning_rate=_positive, momentum=_share, nesterov=st.booleans(), schedule=_schedules),
)  # fmt: skip
_models = st.sampled_from([LSTM, BiLSTM, GRU]).flatmap(
    lambda kind: st.builds(
        kind,
        units=st.lists(_counts, min_size=1, max_size=3).map(tuple),
        dropout=_share,
        pooling=st.sampled_from(["last", "mean", "max"]),
        l2=st.floats(0, 1),
    )
)
_trainings = st.builds(
    Training,
    epochs=_counts,
    batch_size=_counts,
    keep=_validation,
    early_stopping=st.none() | st.builds(EarlyStopping, metric=_validation, patience=_counts),
    class_weights=st.none() | st.just("balanced") | st.dictionaries(TEXT, _positive, max_size=3),
    label_smoothing=_share,
)
_experiments = st.builds(
    Experiment,
    name=st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9ü_.-]{0,8}\Z"),
    seed=st.integers(0, 2**32 - 1),
    expect=st.dictionaries(st.sampled_from(["test_accuracy", "test_loss", "validation_macro_f1"]), st.floats(0, 1)),
    dataset=st.builds(
        Hapt,
        window=st.integers(16, 500),
        channels=st.lists(st.sampled_from(CHANNELS), min_size=1, unique=True).map(tuple),
        transitions=st.booleans(),
    ),
    model=_models,
    optimizer=_optimizers,
    train=_trainings,
    strategy=st.one_of(st.just(Auto()), st.just(Cpu()), st.builds(OneDevice, device=st.just("GPU:3"))),
)


def recorded(text: str) -> Experiment:
    """The experiment of a spec whose parts need not fit each other, as in a run's folder."""
    return checked(parse(text, "s.yaml"), combined=False)[1]


@given(_experiments)
def test_what_is_dumped_loads_to_an_equal_experiment(experiment: Experiment) -> None:
    assert recorded(dump(experiment)) == experiment


SHOWN = [
    (cls, json.dumps(values))
    for family in (Dataset, Model, Optimizer, Strategy)
    for cls in classes_in(family)
    for values in (cls.model_config.get("json_schema_extra") or {}).get("examples", ())
]


@pytest.mark.parametrize(("cls", "values"), SHOWN)
def test_what_documentation_shows_is_recorded_so_that_it_can_be_read_again(cls: type[Component], values: str) -> None:
    part = cls.model_validate(parse(values, "shown.yaml").values)
    recorded = json.dumps(part.model_dump(mode="json"))
    assert cls.model_validate(parse(recorded, "spec.yaml").values) == part


@given(_experiments)
def test_a_dump_of_what_was_loaded_is_the_same_to_the_letter(experiment: Experiment) -> None:
    text = dump(experiment)
    assert dump(recorded(text)) == text


@given(_experiments)
def test_readers_of_yaml_1_1_read_the_same_from_a_dump(experiment: Experiment) -> None:
    assert yaml.safe_load(dump(experiment)) == experiment.model_dump(mode="json")


def test_a_dump_says_everything_and_nothing_by_alias() -> None:
    text = dump(check(parse(REST, "har.yaml")))
    assert text.startswith(
        "version: 1\nplugins: []\nname: har\nseed: 0\nmetrics: []\nexpect: {}\ndataset:\n  type: hapt\n"
    )
    assert "learning_rate: 0.001\n" in text
    assert "units: [32]\n" in text
    assert "&" not in text


def test_the_file_names_the_experiment_unless_the_spec_does(tmp_path: Path) -> None:
    path = tmp_path / "my.run-2.yaml"
    path.write_text(REST)
    assert load(path).name == "my.run-2"
    assert load(path, ["name=other"]).name == "other"


def test_a_file_name_that_cannot_name_an_experiment_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "my run.yaml"
    path.write_text(REST)
    with pytest.raises(SpecError, match=r"my run\.yaml:1:1: `name`: expected a name of .*, got 'my run'"):
        load(path)
