"""Whether two finished runs are the same but for when, where and how often they were saved."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcli.runs.files import read_json
from dlcli.runs.run import Run
from dlcli.training.checkpoints import Checkpoint, newest

Arrays = Mapping[str, NDArray[Any]]
OF_THE_RUN = ("(state)", "spec", "_hparams_/session_start_info", "_hparams_/session_end_info")
"""Tags whose content tells of the run, not of the training."""


def differences(run: Path, reference: Path) -> list[str]:
    """What a finished run has otherwise than the one that nothing disturbed, a line each; none where all is well."""
    return [
        *_state(run),
        *_checkpoints(run, reference),
        *_arrays(saved_weights(run / "model.keras"), saved_weights(reference / "model.keras"), "model.keras"),
        *_values(_rows(run), _rows(reference), "metrics.jsonl, row"),
        *_values(read_json(run / "result.json"), read_json(reference / "result.json"), "result.json"),
        *_points(points(run), points(reference)),
        *_values(files(run), files(reference), "number of files"),
    ]


def saved_weights(path: Path) -> dict[str, NDArray[Any]]:
    """All arrays of a model's file, by their place in it."""
    import h5py  # type: ignore[import-untyped]

    found: dict[str, NDArray[Any]] = {}

    def note(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = np.array(item)

    with zipfile.ZipFile(path) as whole, h5py.File(io.BytesIO(whole.read("model.weights.h5"))) as file:
        file.visititems(note)
    return found


def points(run: Path) -> dict[str, list[tuple[int, Any]]]:
    """What TensorBoard shows of a run: step and content of each point, by folder and tag."""
    from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator

    found: dict[str, list[tuple[int, Any]]] = {}
    for folder in sorted({file.parent for file in run.rglob("*tfevents*")}):
        board = EventAccumulator(str(folder), size_guidance={"tensors": 0})
        board.Reload()
        for tag in board.Tags()["tensors"]:
            shown = [(each.step, each.tensor_proto.SerializeToString().hex()) for each in board.Tensors(tag)]
            content = tag not in OF_THE_RUN
            found[f"{folder.relative_to(run)}:{tag}"] = [(step, value if content else "") for step, value in shown]
    return found


def files(run: Path) -> dict[str, int]:
    """How many files of each name a run has, but for checkpoints in their places; times in names are left out."""
    found: dict[str, int] = {}
    for path in sorted(run.rglob("*")):
        if path.is_file() and not re.fullmatch(r"step-\d+\.npz", path.name):
            name = re.sub(r"\.\d{9,}\.\d+", "", str(path.relative_to(run)))
            found[name] = found.get(name, 0) + 1
    return found


def _state(run: Path) -> Iterator[str]:
    state = Run(run).info["state"]
    if state != "done":
        yield f"run.json: state is {state}, not done"


def _rows(run: Path) -> dict[int, dict[str, Any]]:
    rows = [{key: value for key, value in row.items() if key != "time"} for row in Run(run).metrics()]
    return dict(enumerate(rows, start=1))


def _checkpoints(run: Path, reference: Path) -> Iterator[str]:
    one, other = (_newest(each) for each in (run, reference))
    if one is None or other is None:
        yield f"checkpoint: {one and one.path} instead of {other and other.path}"
        return
    yield from _values(
        {"step": one.step, "of": one.of, **one.progress}, {"step": other.step, "of": other.of, **other.progress},
        "checkpoint,",
    )  # fmt: skip
    yield from _arrays(_named(one), _named(other), "checkpoint")


def _newest(run: Path) -> Checkpoint | None:
    return newest(run / "checkpoints")


def _named(checkpoint: Checkpoint) -> dict[str, NDArray[Any]]:
    names = [f"{i} {name}" for i, name in enumerate(checkpoint.names)]
    kept = {f"kept {i}": array for i, array in enumerate(checkpoint.kept)}
    return dict(zip(names, checkpoint.variables, strict=True)) | kept


def _arrays(one: Arrays, other: Arrays, where: str) -> Iterator[str]:
    for name in {**one, **other}:
        a, b = one.get(name), other.get(name)
        if a is None or b is None:
            yield f"{where}: {name} is only in {'the undisturbed run' if a is None else 'this one'}"
        elif a.shape != b.shape or a.dtype != b.dtype:
            yield f"{where}: {name} is {a.dtype}{a.shape} instead of {b.dtype}{b.shape}"
        elif a.tobytes() != b.tobytes():
            yield f"{where}: {name} differs by {np.abs(a.astype(np.float64) - b.astype(np.float64)).max():g}"


def _values(one: Mapping[Any, Any], other: Mapping[Any, Any], where: str) -> Iterator[str]:
    for key in {**one, **other}:
        if one.get(key) != other.get(key):
            yield f"{where} {key}: {one.get(key)!r:.200} instead of {other.get(key)!r:.200}"


def _points(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for tag in {**one, **other}:
        if one.get(tag) != other.get(tag):
            steps = [[step for step, _ in each.get(tag, [])] for each in (one, other)]
            what = f"steps {steps[0]} instead of {steps[1]}" if steps[0] != steps[1] else "other values"
            yield f"TensorBoard, {tag}: {what}"
