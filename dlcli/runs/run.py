"""The folder of one run: runs/<name>/<YYYYmmdd-HHMMSS>[-n]/."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from dlcli.errors import DlcliError, Preempted, TrainingError, UsageError
from dlcli.runs import heartbeat, process, provenance
from dlcli.runs.files import naming, read_json, remove_temporary, write_json, write_text
from dlcli.runs.lock import Lock
from dlcli.runs.plugins import keep_plugins
from dlcli.runs.sources import keep, texts
from dlcli.spec import Experiment, dump, load_recorded

SMOKE = "-smoke"
"""What the names of smoke runs end with."""
State = Literal["running", "preempted", "failed", "killed", "done"]


class Run:
    """A run's folder: its spec, its state, its metrics, its model, its checkpoints and its event files.

    spec.yaml       the experiment with all defaults; loads again
    source.yaml     the spec file as the user wrote it
    parents/        the files that it extends, if it does, as they were
    plugins/        the user's own files of parts, if the spec names any, as they were
    run.json        state, command, versions, source control, machine, times
    metrics.jsonl   one row an epoch
    result.json     the scores of the finished run
    sample.txt      a text that the kept model has written, if it predicts the next tokens of texts
    model.keras     the model of the best epoch on validation (or of the last: `keep`), in Keras' own format
    checkpoints/    what --resume goes on from
    lock            held by the process that trains it
    heartbeat       touched by that process, for other machines; gone when the run has ended
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock(path / "lock")

    @classmethod
    def create(cls, root: Path, experiment: Experiment, *, source: Path, smoke: bool = False) -> Run:
        """Makes the folder of a new run, never one that is there already, and takes its lock.

        Raises TrainingError where the folder cannot be written, UsageError where the source cannot be read.
        """
        sources = texts(source)
        family = root / family_of(experiment, smoke=smoke)
        try:
            run = cls(_new_folder(family))
            run._lock.acquire()
            heartbeat.beat(run.path)
            experiment, plugins = keep_plugins(run.path, experiment)
            write_text(run.path / "spec.yaml", dump(experiment))
            keep(sources, run.path)
            run.update(
                state="running", name=experiment.name, smoke=smoke, command=sys.argv, folder=str(Path.cwd()),
                seed=experiment.seed, epochs=experiment.train.epochs, versions=provenance.versions(),
                git=provenance.git(source.resolve().parent), plugins=plugins, started=now(), ended=None, reason=None,
                **_this_process(),
            )  # fmt: skip
            write_text(family / "latest", run.path.name + "\n")
        except OSError as error:
            raise TrainingError(f"{error.filename or family}: the run cannot be written ({error.strerror})") from error
        return run

    def resume(self, *, extended: bool = False) -> None:
        """Takes up a run that was stopped, or that is done and is to be extended; half-written files go.

        Raises UsageError where it is done or another process works on it.
        """
        if not extended:
            self.check_unfinished()
        self.take()
        remove_temporary(self.path)
        heartbeat.beat(self.path)
        resumed = [*self.info.get("resumed", []), now()]
        self.update(state="running", ended=None, reason=None, resumed=resumed, **_this_process())

    def take(self) -> None:
        """Makes the run this process' own. Raises UsageError where another one works on it."""
        info = self.info
        if info.get("host", provenance.host()) != provenance.host() and self.lives():
            seconds = heartbeat.SILENT_SECONDS
            raise UsageError(
                f"{self.path}: process {info['process']} of the machine {info['host']} is training this run; "
                f"stop it there, or where it was killed wait until it has been silent for {seconds / 60:g} minutes"
            )
        taken = self._lock.acquire()
        if taken is False or (taken is None and self.lives()):
            raise UsageError(f"{self.path}: another process (number {info.get('process')}) is training this run")

    def leave(self) -> None:
        """Gives up what `take` took."""
        self._lock.release()

    def change(self, experiment: Experiment, changes: Sequence[str], step: int) -> None:
        """Puts another experiment in the place of the run's, and on record what is other from this step on."""
        copies = tuple(record["file"] for record in self.info.get("plugins", []) if "file" in record)
        write_text(self.path / "spec.yaml", dump(experiment.model_copy(update={"plugins": copies})))
        noted = {"after_step": step, "when": now(), "what": list(changes)}
        self.update(epochs=experiment.train.epochs, changes=[*self.info.get("changes", []), noted])

    def check_unfinished(self) -> None:
        """Raises UsageError where the run is done."""
        if self.info["state"] == "done":
            raise nothing_left(self)

    @property
    def info(self) -> dict[str, Any]:
        """What run.json holds. Raises UsageError where it is missing or damaged."""
        try:
            info: dict[str, Any] = read_json(self.path / "run.json")
        except (OSError, ValueError) as error:
            raise UsageError(f"{self.path}: is not a run (run.json: {error})") from None
        if not isinstance(info, dict) or not info.keys() >= {"state", "started"}:
            raise UsageError(f"{self.path}: is not a run (run.json: tells no state)")
        return info

    def update(self, **changes: Any) -> None:
        """Changes entries of run.json."""
        before = self.info if (self.path / "run.json").exists() else {}
        write_json(self.path / "run.json", before | changes)

    @property
    def experiment(self) -> Experiment:
        """The experiment that was run."""
        return load_recorded(self.path / "spec.yaml")

    @property
    def model_path(self) -> Path:
        """Where the kept model is."""
        return self.path / "model.keras"

    @property
    def checkpoint_folder(self) -> Path:
        """Where checkpoints are."""
        return self.path / "checkpoints"

    def metrics(self) -> list[dict[str, Any]]:
        """The rows of metrics.jsonl; a row that a killed process left half-written is passed over."""
        path = self.path / "metrics.jsonl"
        return list(_whole_rows(path)) if path.exists() else []

    def append_metrics(self, row: dict[str, Any]) -> None:
        """Adds a row to metrics.jsonl."""
        path = self.path / "metrics.jsonl"
        with naming(path), path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def sync_metrics(self) -> None:
        """Returns when all rows so far are on the disk, so that no checkpoint is there without the rows before it."""
        path = self.path / "metrics.jsonl"
        if path.exists():
            with naming(path), path.open("rb") as file:
                os.fsync(file.fileno())

    def forget_metrics_after(self, step: int) -> None:
        """Drops the rows after a step, which a resumed run will write again."""
        rows = [row for row in self.metrics() if row["step"] <= step]
        write_text(self.path / "metrics.jsonl", "".join(json.dumps(row) + "\n" for row in rows))

    def end(self, error: BaseException | None) -> None:
        """Records how the run ended and gives up its lock, that even where the record cannot be written."""
        try:
            self.update(**ending(error))
        finally:
            heartbeat.rest(self.path)
            self.leave()

    def is_dead(self) -> bool:
        """Whether the run calls itself running while no process works on it any more."""
        return self.info["state"] == "running" and not self.lives()

    def lives(self) -> bool:
        """Whether a process works on the run.

        Of this machine's processes the lock tells, or where the file system knows none the process' number and
        beginning; of another machine's the heartbeat. A run without one, or whose folder cannot be written, is
        taken at its word.
        """
        info = self.info
        if info["state"] not in ("running", "killed"):
            return False
        if info.get("host") != provenance.host():
            silent = heartbeat.silence(self.path)
            return info["state"] == "running" if silent is None else silent <= heartbeat.SILENT_SECONDS
        try:
            taken = self._lock.acquire()
        except OSError:
            taken = None
        if taken is None:
            return "process" in info and process.lives(info["process"], info.get("process_began"))
        if taken:
            self._lock.release()
        return not taken

    def record_killed(self) -> None:
        """Records that the run's process died without a word."""
        self.update(state="killed", reason="the process died", ended=None)


def _this_process() -> dict[str, Any]:
    return {"host": provenance.host(), "process": os.getpid(), "process_began": process.beginning(os.getpid())}


def nothing_left(run: Run) -> UsageError:
    """What is said where a run that is done is to be resumed."""
    trained = run.experiment.train.epochs
    return UsageError(
        f"{run.path}: this run is done; there is nothing to resume. To train it longer, give it more epochs than "
        f"{trained}, as with --set train.epochs={2 * trained}"
    )


def family_of(experiment: Experiment, *, smoke: bool) -> str:
    """What the runs of an experiment are called together."""
    return f"{experiment.name}{SMOKE}" if smoke else experiment.name


def now() -> str:
    """The time, in ISO 8601 with the zone."""
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")


def _new_folder(family: Path) -> Path:
    family.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    n = 1
    while True:
        folder = family / (stamp if n == 1 else f"{stamp}-{n}")
        try:
            folder.mkdir(parents=True)  # the last run of this name may just have been deleted, with the name's folder
        except FileExistsError:
            n += 1
        else:
            return folder


def _whole_rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)


def ending(error: BaseException | None) -> dict[str, Any]:
    """What run.json says of a run that ends now, with this error or without one."""
    state, reason = _state_after(error)
    return {"state": state, "reason": reason, "ended": now()}


def _state_after(error: BaseException | None) -> tuple[State, str | None]:
    if error is None:
        return "done", None
    if isinstance(error, Preempted):
        return "preempted", str(error)
    if isinstance(error, DlcliError):
        return "failed", str(error)
    return "failed", f"{type(error).__name__}: {error}"
