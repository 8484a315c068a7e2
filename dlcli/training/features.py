"""Features of frames: what a published network makes of each picture of a recording."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from dlcli.datasets.files.pictures import read_picture
from dlcli.datasets.images import ENDINGS
from dlcli.datasets.sensors.file_names import LABELS
from dlcli.errors import DataError, MissingData, UsageError
from dlcli.models.application import Application
from dlcli.runs.files import read_json, replacing, write_json

_BATCH = 32
"""Frames that are worked through at once."""
_SETTINGS = "features.json"
"""What features were made with, beside them."""
_SEED = 0


def write_features(
    folder: Path, out: Path, network: Application, size: int, rate_hz: float | None, say: Callable[[str], None]
) -> None:
    """Writes `<out>/<recording>.npz` for each folder of frames in `folder`, as the dataset `frames` reads them.

    `signals` (T, F) float32 are what the network's head would read, `rate_hz` the frames per second if they are known.
    Frames are scaled to `size` pixels either way, and follow each other by the numbers in their names. A `labels.csv`
    beside the folders goes along. say: is told of each recording. What was stopped, or met a frame that is no image,
    goes on where it was; random weights are the same every time.
    Raises MissingData where there is no such folder, DataError where a folder holds no frames or a file is no image,
    UsageError where `out` holds anything else than such features, made with other settings, or the network cannot read
    frames of this size.
    """
    recordings = _recordings(folder)
    settings = {**network.model_dump(mode="json"), "size": size, "rate_hz": rate_hz}
    _check_free(out, settings)
    keras.utils.set_random_seed(_SEED)
    inputs = keras.Input((size, size, 3), name="inputs")
    model = keras.Model(inputs, network.features(inputs))
    signature = [tf.TensorSpec([None, size, size, 3], tf.float32)]
    run = tf.function(lambda x: model(x, training=False), input_signature=signature, autograph=False)
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / _SETTINGS, settings)
    for recording, frames in recordings.items():
        if (out / f"{recording}.npz").exists():
            say(f"{recording}: is there already")
            continue
        signals = np.concatenate(
            [run(_pixels(frames[i : i + _BATCH], size)).numpy() for i in range(0, len(frames), _BATCH)]
        )
        arrays: dict[str, Any] = {"signals": signals.astype(np.float32)}
        if rate_hz is not None:
            arrays["rate_hz"] = rate_hz
        with replacing(out / f"{recording}.npz") as file:
            np.savez(file, **arrays)
        say(f"{recording}: {len(signals)} frames of {signals.shape[1]} features")
    if (folder / LABELS).is_file():
        shutil.copyfile(folder / LABELS, out / LABELS)
        say(f"{LABELS}: copied")


def _check_free(out: Path, settings: dict[str, Any]) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    try:
        made_with = read_json(out / _SETTINGS)
    except (OSError, ValueError):
        made_with = None
    if not isinstance(made_with, dict):
        raise UsageError(f"{out}: is there already; expected a new or empty folder, so that nothing is overwritten")
    if made_with != settings:
        other = ", ".join(
            f"{key} {made_with.get(key)}, now {value}" for key, value in settings.items() if made_with.get(key) != value
        )
        raise UsageError(f"{out}: holds features that were made with other settings ({other}); expected another folder")


def _recordings(folder: Path) -> dict[str, list[Path]]:
    """The frames of each recording, in their order."""
    if not folder.is_dir():
        raise MissingData(
            f"{folder}: there is no such folder; expected one that holds a folder of frames for each recording"
        )
    found = {
        place.name: sorted((file for file in place.iterdir() if file.suffix.lower() in ENDINGS), key=_by_number)
        for place in sorted(folder.iterdir())
        if place.is_dir() and not place.name.startswith(".")
    }
    if not found:
        raise DataError(f"{folder}: holds no folder; expected a folder of frames for each recording")
    for name, frames in found.items():
        if not frames:
            raise DataError(f"{folder / name}: holds no frame; expected files ending in {', '.join(ENDINGS)}")
    return found


def _by_number(path: Path) -> list[tuple[int, str]]:
    """Sorts frame_9 before frame_10: the numbers in a name count as numbers."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", path.stem)]


def _pixels(frames: list[Path], size: int) -> NDArray[np.float32]:
    return np.stack([read_picture(path, (size, size), "rgb") for path in frames]).astype(np.float32)
