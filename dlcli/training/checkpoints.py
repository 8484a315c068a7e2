"""Everything that a run needs to go on from a step, in one file that is whole or absent.

A checkpoint is an .npz without pickles: every variable of the model and the optimizer in their own order, and the
progress of the loop as JSON. zip's CRC-32 of each member is its checksum. Nothing in it belongs to one replica.
"""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlcli.errors import TrainingError
from dlcli.runs.files import replacing

_KEPT = 2


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run after `step` steps. `progress` is JSON: see `loop.Progress`."""

    path: Path
    step: int
    arrays: Sequence[np.ndarray[Any, Any]]
    names: Sequence[str]
    progress: dict[str, Any]


class Checkpoints:
    """Writes the checkpoints of one run beside its training, and keeps the last two."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.newest: Path | None = max(folder.glob("step-*.npz"), default=None)
        self.seconds = 0.0
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checkpoint")
        self._pending: Future[Path] | None = None

    def save(self, step: int, variables: Sequence[Any], progress: dict[str, Any]) -> None:
        """Copies the state at once and writes it in the background.

        variables: Keras variables. Raises TrainingError where the checkpoint before could not be written.
        """
        started = time.perf_counter()
        arrays = [_stored(np.array(variable.numpy())) for variable in variables]
        meta = {"step": step, "names": [variable.path for variable in variables], "progress": progress}
        self.wait()
        self._pending = self._writer.submit(self._write, step, arrays, meta, started)

    def wait(self) -> None:
        """Returns when everything is on disk; raises TrainingError where it could not be written."""
        pending, self._pending = self._pending, None
        if pending is not None:
            try:
                self.newest = pending.result()
            except OSError as error:
                raise TrainingError(f"{self.folder}: the checkpoint could not be written ({error.strerror})") from error

    def __enter__(self) -> Checkpoints:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._writer.shutdown()

    def _write(self, step: int, arrays: list[np.ndarray[Any, Any]], meta: dict[str, Any], started: float) -> Path:
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"step-{step:09d}.npz"
        named = {f"{i:05d}": array for i, array in enumerate(arrays)}
        with replacing(path) as file:
            np.savez(file, allow_pickle=False, meta=np.frombuffer(json.dumps(meta).encode(), np.uint8), **named)
        for old in sorted(self.folder.glob("step-*.npz"))[:-_KEPT]:
            old.unlink()
        self.seconds = time.perf_counter() - started
        return path


def newest(folder: Path) -> Checkpoint | None:
    """The newest checkpoint that can be read whole, or None; damaged ones are passed over."""
    for path in sorted(folder.glob("step-*.npz"), reverse=True):
        try:
            return read(path)
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            continue
    return None


def read(path: Path) -> Checkpoint:
    """Reads one checkpoint; raises OSError, EOFError, ValueError, KeyError or BadZipFile where it is damaged."""
    with path.open("rb") as whole, np.load(whole, allow_pickle=False) as file:
        meta = json.loads(file["meta"].tobytes())
        arrays = [file[f"{i:05d}"] for i in range(len(meta["names"]))]
    return Checkpoint(path, meta["step"], arrays, meta["names"], meta["progress"])


def restore(checkpoint: Checkpoint, variables: Sequence[Any]) -> None:
    """Assigns a checkpoint's arrays to variables; raises TrainingError where they are not those it was made of."""
    shapes = [tuple(array.shape) for array in checkpoint.arrays]
    if shapes != [tuple(variable.shape) for variable in variables]:
        raise TrainingError(f"{checkpoint.path}: was made of another model or optimizer; it cannot be restored")
    for variable, array in zip(variables, checkpoint.arrays, strict=True):
        dtype = np.dtype(variable.numpy().dtype)
        variable.assign(array if array.dtype == dtype else array.view(dtype))


def _stored(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    # The .npy format has no name for bfloat16.
    return array.view(np.uint16) if array.dtype.name == "bfloat16" else array
