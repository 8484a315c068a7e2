"""What the torture looks for is found: a changed bit, a missing row, a doubled point."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from dlcli.report.events import anew, event, framed, replace_file, scalars
from dlcli.report.tensorboard import Board
from dlcli.runs.files import write_json
from dlcli.runs.run import Run
from dlcli.spec import load
from dlcli.training.checkpoints import Checkpoints, State, newest
from dlcli.training.recorder import save_model
from tests.torture.comparison import differences

STEPS = (10, 20, 30)
WEIGHTS = np.array([1 / 3, 2], np.float32)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, put together without training."""
    folder = tmp_path_factory.mktemp("torture")
    (folder / "toy.yaml").write_text("dataset: hapt\nmodel: lstm\n", encoding="utf-8")
    run = Run.create(folder / "runs", load(folder / "toy.yaml"), source=folder / "toy.yaml")
    board = Board(run)
    for step in STEPS:
        row = {"epoch": step // 10, "step": step, "loss": 1 / step, "val_loss": 2 / step, "time": 1e9 + step}
        run.append_metrics(row)
        board.epoch(row)
    board.close()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    model.get_layer(index=0).kernel.assign(np.arange(6, dtype=np.float32).reshape(2, 3))
    save_model(model, run.model_path)
    _save(run.path, WEIGHTS)
    write_json(run.path / "result.json", {"kept": {"epoch": 3}, "test": {"loss": 0.5}})
    run.end(None)
    return run.path


def _save(run: Path, weights: NDArray[Any], *, stopped: bool = False) -> None:
    of, kept = {"data": "d", "experiment": "e"}, [np.array([5], np.float32)]
    with Checkpoints(run / "checkpoints") as checkpoints:
        checkpoints.save(State(30, [weights, np.array(7)], ["a", "b"], kept, {"stopped": stopped}, of))


@pytest.fixture
def run(undisturbed: Path, tmp_path: Path) -> Path:
    """A run that is the same."""
    shutil.copytree(undisturbed, tmp_path / "run")
    return tmp_path / "run"


def test_a_copy_is_the_same_however_often_it_was_saved(run: Path, undisturbed: Path) -> None:
    assert differences(run, undisturbed) == []
    checkpoint = newest(run / "checkpoints")
    assert checkpoint is not None
    shutil.copy(checkpoint.path, checkpoint.path.with_name("step-000000025.npz"))
    assert differences(run, undisturbed) == []


def _changed_bit(run: Path) -> None:
    bits = WEIGHTS.copy().view(np.int32)
    bits[0] ^= 1
    _save(run, bits.view(np.float32))


def _other_type(run: Path) -> None:
    _save(run, WEIGHTS.astype(np.float64))


def _other_progress(run: Path) -> None:
    _save(run, WEIGHTS, stopped=True)


def _no_checkpoint(run: Path) -> None:
    shutil.rmtree(run / "checkpoints")


def _other_model(run: Path) -> None:
    model = keras.models.load_model(run / "model.keras")
    kernel = model.get_layer(index=0).kernel
    kernel.assign(np.nextafter(kernel.numpy(), np.float32(9)))
    save_model(model, run / "model.keras")


def _missing_row(run: Path) -> None:
    lines = (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (run / "metrics.jsonl").write_text(lines[0] + lines[2], encoding="utf-8")


def _doubled_row(run: Path) -> None:
    with (run / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"epoch": 3, "step": 30, "loss": 1 / 30, "val_loss": 2 / 30}) + "\n")


def _doubled_point(run: Path) -> None:
    (file,) = (run / "train").iterdir()
    with file.open("ab") as events:
        events.write(framed(event(30, summary=scalars({"loss": 1 / 30}))))


def _missing_points(run: Path) -> None:
    (file,) = (run / "validation").iterdir()
    file.unlink()
    replace_file(run / "validation", "curves", anew(), event(10, summary=scalars({"loss": 2 / 10})))


def _other_value(run: Path) -> None:
    (file,) = (run / "train").iterdir()
    with file.open("wb") as events:
        events.writelines(framed(event(step, summary=scalars({"loss": 2 / step}))) for step in STEPS)


def _other_score(run: Path) -> None:
    write_json(run / "result.json", {"kept": {"epoch": 3}, "test": {"loss": 0.25}})


def _stray_file(run: Path) -> None:
    (run / "checkpoints" / ".step-000000020.npz.0a1b2c3d.tmp").touch()


def _older_event_file(run: Path) -> None:
    (file,) = (run / "train").iterdir()
    shutil.copy(file, file.with_name("events.out.tfevents.1000000000.000000.curves"))


def _not_done(run: Path) -> None:
    Run(run).update(state="killed")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_changed_bit, "checkpoint: 0 a differs by 2.98023e-08"),
        (_other_type, "checkpoint: 0 a is float64(2,) instead of float32(2,)"),
        (_other_progress, "checkpoint, stopped: True instead of False"),
        (_no_checkpoint, "checkpoint: None instead of "),
        (_other_model, "model.keras: layers/dense/vars/0 differs by"),
        (_missing_row, "metrics.jsonl, row 2: {'epoch': 3"),
        (_doubled_row, "metrics.jsonl, row 4: {'epoch': 3"),
        (_doubled_point, "TensorBoard, train:loss: steps [10, 20, 30, 30] instead of [10, 20, 30]"),
        (_missing_points, "TensorBoard, validation:loss: steps [10] instead of [10, 20, 30]"),
        (_other_value, "TensorBoard, train:loss: other values"),
        (_other_score, "result.json test: {'loss': 0.25} instead of {'loss': 0.5}"),
        (_stray_file, "number of files checkpoints/.step-000000020.npz.0a1b2c3d.tmp: 1 instead of None"),
        (_older_event_file, "number of files train/events.out.tfevents.curves: 2 instead of 1"),
        (_not_done, "run.json: state is killed, not done"),
    ],
)
def test_what_is_other_is_told(run: Path, undisturbed: Path, change: Callable[[Path], None], told: str) -> None:
    change(run)
    found = differences(run, undisturbed)
    assert [line for line in found if line.startswith(told)], found
