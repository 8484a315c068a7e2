"""Which models suit which data: what is suggested for both is a spec that loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.datasets import Dataset
from dlcli.families import adding
from dlcli.models import Model
from dlcli.plugins.files import read_plugin
from dlcli.spec import Experiment
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.spec.structure import classes_in, type_name
from dlcli.starter.kinds import called, data_kinds, first_values, models_for, takes_task, usual_path, why_unfit
from dlcli.starter.text import commented

PARTS = '''
from typing import Literal

from dlcli.component import Component
from dlcli.datasets.spec import DatasetSpec, Outlook
from dlcli.errors import UsageError
from dlcli.plugins import dataset, model


@dataset
class Rolls(DatasetSpec):
    type: Literal["rolls"] = "rolls"

    def outlook(self):
        return Outlook(predicts="classes", shape=(16, 2))

    def load(self, folder):
        raise NotImplementedError


@dataset
class Unsaid(DatasetSpec):
    """Needs a value of which it says nothing to `dlcli init`."""

    type: Literal["unsaid"] = "unsaid"
    files: str

    def load(self, folder):
        raise NotImplementedError


@model
class Rolling(Component):
    type: Literal["rolling"] = "rolling"
    size: int

    @classmethod
    def first_values(cls, outlook):
        return {"size": (outlook.shape or (8,))[0] or 8}

    def refuse_unfit(self, shape):
        if len(shape) != 2:
            raise UsageError("model: rolling reads signals")

    def build(self, x, outputs):
        raise NotImplementedError
'''
COMBINATIONS = [(kind, model) for kind in data_kinds() for model in models_for(kind)]


@pytest.mark.parametrize(("kind", "model"), COMBINATIONS)
def test_for_every_kind_of_data_and_model_that_fits_there_are_values_that_load(kind: str, model: str) -> None:
    found = {"target": "y"} if kind in ("csv", "windows") else {}
    text = commented(Experiment, first_values(kind, None, found, model), {})
    experiment = check(parse(text, "spec.yaml"))
    assert (experiment.dataset.type, experiment.model.type, experiment.name) == (kind, model, "spec")


def test_a_users_own_data_has_a_usual_path_and_comes_first() -> None:
    own = [kind for kind in data_kinds() if usual_path(kind)]
    assert set(own) == {"csv", "frames", "npz", "images", "pairs", "recordings", "text", "windows"}
    assert data_kinds()[:8] == tuple(own)


@pytest.mark.parametrize(
    ("kind", "model"),
    {
        "csv": "mlp",
        "windows": "lstm",
        "images": "cnn",
        "npz": "mlp",
        "trec": "text_cnn",
        "text": "gru",
        "pairs": "seq2seq",
    }.items(),
)
def test_there_is_a_model_to_begin_with_for_each_form_of_data(kind: str, model: str) -> None:
    assert models_for(kind)[0] == model


def test_every_dataset_of_dlclis_own_and_every_model_that_needs_no_values_are_offered() -> None:
    assert set(data_kinds()) == {type_name(cls) for cls in classes_in(Dataset)}
    offered = {model for _, model in COMBINATIONS}
    assert {type_name(cls) for cls in classes_in(Model)} - offered == {"sequential", "ensemble"}


def test_a_plugins_dataset_and_model_are_offered_by_what_they_say_of_themselves(tmp_path: Path) -> None:
    file = tmp_path / "parts.py"
    file.write_text(PARTS)
    with adding(read_plugin(file).parts):
        assert "rolls" in data_kinds()
        assert "unsaid" not in data_kinds()
        assert (usual_path("rolls"), models_for("rolls")) == (None, models_for("hapt"))
        assert "rolling" in models_for("hapt")
        assert "rolling" not in models_for("csv")
        assert why_unfit("rolling", "csv") == "reads signals (csv: one row of a table)"
        assert first_values("hapt", None, {}, "rolling")["model"] == {"type": "rolling", "size": 128}
    assert "rolls" not in data_kinds()


def test_numbers_can_be_predicted_from_some_kinds_alone() -> None:
    assert [takes_task(kind) for kind in ("csv", "npz", "mnist")] == [True, True, False]


def test_a_spec_is_called_after_its_data_by_a_name_that_runs_can_have() -> None:
    assert called("csv", "my data/old houses.csv") == "old_houses"
    assert called("csv", "…") == called("csv", None) == "csv"


def test_why_a_model_cannot_read_data_is_said_of_those_that_cannot() -> None:
    assert why_unfit("lstm", "csv") == (
        "reads signals (T, C), or images (H, W, C) row by row; each example here has the shape F (csv: one row of "
        "a table)"
    )
    assert why_unfit("mlp", "trec").endswith("seq2seq and sequential read (trec: a text)")
    assert why_unfit("lstm", "dates").endswith("(dates: a text of which another one is to be written)")
    assert why_unfit("bilstm", "npz") == why_unfit("sequential", "npz") == ""
    assert {why_unfit(model, kind) for kind, model in COMBINATIONS} == {""}
    assert why_unfit("linaer", "csv") == ""


@pytest.mark.parametrize("kind", data_kinds())
def test_of_every_model_that_does_not_fit_it_is_said_why(kind: str) -> None:
    every = {model for _, model in COMBINATIONS}
    assert all(why_unfit(model, kind) for model in every - set(models_for(kind)))
