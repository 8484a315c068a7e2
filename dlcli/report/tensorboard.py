"""A run's event files, such that runs compare side by side without any option.

    <run>/events...            the spec as text, the graph; the HParams record in a file of its own
    <run>/train/events...      loss, accuracy, learning_rate of every epoch
    <run>/validation/events... loss, accuracy
    <run>/test/events...       loss, accuracy, macro_f1 and the confusion matrix of the best model

metrics.jsonl is the truth: when a run is taken up again its curves are written anew from there, so that they have
neither gap nor duplicate. The HParams record is replaced whole at each change of state, because TensorBoard
believes the first end it reads.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from dlcli.runs.files import replacing
from dlcli.runs.find import all_runs
from dlcli.runs.run import Run
from dlcli.spec import Experiment

if TYPE_CHECKING:
    from tensorboard.compat.proto.summary_pb2 import Summary

    from dlcli.training.evaluate import Evaluation

_CURVES = ("train", "validation")


class Board:
    """Writes the event files of one run while it goes on."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._curves: dict[str, IO[bytes]] = {}

    def start(self, graph: bytes) -> None:
        """Writes what is known at the start, and the curves so far of a run that is taken up again.

        graph: a serialised GraphDef.
        """
        _write_whole(
            _fresh(self.run.path, "start"),
            [_event(0, summary=_text("spec", (self.run.path / "spec.yaml").read_text(encoding="utf-8")))],
            [_event(0, graph_def=graph)],
        )
        for name in _CURVES:
            folder = self.run.path / name
            folder.mkdir(exist_ok=True)
            path = _fresh(folder, "curves")
            self._curves[name] = path.open("wb")
            self._append(name, _event(0, file_version="brain.Event:2"))
        for row in self.run.metrics():
            self.epoch(row)

    def epoch(self, row: dict[str, Any]) -> None:
        """Adds an epoch's row to the curves."""
        step, wall_time = row["step"], row["time"]
        values = {name: value for name, value in row.items() if name not in ("epoch", "step", "time")}
        validation = {name.removeprefix("val_"): v for name, v in values.items() if name.startswith("val_")}
        train = {name: v for name, v in values.items() if not name.startswith("val_")}
        self._append("train", _event(step, wall_time, summary=_scalars(train)))
        self._append("validation", _event(step, wall_time, summary=_scalars(validation)))

    def finish(self, step: int, evaluation: Evaluation, confusion_png: bytes) -> None:
        """Writes the final scores and the confusion matrix."""
        folder = self.run.path / evaluation.split
        folder.mkdir(exist_ok=True)
        _write_whole(
            _fresh(folder, "scores"),
            [_event(step, summary=_scalars(evaluation.scores))],
            [_event(step, summary=_image("confusion_matrix", confusion_png))],
        )

    def close(self) -> None:
        """Closes the curves."""
        for file in self._curves.values():
            file.close()

    def _append(self, name: str, event: bytes) -> None:
        file = self._curves[name]
        file.write(_record(event))
        file.flush()


def record_session(run: Run) -> None:
    """Writes the run's HParams record anew, from its spec and its state."""
    from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

    info = run.info
    start = plugin_data_pb2.SessionStartInfo(start_time_secs=_seconds(info["started"]))
    for name, value in {**hyperparameters(run.experiment), "state": info["state"]}.items():
        if isinstance(value, bool):
            start.hparams[name].bool_value = value
        elif isinstance(value, int | float):
            start.hparams[name].number_value = value
        else:
            start.hparams[name].string_value = str(value)
    records = [(metadata.SESSION_START_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_start_info=start))]
    if info["state"] != "running":
        status = api_pb2.STATUS_SUCCESS if info["state"] == "done" else api_pb2.STATUS_FAILURE
        end = plugin_data_pb2.SessionEndInfo(status=status, end_time_secs=_seconds(info["ended"] or info["started"]))
        records.append((metadata.SESSION_END_INFO_TAG, plugin_data_pb2.HParamsPluginData(session_end_info=end)))
    events = [_event(0, summary=_plugin(tag, metadata.create_summary_metadata(data))) for tag, data in records]
    _write_whole(_fresh(run.path, "hparams"), events)


def mend(root: Path) -> None:
    """Records the death of runs whose process was killed before it could say so."""
    for run in all_runs(root):
        if run.is_dead():
            run.record_killed()
            record_session(run)


def hyperparameters(experiment: Experiment) -> dict[str, Any]:
    """The experiment's settings by dotted name, as columns of the HParams table."""
    flat: dict[str, Any] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, below in value.items():
                walk(f"{prefix}.{key}" if prefix else key, below)
        elif value is not None:
            flat[prefix] = ", ".join(map(str, value)) if isinstance(value, list) else value

    walk("", experiment.model_dump(mode="json", exclude={"expect"}))
    # `model: lstm` reads better as a column than `model.type: lstm`.
    return {name.removesuffix(".type"): value for name, value in flat.items()}


def _seconds(iso: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(iso).timestamp()


def _fresh(folder: Path, kind: str) -> Path:
    """A new event file that sorts after those before; the older ones of its kind are removed."""
    for old in folder.glob(f"events.out.tfevents.*.{kind}"):
        old.unlink()
    return folder / f"events.out.tfevents.{time.time():.6f}.{kind}"


def _write_whole(path: Path, *events: list[bytes]) -> None:
    with replacing(path) as file:
        file.write(_record(_event(0, file_version="brain.Event:2")))
        for group in events:
            for event in group:
                file.write(_record(event))


def _record(data: bytes) -> bytes:
    from io import BytesIO

    from tensorboard.summary.writer.record_writer import RecordWriter

    buffer = BytesIO()
    RecordWriter(buffer).write(data)
    return buffer.getvalue()


def _event(step: int, wall_time: float | None = None, **content: Any) -> bytes:
    from tensorboard.compat.proto.event_pb2 import Event

    event = Event(step=step, wall_time=time.time() if wall_time is None else wall_time, **content)
    data: bytes = event.SerializeToString()
    return data


def _scalars(values: dict[str, float]) -> Summary:
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary(value=[Summary.Value(tag=name, simple_value=value) for name, value in values.items()])


def _image(tag: str, png: bytes) -> Summary:
    from tensorboard.compat.proto.summary_pb2 import Summary

    # Width and height stand in a PNG's header (https://www.w3.org/TR/png-3/#11IHDR).
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    image = Summary.Image(encoded_image_string=png, width=width, height=height, colorspace=4)
    return Summary(value=[Summary.Value(tag=tag, image=image)])


def _text(tag: str, text: str) -> Summary:
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING
    from tensorboard.plugins.text import metadata

    markdown = "".join(f"    {line}\n" for line in text.splitlines())
    tensor = TensorProto(dtype=DT_STRING, string_val=[markdown.encode()])
    about = metadata.create_summary_metadata(display_name=tag, description="")
    return Summary(value=[Summary.Value(tag=tag, tensor=tensor, metadata=about)])


def _plugin(tag: str, metadata: Any) -> Summary:
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary(value=[Summary.Value(tag=tag, metadata=metadata)])
