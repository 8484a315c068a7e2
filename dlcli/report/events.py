"""TensorBoard's event files, written with its own protobufs and without TensorFlow."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlcli.runs.files import replacing

if TYPE_CHECKING:
    from tensorboard.compat.proto.summary_pb2 import Summary


def fresh_file(folder: Path, kind: str) -> Path:
    """The name of a new event file that sorts after those before."""
    folder.mkdir(exist_ok=True)
    return folder / f"events.out.tfevents.{time.time():.6f}.{kind}"


def remove_older(path: Path) -> None:
    """Removes the event files of the same kind in the same folder."""
    for file in path.parent.glob(f"events.out.tfevents.*{path.suffix}"):
        if file != path:
            file.unlink()


def replace_file(folder: Path, kind: str, *events: bytes) -> None:
    """Writes an event file whole, in the place of those of its kind."""
    path = fresh_file(folder, kind)
    with replacing(path) as file:
        for event in (version(), *events):
            file.write(framed(event))
    remove_older(path)


def version() -> bytes:
    """How every event file begins."""
    return event(0, file_version="brain.Event:2")


def anew() -> bytes:
    """Makes a TensorBoard that has read an older file of the folder forget the points it has from there."""
    from tensorboard.compat.proto.event_pb2 import SessionLog

    return event(0, session_log=SessionLog(status=SessionLog.START))


def framed(data: bytes) -> bytes:
    """An event with its length and checksums, as it stands in a file."""
    from io import BytesIO

    from tensorboard.summary.writer.record_writer import RecordWriter

    buffer = BytesIO()
    RecordWriter(buffer).write(data)
    return buffer.getvalue()


def event(step: int, wall_time: float | None = None, **content: Any) -> bytes:
    """A serialised Event; content: `summary`, `graph_def`, ... Its time is now unless given, in seconds since 1970."""
    from tensorboard.compat.proto.event_pb2 import Event

    event = Event(step=step, wall_time=time.time() if wall_time is None else wall_time, **content)
    data: bytes = event.SerializeToString()
    return data


def scalars(values: dict[str, float]) -> Summary:
    """Points of curves, by tag."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary(value=[Summary.Value(tag=name, simple_value=value) for name, value in values.items()])


def image(tag: str, png: bytes) -> Summary:
    """A picture."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    # Width and height stand in a PNG's header (https://www.w3.org/TR/png-3/#11IHDR).
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    image = Summary.Image(encoded_image_string=png, width=width, height=height, colorspace=4)
    return Summary(value=[Summary.Value(tag=tag, image=image)])


def text(tag: str, content: str) -> Summary:
    """A text, its lines and spaces kept."""
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING
    from tensorboard.plugins.text import metadata

    markdown = "".join(f"    {line}\n" for line in content.splitlines())
    tensor = TensorProto(dtype=DT_STRING, string_val=[markdown.encode()])
    about = metadata.create_summary_metadata(display_name=tag, description="")
    return Summary(value=[Summary.Value(tag=tag, tensor=tensor, metadata=about)])


def plugin_data(tag: str, metadata: Any) -> Summary:
    """What a plugin reads from metadata alone."""
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary(value=[Summary.Value(tag=tag, metadata=metadata)])
