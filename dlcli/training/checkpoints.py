"""Everything that a run needs to go on from a step, in one file that is whole or absent.

A checkpoint is an .npz without pickles: every variable of the model and the optimizer in their own order, the weights
of the model that is kept so far, and the progress of the loop as JSON. zip's CRC-32 of each member is its checksum.
Nothing in it belongs to one replica.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from dlcli.errors import TrainingError
from dlcli.runs.files import replacing
from dlcli.training.disk import is_full

Arrays = Sequence[NDArray[Any]]
_SHARE = 0.008
"""Of the training's time, what checkpoints may take where the spec does not say when they are due.

They are promised to take at most 1%, and one may take longer than the one before it, by which it was put off.
"""


@dataclass(frozen=True)
class State:
    """What goes into a checkpoint.

    variables: of the model and the optimizer, with their names. kept: the weights of the model that is kept so far.
    of: what the state belongs to, by which one of other data or another experiment is told. progress: see `Progress`.
    """

    step: int
    variables: Arrays
    names: Sequence[str]
    kept: Arrays
    progress: dict[str, Any]
    of: dict[str, str]


@dataclass(frozen=True)
class Checkpoint(State):
    """A state as it was read from a file."""

    path: Path


class Checkpoints:
    """Writes the checkpoints of one run beside its training, and keeps the last two.

    after: the one that training goes on from, if it does; what else is there and newer is damaged, and goes with the
    first that is written.
    steps, seconds: between one and the next; where both are None, as many seconds as keep their cost low.
    """

    def __init__(
        self, folder: Path, *, after: Path | None = None, steps: int | None = None, seconds: float | None = None
    ) -> None:
        self.folder = folder
        self.newest = after
        self._whole = [path for path in sorted(folder.glob("step-*.npz")) if after is not None and path <= after]
        self._steps, self._seconds = steps, seconds
        self._cost: float | None = None
        self._saved_at = time.perf_counter()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checkpoint")
        self._pending: Future[Path] | None = None

    def is_due(self, step: int, size: int) -> bool:
        """Whether to save after so many steps. size: of the state, in bytes."""
        if self._steps is not None:
            return step % self._steps == 0
        return time.perf_counter() - self._saved_at >= (self._seconds or self._expected_cost(size) / _SHARE)

    def steps_until_due(self, step: int) -> int | None:
        """How many steps may be taken before one is due; None where that depends on the time."""
        return None if self._steps is None else self._steps - step % self._steps

    def save(self, state: State, started: float | None = None) -> None:
        """Writes a state in the background; its arrays must not change any more.

        started: when the saving began, as `time.perf_counter` has it, if more than this belongs to its cost.
        Raises TrainingError where the checkpoint before could not be written.
        """
        self.wait()
        self._saved_at = time.perf_counter()
        before = self._saved_at if started is None else started
        self._pending = self._writer.submit(self._write, state, before)

    def wait(self) -> None:
        """Returns when everything is on disk; raises TrainingError where it could not be written, OSError for want of
        room.
        """
        pending, self._pending = self._pending, None
        if pending is not None:
            try:
                self.newest = pending.result()
            except OSError as error:
                if is_full(error):
                    raise
                raise TrainingError(f"{self.folder}: the checkpoint could not be written ({error.strerror})") from error

    def __enter__(self) -> Checkpoints:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._writer.shutdown()

    def _expected_cost(self, size: int) -> float:
        # Before there is one to go by: 20 ms, and 100 MB a second.
        return 0.02 + size / 1e8 if self._cost is None else self._cost

    def _write(self, state: State, started: float) -> Path:
        self.folder.mkdir(exist_ok=True)
        path = self.folder / f"step-{state.step:09d}.npz"
        arrays = {f"{i:05d}": _stored(array) for i, array in enumerate([*state.variables, *state.kept])}
        meta = {name: getattr(state, name) for name in ("step", "names", "progress", "of")} | {"kept": len(state.kept)}
        with replacing(path) as file:
            np.savez(file, allow_pickle=False, meta=np.frombuffer(json.dumps(meta).encode(), np.uint8), **arrays)
        self._whole = [*(each for each in self._whole if each != path), path][-2:]
        for other in set(self.folder.glob("step-*.npz")) - set(self._whole):
            other.unlink()
        self._cost = time.perf_counter() - started
        return path


def newest(folder: Path, say: Callable[[str], None] = lambda line: None) -> Checkpoint | None:
    """The newest checkpoint that can be read whole, or None; of damaged ones `say` is told."""
    for path in sorted(folder.glob("step-*.npz"), reverse=True):
        try:
            return read(path)
        except TrainingError as error:
            say(f"{error}; it is passed over")
    return None


def read(path: Path) -> Checkpoint:
    """Reads one checkpoint; raises TrainingError where it is damaged."""
    try:
        with path.open("rb") as whole, np.load(whole, allow_pickle=False) as file:
            # NumPy reads as much as an array's header says, and where that says too little, no checksum is compared.
            if (member := file.zip.testzip()) is not None:
                raise BadZipFile(f"bad CRC-32 for file {member!r}")
            meta = json.loads(file["meta"].tobytes())
            count = len(meta["names"])
            arrays = [file[f"{i:05d}"] for i in range(count + meta["kept"])]
            state = {name: meta[name] for name in ("step", "names", "progress", "of")}
        return Checkpoint(**state, variables=arrays[:count], kept=arrays[count:], path=path)
    except Exception as error:  # damage may look like anything to those who take the file apart
        raise TrainingError(f"{path}: this checkpoint is damaged ({type(error).__name__}: {error})") from error


def restore(checkpoint: Checkpoint, variables: Sequence[Any]) -> None:
    """Assigns a checkpoint's arrays to variables; raises TrainingError where they are not those it was made of."""
    shapes = [tuple(array.shape) for array in checkpoint.variables]
    if shapes != [tuple(variable.shape) for variable in variables]:
        raise TrainingError(f"{checkpoint.path}: was made of another model or optimizer; it cannot be restored")
    for variable, array in zip(variables, checkpoint.variables, strict=True):
        variable.assign(like(array, variable.numpy()))


def like(array: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """A stored array in the type that it had before it was stored, which another array has."""
    return array if array.dtype == other.dtype else array.view(other.dtype)


def _stored(array: NDArray[Any]) -> NDArray[Any]:
    # The .npy format has no name for bfloat16.
    return array.view(np.uint16) if array.dtype.name == "bfloat16" else array
