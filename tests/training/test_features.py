"""Features of frames: what a network makes of pictures, in the order of their numbers."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from dlcli.datasets.frames import Frames
from dlcli.errors import DataError, MissingData, UsageError
from dlcli.models.application import Application
from dlcli.training.features import write_features

SIZE = 32


class Corners(Application):
    """Reads the first pixel of each picture and its mean, without a network that takes seconds to build."""

    def features(self, x: keras.KerasTensor) -> keras.KerasTensor:
        return keras.ops.concatenate([x[:, 0, 0], keras.ops.mean(x, axis=(1, 2))], axis=-1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two recordings whose frame number n is all of the colour (n, 10, 200)."""
    for name, numbers in (("anna_1", [1, 2, 9, 10, 33, 100]), ("ben_1", [*range(40)])):
        place = tmp_path / "frames" / name
        place.mkdir(parents=True)
        for n in reversed(numbers):
            Image.fromarray(np.full((9, 7, 3), (n, 10, 200), np.uint8)).save(place / f"frame_{n}.png")
        (place / "notes.txt").write_text("no picture")
    return tmp_path / "frames"


def written(folder: Path, **given) -> Path:
    out = folder.parent / "features"
    write_features(
        folder, out, given.pop("network", Corners()), SIZE, given.pop("rate_hz", 5.0), given.pop("say", print)
    )
    return out


def test_each_recording_becomes_a_file_of_its_frames_by_their_numbers(folder: Path) -> None:
    said: list[str] = []
    out = written(folder, say=said.append)
    assert sorted(path.name for path in out.iterdir()) == ["anna_1.npz", "ben_1.npz", "features.json"]
    with np.load(out / "anna_1.npz") as file:
        assert file["signals"].dtype == np.float32
        np.testing.assert_allclose(file["signals"][:, 0], [1, 2, 9, 10, 33, 100])
        np.testing.assert_allclose(file["signals"][:, 1:3], [[10, 200]] * 6)
        assert file["rate_hz"] == 5
    assert np.load(out / "ben_1.npz")["signals"].shape == (40, 6)  # more than are worked through at once
    assert said == ["anna_1: 6 frames of 6 features", "ben_1: 40 frames of 6 features"]


def test_frames_per_second_are_written_where_they_are_known(folder: Path) -> None:
    assert np.load(written(folder, rate_hz=None) / "ben_1.npz").files == ["signals"]


def test_labels_go_along_and_the_dataset_reads_it_all(folder: Path) -> None:
    (folder / "labels.csv").write_text(
        "recording,start,end,label\nanna_1,0,0.6,pour\nanna_1,0.6,1.2,stir\nben_1,0,4,pour\nben_1,4,8,stir\n"
    )
    out = written(folder)
    data = Frames(path=str(out), test=None, validation={"fraction": 0.5}).load(Path("/nowhere"))  # type: ignore[arg-type]
    assert data.target.names == ("pour", "stir")
    assert data.target.recordings == ("anna_1", "ben_1")
    assert data.train.x.shape[1:] == (40, 6)


def test_a_published_network_gives_what_its_head_would_read(folder: Path) -> None:
    network = Application(network="MobileNet", pooling="max")
    out = written(folder, network=network)
    with np.load(out / "anna_1.npz") as file:
        assert file["signals"].shape == (6, 1024)
        assert (file["signals"] >= 0).all()
        first = file["signals"]
    assert len(np.unique(first, axis=0)) > 1
    # Random weights are the same every time, whatever was built before.
    (out / "anna_1.npz").unlink()
    np.testing.assert_array_equal(np.load(written(folder, network=network) / "anna_1.npz")["signals"], first)


def test_nothing_is_overwritten(folder: Path) -> None:
    out = written(folder)
    message = r"features: holds features that were made with other settings \(rate_hz 5.0, now 25.0\); expected another"
    with pytest.raises(UsageError, match=message):
        written(folder, rate_hz=25.0)
    for other in ("{", "[]", None):
        (out / "features.json").write_text(other) if other else (out / "features.json").unlink()
        with pytest.raises(UsageError, match=r"features: is there already; expected a new or empty folder"):
            written(folder)
    assert np.load(out / "ben_1.npz")["signals"].shape == (40, 6)


def test_what_met_a_damaged_frame_goes_on_when_it_is_mended(folder: Path) -> None:
    frame = folder / "ben_1" / "frame_7.png"
    whole = frame.read_bytes()
    frame.write_text("none")
    with pytest.raises(DataError, match=r"frame_7\.png: is damaged or not an image"):
        written(folder)
    frame.write_bytes(whole)
    said: list[str] = []
    out = written(folder, say=said.append)
    assert said == ["anna_1: is there already", "ben_1: 40 frames of 6 features"]
    assert np.load(out / "ben_1.npz")["signals"].shape == (40, 6)


def test_what_holds_no_frames_is_refused(folder: Path) -> None:
    with pytest.raises(MissingData, match="absent: there is no such folder"):
        written(folder / "absent")
    with pytest.raises(DataError, match="anna_1: holds no folder"):
        written(folder / "anna_1")
    (folder / "cleo_1").mkdir()
    with pytest.raises(DataError, match=r"cleo_1: holds no frame; expected files ending in \.png"):
        written(folder)
    (folder / "cleo_1" / "1.png").write_text("none")
    with pytest.raises(DataError, match=r"1\.png: is damaged or not an image"):
        written(folder)


def test_frames_that_the_network_cannot_read_are_refused_before_anything_is_written(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"application \(MobileNet\) reads images of at least 32x32"):
        write_features(folder, folder.parent / "features", Application(network="MobileNet"), 16, None, print)
    assert not (folder.parent / "features").exists()
