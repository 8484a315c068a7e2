"""Published texts: their stand-ins, what happens where nothing is here, and the publishers' own files."""

from __future__ import annotations

import os
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.data import Classes, NextToken
from dlcli.datasets.rt_polarity import RtPolarity
from dlcli.datasets.tiny_shakespeare import TinyShakespeare
from dlcli.datasets.trec import Trec
from dlcli.errors import DataError, MissingData

DATASETS = [Trec(), RtPolarity(), TinyShakespeare(steps=20)]
each = pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.type)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


@each
def test_the_stand_in_is_read_by_the_loader_of_the_real_files_and_always_the_same(dataset, tmp_path):
    fingerprints = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        dataset.write_stand_in(folder)
        data = dataset.load(folder)
        assert dataset.place(folder) is not None
        assert set(data.splits) == {"train", "validation", "test"}
        assert data.vocabulary[:2] == ("<padding>", "<unknown>")
        assert data.remarks[0].startswith("only a part of it: ")
        fingerprints.append(data.fingerprint())
    assert fingerprints[0] == fingerprints[1]
    outlook = dataset.outlook()
    assert outlook.tokens
    assert outlook.validation
    assert outlook.test
    assert isinstance(data.target, NextToken if outlook.per_step else Classes)
    assert outlook.classes is None or outlook.classes == data.target.names
    assert outlook.shape in ((None,), data.train.x.shape[1:])


@each
def test_where_it_is_not_here_and_cannot_be_had_what_to_do_is_said(dataset, tmp_path):
    assert dataset.place(tmp_path) is None
    with pytest.raises(MissingData, match=rf"dataset {dataset.type}: .* could not be downloaded[\s\S]*sha256"):
        dataset.load(tmp_path)


def test_a_label_of_another_set_is_named(tmp_path):
    Trec().write_stand_in(tmp_path)
    file = tmp_path / "sentences" / "TREC.test.all"
    file.write_text(file.read_text() + "6 What is this ?\n")
    with pytest.raises(DataError, match=r"TREC.test.all, line 61, has the label '6'; expected one of 0, 1, 2, 3, 4, 5"):
        Trec().load(tmp_path)


def test_plays_are_divided_in_their_order():
    with pytest.raises(ValidationError, match=r"`validation` \(={by: chance}\) must be a fraction alone"):
        TinyShakespeare(validation={"by": "chance"})


@pytest.mark.real_data
def test_the_publishers_own_files():
    folder = Path(os.environ.get("DLCLI_DATA", ""))
    if "DLCLI_DATA" not in os.environ or not list(folder.glob("*/TREC.train.all")):
        pytest.skip("DLCLI_DATA names no folder with TREC.train.all in it")
    trec = Trec(validation=None).load(folder)
    assert np.bincount(trec.train.y).tolist() == [1162, 1250, 86, 1223, 835, 896]
    assert len(trec.test) == 500
    reviews = RtPolarity(validation=None, test=None).load(folder)
    assert np.bincount(reviews.train.y).tolist() == [5331, 5331]
    plays = TinyShakespeare().load(folder)
    assert plays.remarks == ()
    assert len(plays.vocabulary) == 2 + 65
    tokens = {name: int((split.y >= 0).sum()) for name, split in plays.splits.items()}
    assert sum(tokens.values()) == 1115394 - 3
    assert tokens["validation"] == pytest.approx(tokens["test"], rel=0.01) == pytest.approx(1115394 / 20, rel=0.01)
