"""What an experiment trains on: the data, a few examples of it, or made-up ones in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from dlcli.datasets import Dataset
from dlcli.datasets.checks import check
from dlcli.datasets.data import Data
from dlcli.datasets.files.download import offline
from dlcli.datasets.spec import DatasetSpec
from dlcli.errors import DataError, MissingData
from dlcli.spec import Experiment
from dlcli.spec.load import check as experiment_of
from dlcli.spec.reading import parse
from dlcli.training.loading import SMOKE_EXAMPLES, load_data, load_folds

KINDS = {kind.model_fields["type"].default: kind for kind in get_args(get_args(Dataset)[0])}
SHIPPED = {"hapt", "hapt_recordings", "dates"}
"""What comes with dlcli, or is made by its code."""


def experiment(dataset: str, more: str = "") -> Experiment:
    text = f"{{dataset: {dataset}, model: linear{', ' * bool(more)}{more}}}"
    loaded: Experiment = experiment_of(parse(text, "t.yaml"))
    return loaded


def made(kind: str) -> DatasetSpec:
    spec: DatasetSpec = KINDS[kind].model_validate({"type": kind, **KINDS[kind].first_values()}, strict=False)
    return spec


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLCLI_DATA", str(tmp_path / "empty"))


def test_every_dataset_needs_a_stand_in_or_is_shipped() -> None:
    without = {name for name, kind in KINDS.items() if kind.write_stand_in is DatasetSpec.write_stand_in}
    assert without == SHIPPED
    with pytest.raises(NotImplementedError):
        made("hapt").write_stand_in(Path())


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - SHIPPED))
def test_every_dataset_loads_its_own_stand_in(kind: str, tmp_path: Path) -> None:
    spec = made(kind)
    with offline(), pytest.raises(MissingData):
        spec.load(tmp_path / "empty")
    folder = tmp_path / "stand-in"
    folder.mkdir()
    spec.write_stand_in(folder)
    with offline():
        data = spec.load(folder)
    check(data, kind)
    assert {"train", "test"} <= set(data.splits)
    assert all(map(len, data.splits.values()))
    through = load_data(experiment("hapt").model_copy(update={"dataset": spec}), smoke=True)
    assert through.stand_in
    assert not data.stand_in
    assert through.fingerprint() == data.smaller(SMOKE_EXAMPLES).fingerprint()


def test_the_shipped_dataset_is_itself_in_a_smoke_run() -> None:
    data = load_data(experiment("hapt"), smoke=True)
    assert not data.stand_in
    assert {len(split) for split in data.splits.values()} == {SMOKE_EXAMPLES}


def table(rows: int, *, folder: Path = Path("empty")) -> None:
    folder.mkdir(exist_ok=True)
    lines = [f"{n}.5,{n % 2},p{n % 5}" for n in range(rows)]
    (folder / "t.csv").write_text("\n".join(["x,y,who", *lines, ""]))


TABLE = "{type: csv, path: t.csv, target: y, group: who}"


def test_a_smoke_run_takes_a_few_of_what_is_there() -> None:
    table(2000)
    data = load_data(experiment(TABLE), smoke=True)
    assert (len(data.train), data.stand_in) == (SMOKE_EXAMPLES, False)
    assert len(load_data(experiment(TABLE)).train) > SMOKE_EXAMPLES


def test_data_that_is_wrong_is_not_replaced_by_made_up_examples() -> None:
    table(50)
    Path("empty/t.csv").write_text("x,y,who\n1,2\n")
    with pytest.raises(DataError, match=r"t\.csv"):
        load_data(experiment(TABLE), smoke=True)


def test_without_smoke_data_that_is_not_there_is_missed_by_name() -> None:
    with pytest.raises(MissingData, match=r"^t\.csv: there is no such file"):
        load_data(experiment(TABLE))


def all_tested(parts: list[Data]) -> list[Any]:
    return sorted(np.concatenate([part.test.x for part in parts if part.test is not None])[:, 0].tolist())


def test_folds_and_a_fold_by_its_number_are_the_same() -> None:
    table(60)
    spec = experiment(TABLE, "folds: 4")
    parts = [(part, count) for part, count in load_folds(spec)]
    assert [count for _, count in parts] == [4] * 4
    assert all_tested([part for part, _ in parts]) == [n + 0.5 for n in range(60)]
    for number, (part, _) in enumerate(parts, start=1):
        assert load_data(spec, fold=number).fingerprint() == part.fingerprint()


def test_a_smoke_run_takes_the_first_two_folds_of_few_examples() -> None:
    table(2000)
    parts = list(load_folds(experiment(TABLE, "leave_one_group_out: true"), smoke=True))
    assert [count for _, count in parts] == [2, 2]
    assert all(sum(map(len, part.splits.values())) <= 3 * SMOKE_EXAMPLES for part, _ in parts)


@pytest.mark.parametrize(("duplicates", "refused"), [("refuse", True), ("allow", False)])
def test_equal_examples_in_two_folds_are_refused_unless_the_spec_allows_them(duplicates: str, refused: bool) -> None:
    table(60)
    file = Path("empty/t.csv")
    file.write_text(file.read_text() + "".join(f"7.5,1,p{n}\n" for n in range(5)))
    one = f"{{type: csv, path: t.csv, target: y, group: who, test: null, validation: null, duplicates: {duplicates}}}"
    spec = experiment(one, "folds: 5")
    if refused:
        with pytest.raises(DataError, match=r"line \d+, of the \w+ split equals t\.csv, line \d+, .*7\.5"):
            list(load_folds(spec))
    else:
        assert len(list(load_folds(spec))) == 5


def test_what_is_wrong_names_the_file_and_the_line(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.r_[[np.inf], np.arange(29.0)], y=np.arange(30) % 2)
    with pytest.raises(DataError, match=r"^npz a\.npz: the \w+ split: a\.npz, x, row 0, holds inf at position \[0\]"):
        load_data(experiment("{type: npz, path: a.npz}"))
