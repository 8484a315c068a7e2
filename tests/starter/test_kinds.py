"""Which models suit which data: what is suggested for both is a spec that loads."""

from __future__ import annotations

import pytest

from dlcli.spec import Experiment
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.starter.kinds import called, data_kinds, first_values, models_for, takes_task, usual_path, why_unfit
from dlcli.starter.text import commented

COMBINATIONS = [(kind, model) for kind in data_kinds() for model in models_for(kind)]


@pytest.mark.parametrize(("kind", "model"), COMBINATIONS)
def test_for_every_kind_of_data_and_model_that_fits_there_are_values_that_load(kind: str, model: str) -> None:
    found = {"target": "y"} if kind in ("csv", "windows") else {}
    text = commented(Experiment, first_values(kind, None, found, model), {})
    experiment = check(parse(text, "spec.yaml"))
    assert (experiment.dataset.type, experiment.model.type, experiment.name) == (kind, model, "spec")


def test_a_users_own_data_has_a_usual_path_and_comes_first() -> None:
    own = [kind for kind in data_kinds() if usual_path(kind)]
    assert set(own) == {"csv", "npz", "images", "pairs", "recordings", "text", "windows"}
    assert data_kinds()[:7] == tuple(own)


def test_numbers_can_be_predicted_from_some_kinds_alone() -> None:
    assert [takes_task(kind) for kind in ("csv", "npz", "mnist")] == [True, True, False]


def test_a_spec_is_called_after_its_data_by_a_name_that_runs_can_have() -> None:
    assert called("csv", "my data/old houses.csv") == "old_houses"
    assert called("csv", "…") == called("csv", None) == "csv"


def test_why_a_model_cannot_read_data_is_said_of_those_that_cannot() -> None:
    assert why_unfit("lstm", "csv") == (
        "reads images, sequences such as the measurements of a sensor, and texts; an example of csv is one row of a "
        "table"
    )
    assert {why_unfit(model, kind) for kind, model in COMBINATIONS} == {""}
    assert why_unfit("linaer", "csv") == ""


@pytest.mark.parametrize("kind", data_kinds())
def test_of_every_model_that_does_not_fit_it_is_said_why(kind: str) -> None:
    every = {model for _, model in COMBINATIONS}
    assert all(why_unfit(model, kind) for model in every - set(models_for(kind)))
