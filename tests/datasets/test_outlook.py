"""What a spec tells of its data is what the data then turns out to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from dlcli.datasets import Dataset
from dlcli.datasets.data import Classes, MultiLabel, NextToken, Reals, Timelines, TokenSequence
from dlcli.datasets.spec import DatasetSpec, Outlook
from dlcli.spec.structure import classes_in

SPECS: list[dict[str, Any]] = [
    {"type": "mnist"},
    {"type": "mnist", "validation": None},
    {"type": "fashion_mnist"},
    {"type": "cifar10"},
    {"type": "uci_har", "channels": ("total_acc_x",)},
    {"type": "uci_har", "validation_subjects": (1,)},
    {"type": "uci_har", "validation": None},
    {"type": "hapt", "window": 200},
    {"type": "hapt", "transitions": True, "channels": ("body_acc_x", "body_acc_y")},
    {"type": "hapt_recordings", "steps": 512, "stride": 512, "channels": ("body_acc_x",)},
    {"type": "frames", "path": "a", "background": ("sitting",)},
    {"type": "frames", "path": "a", "steps": 32, "classes": ("x", "y"), "channels": ("a", "b"), "validation": None},
    {"type": "dates", "train": 30, "validation": 4, "test": 5},
    {"type": "dates", "train": 30, "validation": 0, "test": 0},
    {"type": "pairs", "path": "a.txt", "by": "words"},
    {"type": "pairs", "path": "a.txt", "test_path": "b.txt", "validation": None},
    {"type": "csv", "path": "a.csv", "target": "y", "task": "reals"},
    {"type": "csv", "path": "a.csv", "target": ("y", "z")},
    {"type": "csv", "path": "a.csv", "target": "y", "classes": ("a", "b"), "group": "who"},
    {"type": "csv", "path": "a.csv", "target": "y", "test": None, "validation": None},
    {"type": "csv", "path": "a.csv", "target": "y", "test_path": "b.csv"},
    {"type": "npz", "path": "a.npz"},
    {"type": "npz", "path": "a.npz", "task": "reals"},
    {"type": "npz", "path": "a.npz", "task": "labels", "x": "in", "y": "out", "classes": ("a", "b", "c")},
    {"type": "csv", "path": "a.csv", "target": ("y", "z", "w"), "task": "labels"},
    {"type": "npz", "path": "a.npz", "x": "in", "y": "out", "groups": "who", "test": None},
    {"type": "npz", "path": "a.npz", "x": "in", "y": "out", "validation": None, "classes": ("a", "b", "c")},
    {"type": "images", "path": "a", "size": (16, 24), "color": "gray"},
    {"type": "images", "path": "a", "validation": None, "test": None},
    {"type": "csv", "path": "a.csv", "target": "y", "extract": {"t": ("n", "(A|B)")}, "features": ("t", "z_bucket")}
    | {"buckets": {"z": (0.0, 1.0)}, "missing": "median", "duplicates": "allow"},
    {"type": "windows", "path": "a.csv", "target": "y", "steps": 5},
    {"type": "windows", "path": "a.csv", "target": "y", "steps": 30, "columns": ("z", "y"), "horizon": 4, "season": 7}
    | {"log": True, "difference": True, "newest_first": True, "test": {"rows": 40}, "validation": None},
    {"type": "text", "path": "a.txt", "steps": 8},
    {"type": "text", "path": "a.txt", "label": "first"},
    {"type": "trec"},
    {"type": "trec", "validation": None, "length": 9},
    {"type": "rt_polarity"},
    {"type": "rt_polarity", "test": None},
    {"type": "tiny_shakespeare", "steps": 16},
    {"type": "titanic"},
    {"type": "titanic", "test": None, "validation": None, "features": ("Age", "Sex")},
    {"type": "recordings", "path": "a", "window": 32},
    {"type": "recordings", "path": "a", "channels": ("a", "b"), "classes": ("x", "y"), "validation": None},
]  # fmt: skip


PREDICTED = {
    Classes: "classes",
    Reals: "reals",
    MultiLabel: "labels",
    NextToken: "tokens",
    TokenSequence: "sequences",
    Timelines: "timelines",
}


def spec_of(values: dict[str, Any]) -> DatasetSpec:
    spec: DatasetSpec = TypeAdapter(Dataset).validate_python(values)
    return spec


@pytest.mark.parametrize("values", SPECS, ids=lambda values: "-".join(map(str, values)))
def test_nothing_is_told_that_the_data_does_not_bear_out(values: dict[str, Any], tmp_path: Path) -> None:
    spec = spec_of(values)
    outlook = spec.outlook()
    if spec.type not in ("hapt", "hapt_recordings", "dates"):  # type: ignore[attr-defined]
        spec.write_stand_in(tmp_path)
    data = spec.load(tmp_path)
    shape = data.train.x.shape[1:]
    if outlook.shape is not None:
        assert len(shape) == len(outlook.shape)
        assert all(size in (None, is_there) for size, is_there in zip(outlook.shape, shape, strict=True))
    assert outlook.predicts in (None, PREDICTED[type(data.target)])
    assert outlook.classes in (None, data.target.names)
    assert outlook.validation in (None, data.validation is not None)
    assert outlook.test in (None, data.test is not None)
    assert outlook.groups in (None, data.train.groups is not None)


@pytest.mark.parametrize("values", SPECS, ids=lambda values: "-".join(map(str, values)))
def test_the_files_it_names_are_those_of_the_user(values: dict[str, Any]) -> None:
    assert spec_of(values).outlook().files == tuple(key for key in values if key.endswith("path"))


def test_every_dataset_tells_something() -> None:
    assert {values["type"] for values in SPECS} == {cls.model_fields["type"].default for cls in classes_in(Dataset)}
    assert all(spec_of(values).outlook() != Outlook() for values in SPECS)
    assert DatasetSpec().outlook() == Outlook()


def test_a_table_at_a_url_is_no_file_of_the_user() -> None:
    values = {"type": "csv", "url": "http://a/b.csv", "sha256": "0" * 64, "target": 1}
    assert spec_of(values).outlook().files == ()
