"""The command line in processes of its own that can be killed, without importing TensorFlow for each.

The parent imports TensorFlow and never computes with it, so that a fork of it is as good as a new process.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

Watch = Callable[[int, float], None]
"""Called again and again while a process lives, with its number and its seconds."""
SAVED = "saved"
"""Counts checkpoints that were renamed into place."""
KINDS = ("checkpoint", "model", "metrics", "events", "record")
"""What a run's files are, by what would be lost with them."""
_PLACES = (*KINDS, SAVED)
How = Literal["moment", "file", "writing", "asked"]


@dataclass(frozen=True)
class Kill:
    """When and how a process is ended.

    moment: SIGKILL after `seconds`. file: SIGKILL just before file `number` of a kind is opened, renamed or removed.
    writing: SIGKILL `seconds` after the `number`-th temporary file of a checkpoint is seen. asked: `signal` after
    `seconds`.
    """

    how: How
    seconds: float = 0.0
    kind: str = ""
    number: int = 0
    signal: str = "SIGKILL"

    def watching(self, runs: Path) -> Watch:
        """What carries it out from outside of the process."""
        seen: set[Path] = set()

        def watch(process: int, seconds: float) -> None:
            if self.how == "writing":
                seen.update(runs.glob("*/*/checkpoints/.step-*.tmp"))
                if len(seen) >= self.number:
                    time.sleep(self.seconds)
                    os.kill(process, signal.SIGKILL)
            elif self.how != "file" and seconds >= self.seconds and not seen:
                seen.add(runs)  # one signal is enough
                os.kill(process, signal.Signals[self.signal])

        return watch


@dataclass(frozen=True)
class Ended:
    """How a process ended. code: as `subprocess` has it; seconds: from its beginning."""

    code: int
    seconds: float
    output: str


class Counts:
    """How often files of each kind were touched, in memory that outlives the process that counts."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)

    def add(self, kind: str) -> int:
        """Counts one more; returns how many there are now."""
        count = self[kind] + 1
        struct.pack_into("q", self._memory, 8 * _PLACES.index(kind), count)
        return count

    def __getitem__(self, kind: str) -> int:
        return int(struct.unpack_from("q", self._memory, 8 * _PLACES.index(kind))[0])


def load() -> None:
    """Imports whatever a training imports, and brings up nothing that a fork would lose."""
    from dlcli.backend import load_tensorflow

    load_tensorflow()
    import h5py  # type: ignore[import-untyped]  # noqa: F401
    import matplotlib.figure  # noqa: F401
    import scipy.special  # noqa: F401
    from tensorboard.plugins.hparams import api_pb2  # noqa: F401

    import dlcli.training.resume
    import dlcli.training.smoke
    import dlcli.training.train  # noqa: F401


def run(
    arguments: Sequence[str], runs: Path, log: Path, *, kill: Kill | None = None, watch: Watch | None = None,
    counts: Counts | None = None,
) -> Ended:  # fmt: skip
    """Runs `dlcli` with these arguments in a process of its own, and ends it as `kill` says.

    runs: where its runs are. log: gets all that it prints, after what was there.
    """
    counts, began, before = counts or Counts(), time.monotonic(), log.stat().st_size if log.exists() else 0
    watch = kill.watching(runs) if kill is not None else watch
    process = fork(lambda: _main(arguments, runs, kill, counts), log)
    while (status := os.waitpid(process, os.WNOHANG))[0] == 0:
        if watch is not None:
            watch(process, time.monotonic() - began)
        time.sleep(0.001)
    with log.open("rb") as file:
        file.seek(before)
        output = file.read().decode(errors="replace")
    return Ended(os.waitstatus_to_exitcode(status[1]), time.monotonic() - began, output)


def fork(main: Callable[[], int], log: Path) -> int:
    """Begins a process that calls `main` and exits with what it returns; its output is added to `log`."""
    sys.stdout.flush()
    sys.stderr.flush()
    number = os.fork()
    return number or _child(main, log)


def _child(main: Callable[[], int], log: Path) -> NoReturn:
    code = 70
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        code = main()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def computed(function: Callable[[], Any], log: Path) -> Any:
    """What a function returns (JSON), computed in a process of its own. Raises RuntimeError where it fails."""
    answer = log.with_suffix(".json")

    def main() -> int:
        answer.write_text(json.dumps(function()), encoding="utf-8")
        return 0

    if os.waitpid(fork(main, log), 0)[1]:
        raise RuntimeError(f"{log}: {log.read_text(encoding='utf-8', errors='replace')}")
    return json.loads(answer.read_text(encoding="utf-8"))


def _main(arguments: Sequence[str], runs: Path, kill: Kill | None, counts: Counts) -> int:
    from dlcli.cli import main

    sys.addaudithook(lambda event, given: _witness(event, given, str(runs), kill, counts))
    sys.argv = ["dlcli", *arguments]
    try:
        main()
    except SystemExit as asked:
        return asked.code if isinstance(asked.code, int) else 0
    return 0


def _witness(event: str, given: tuple[Any, ...], runs: str, kill: Kill | None, counts: Counts) -> None:
    """Counts files that are about to be opened for writing, renamed or removed, and dies before one of them."""
    if event not in ("open", "os.rename", "os.remove") or not str(given[0]).startswith(runs):
        return
    if event == "open" and not (int(given[2] or 0) & (os.O_WRONLY | os.O_RDWR)):
        return
    kind = kind_of(Path(str(given[0])))
    count = counts.add(kind)
    if kill is not None and kill.how == "file" and kill.kind == kind and count == kill.number:
        os.kill(os.getpid(), signal.SIGKILL)
    if event == "os.rename" and kind == "checkpoint":
        counts.add(SAVED)


def kind_of(path: Path) -> str:
    """What a run's file is."""
    for kind, part in (
        ("checkpoint", "step-"),
        ("model", "model."),
        ("metrics", "metrics.jsonl"),
        ("events", "tfevents"),
    ):
        if part in path.name:
            return kind
    return "record"
