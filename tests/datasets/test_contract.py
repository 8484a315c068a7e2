"""What every dataset in the union does, as `dlcli init` writes it. A new one is tried here by itself."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from dlcli.datasets import Dataset
from dlcli.datasets.checks import check
from dlcli.datasets.data import Classes, Data, MultiLabel, Reals
from dlcli.datasets.spec import DatasetSpec
from dlcli.errors import MissingData
from dlcli.metrics.names import SCORES
from dlcli.spec.structure import classes_in, type_name
from tests.datasets.test_outlook import SPECS

FEW: dict[str, dict[str, Any]] = {"dates": {"train": 40, "validation": 8, "test": 8}}
"""Of those that make as many examples as they are told to."""
TYPES = sorted(str(type_name(cls)) for cls in classes_in(Dataset))
every = pytest.mark.parametrize("kind", TYPES)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a download was attempted")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setenv("DLCLI_OFFLINE", "1")


def made(kind: str) -> DatasetSpec:
    (cls,) = (cls for cls in classes_in(Dataset) if type_name(cls) == kind)
    values = {"type": kind, **cls.first_values(), **FEW.get(kind, {})}
    spec: DatasetSpec = TypeAdapter(Dataset).validate_python(values, strict=False)
    return spec


def has_stand_in(kind: str) -> bool:
    """Whether its examples are in files; of those that are made by code or come with dlcli they are there anyway."""
    return type(made(kind)).write_stand_in is not DatasetSpec.write_stand_in


def load(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Data:
    monkeypatch.chdir(folder)
    spec = made(kind)
    if has_stand_in(kind):
        spec.write_stand_in(folder)
    return spec.load(folder)


def files(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@every
def test_it_can_be_trained_on_and_is_what_its_outlook_says(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, outlook = load(kind, tmp_path, monkeypatch), made(kind).outlook()
    check(data, kind)
    assert list(data.splits) == ["train", "validation", "test"]
    assert (data.vocabulary is not None) == outlook.tokens
    assert outlook.predicts in (None, *SCORES)
    for split in data.splits.values():
        x, y = split.x[:], split.y
        assert x.dtype.kind == ("i" if outlook.tokens else "u" if x.dtype == np.uint8 else "f")
        assert y.dtype == (np.float32 if isinstance(data.target, Reals | MultiLabel) else np.int32)
        assert y.ndim == (1 if isinstance(data.target, Classes) else 2)
        assert len(x) == len(y) == len(split) > 0
        assert split.name_of(0)
        assert all(values.shape == y.shape for values in split.naive.values())


@every
def test_it_is_the_same_every_time_it_is_loaded(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(kind, tmp_path, monkeypatch).fingerprint() == made(kind).load(tmp_path).fingerprint()


@every
def test_less_of_it_is_data_too(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = load(kind, tmp_path, monkeypatch)
    few = data.smaller(6)
    assert [len(split) for split in few.splits.values()] == [min(6, len(split)) for split in data.splits.values()]
    assert few.fingerprint() != data.fingerprint()


@pytest.mark.parametrize("kind", [kind for kind in TYPES if has_stand_in(kind)])
def test_its_stand_in_is_small_and_the_same_every_time(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        load(kind, folder, monkeypatch)
        written.append(files(folder))
    assert written[0] == written[1]
    assert 0 < sum(map(len, written[0].values())) < 10_000_000


@pytest.mark.parametrize("kind", [kind for kind in TYPES if has_stand_in(kind)])
def test_where_its_files_are_not_here_it_says_what_is_missing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = made(kind)
    path = getattr(spec, "path", None)
    with pytest.raises(MissingData, match=rf"\b{kind}\b" if path is None else rf"\b{path}\b"):
        spec.load(tmp_path)
    assert list(tmp_path.iterdir()) == []


@every
def test_what_is_published_is_told_with_its_authors_licence_and_size(kind: str) -> None:
    spec = made(kind)
    facts = type(spec).facts
    assert (facts is None) == (getattr(spec, "path", None) is not None or kind == "dates")
    if facts is not None:
        assert facts.page.startswith("https://") or facts.page.startswith("http://")
        assert all((facts.authors, facts.licence, facts.example, facts.train + facts.test > 0))
        assert facts.classes == (spec.outlook().classes or facts.classes)


def test_what_a_spec_tells_of_its_data_is_tried_of_every_dataset() -> None:
    assert [kind for kind in TYPES if not any(values["type"] == kind for values in SPECS)] == []
