"""How a class joins a family, and which cannot."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dlcli.errors import SpecError
from dlcli.plugins.files import plugin_as_read, read_plugin
from dlcli.spec import Experiment, dump, load
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from tests.plugins.parts import PARTS, write

HEAD = """
from typing import Literal
from dlcli.component import Component
from dlcli.plugins import dataset, metric, model, optimizer
"""


def refusal(folder: Path, text: str) -> str:
    """What is said of a plugin, with its line."""
    path = folder / "parts.py"
    path.write_text(HEAD + text)
    with pytest.raises(SpecError) as caught:
        read_plugin(path)
    (problem,) = caught.value.problems
    assert problem.mark.source == str(path)
    return f"{problem.mark.line}: {problem.message}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@model\nclass A(Component):\n    def build(self): ...", "5: @model: class A needs the word by which"),
        (
            "@model\nclass A(Component):\n    type: str = 'a'\n    def build(self): ...",
            "5: @model: class A needs the w",
        ),
        (
            "@model\nclass A(Component):\n    type: Literal['a b'] = 'a b'\n    def build(self): ...",
            "5: @model: class A",
        ),
        ("@model\nclass A(Component):\n    type: Literal['a'] = 'a'", "5: @model: class A needs a method `build`"),
        (
            "@model\nclass A(Component):\n    type: Literal['a'] = 'a'\n    @property\n    def reconstructs(self): ...",
            "5: @model: class A needs a method `build_reconstruction`",
        ),
        (
            "@dataset\nclass A(Component): ...",
            "5: @dataset: class A must be a subclass of dlcli.datasets.spec.DatasetSpec",
        ),
        ("@metric\nclass A(Component): ...", "5: @metric: class A must be a subclass of dlcli.metrics.spec.MetricSpec"),
        ("@optimizer\nclass A(Component): ...", "5: @optimizer: class A must be a subclass of dlcli.optimizers.grad"),
        (
            "@model\nclass A(Component):\n    type: Literal['lstm'] = 'lstm'\n    def build(self): ...",
            "5: @model: class A has the type `lstm`, which is that of a model of dlcli's own",
        ),
    ],
)
def test_a_class_that_cannot_be_a_part_is_refused_at_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(tmp_path, text)


def test_a_dataset_must_load(tmp_path: Path) -> None:
    text = "from dlcli.datasets.spec import DatasetSpec\n@dataset\nclass A(DatasetSpec):\n    type: Literal['a'] = 'a'"
    assert "class A needs a method `load`" in refusal(tmp_path, text)


def test_a_name_clash_with_one_of_ours_tells_where_both_are(tmp_path: Path) -> None:
    said = refusal(tmp_path, "@model\nclass A(Component):\n    type: Literal['mlp'] = 'mlp'\n    def build(self): ...")
    assert re.search(r"\(.*dlcli/models/mlp\.py:\d+\)", said)


def test_a_type_may_stand_in_two_families(tmp_path: Path) -> None:
    text = PARTS.replace('"half"', '"tiny"')
    experiment = load(write(tmp_path, parts=text), ["optimizer.schedule=tiny"])
    assert (experiment.optimizer.schedule.type, experiment.model.type) == ("tiny", "tiny")


def test_a_spec_with_a_part_of_each_family_is_read(tmp_path: Path) -> None:
    experiment = load(write(tmp_path))
    parts = (experiment.dataset, experiment.model, experiment.optimizer, experiment.optimizer.schedule)
    assert [type(part).__name__ for part in parts] == ["Board", "Tiny", "Plain", "Half"]
    assert [type(part).__name__ for part in (*experiment.augment, experiment.strategy, *experiment.metrics)] == [
        "Shift", "First", "Misses",
    ]  # fmt: skip
    assert experiment.expect == {"test_misses": 0.9}


def test_what_is_dumped_loads_to_an_equal_experiment_from_anywhere(tmp_path: Path) -> None:
    experiment = load(write(tmp_path / "a"))
    assert check(parse(dump(experiment), "other/s.yaml")) == experiment


def test_a_part_can_be_given_in_python(tmp_path: Path) -> None:
    loaded = load(write(tmp_path))
    made = Experiment.model_validate({"name": "all", "dataset": loaded.dataset, "model": loaded.model})
    assert made.model is loaded.model
    assert made.model_dump(mode="json")["model"] == {"type": "tiny", "units": 3}
    with pytest.raises(ValueError, match=r"expected a `type` \(cifar10"):
        Experiment.model_validate({"dataset": loaded.model, "model": loaded.model})


def test_parts_are_known_only_to_specs_that_name_their_file(tmp_path: Path) -> None:
    load(write(tmp_path))
    with pytest.raises(SpecError, match="unknown type 'tiny'"):
        check(parse("dataset: hapt\nmodel: tiny\n", "s.yaml"))


def test_a_file_is_run_once_for_what_it_holds(tmp_path: Path) -> None:
    one, copy, other = (write(tmp_path / name) for name in ("one", "copy", "other"))
    (tmp_path / "other" / "parts.py").write_text(PARTS.replace("units: PositiveInt = 4", "units: PositiveInt = 5"))
    models = [load(path).model for path in (one, copy, other)]
    assert type(models[0]) is type(models[1])
    assert type(models[0]) is not type(models[2])
    assert [model.type for model in models] == ["tiny"] * 3


def test_a_plugin_that_changes_later_is_remembered_as_it_was_read(tmp_path: Path) -> None:
    path = write(tmp_path).parent / "parts.py"
    read = read_plugin(path)
    path.write_text("nothing")
    assert plugin_as_read(path).source == read.source == PARTS.encode()
    assert len(read.sha256) == 64
