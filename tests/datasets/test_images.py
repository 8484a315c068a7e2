"""Folders of images: which pixels come of which files, in which class, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dlcli.datasets import images
from dlcli.datasets.checks import check
from dlcli.datasets.data import Classes, Data, pooled
from dlcli.datasets.images import Images
from dlcli.errors import DataError, MissingData

DRAW = np.random.default_rng(0)


def save(path: Path, shape: tuple[int, ...] = (6, 5, 3), **options: Any) -> np.ndarray:
    """An image of noise; returns its pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = DRAW.integers(0, 256, shape).astype(np.uint8)
    Image.fromarray(pixels).save(path, **options)
    return pixels


def load(folder: Path, **fields: Any) -> Data:
    return Images.model_validate({"path": "p", "test": None, "validation": None, **fields}).load(folder)


def two_classes(folder: Path, count: int = 2) -> list[np.ndarray]:
    return [save(folder / "p" / name / f"{i}.png") for name in ("cat", "dog") for i in range(count)]


def test_pixels_and_classes_are_those_of_the_files(tmp_path: Path) -> None:
    pixels = two_classes(tmp_path)
    data = load(tmp_path)
    np.testing.assert_array_equal(data.train.x, pixels)
    assert data.train.x.dtype == np.uint8
    assert (data.train.y.tolist(), data.target) == ([0, 0, 1, 1], Classes(("cat", "dog")))
    assert (data.train.y.dtype, data.remarks) == (
        np.int32,
        ("classes with fewer than 5 examples: `cat` (2), `dog` (2)",),
    )


@pytest.mark.parametrize("ending", ["png", "PNG", "jpg", "jpeg", "bmp", "gif"])
def test_formats(tmp_path: Path, ending: str) -> None:
    two_classes(tmp_path)
    gradient = np.linspace(0, 255, 30).astype(np.uint8).reshape(6, 5)
    Image.fromarray(gradient).save(tmp_path / "p" / "cat" / f"9.{ending}")
    x = load(tmp_path).train.x[2]
    assert np.abs(x.astype(int) - gradient[:, :, None]).max() < 12  # JPEG is not exact


def test_gray_is_one_channel(tmp_path: Path) -> None:
    rgb = two_classes(tmp_path)
    gray = save(tmp_path / "p" / "dog" / "gray.png", (6, 5))
    x = load(tmp_path, color="gray").train.x
    assert x.shape == (5, 6, 5, 1)
    np.testing.assert_array_equal(x[4, :, :, 0], gray)
    assert np.abs(x[0, :, :, 0] - rgb[0] @ [0.299, 0.587, 0.114]).max() <= 1
    np.testing.assert_array_equal(load(tmp_path).train.x[4], gray[:, :, None].repeat(3, axis=2))


def test_images_are_scaled_to_height_and_width(tmp_path: Path) -> None:
    two_classes(tmp_path)
    flat = np.full((40, 20, 3), 77, np.uint8)
    Image.fromarray(flat).save(tmp_path / "p" / "cat" / "9.png")
    x = load(tmp_path, size=(8, 10)).train.x
    assert x.shape == (5, 8, 10, 3)
    assert (x[2] == 77).all()


def test_images_are_turned_upright(tmp_path: Path) -> None:
    two_classes(tmp_path)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rows are columns
    pixels = save(tmp_path / "p" / "cat" / "9.png", (5, 6, 3), exif=exif)
    np.testing.assert_array_equal(load(tmp_path).train.x[2], np.rot90(pixels, -1))


def test_transparent_palettes_are_read_without_a_warning(tmp_path: Path) -> None:
    two_classes(tmp_path)
    image = Image.new("P", (5, 6), 1)
    image.putpalette([255, 0, 0, 0, 200, 0])
    image.save(tmp_path / "p" / "cat" / "9.png", transparency=b"\x00\x80")
    assert (load(tmp_path).train.x[2] == [0, 200, 0]).all()


def test_numbers_as_classes_stand_in_their_order(tmp_path: Path) -> None:
    for name in ("10", "9", "1"):
        save(tmp_path / "p" / name / "a.png")
    assert load(tmp_path).target == Classes(("1", "9", "10"))


def test_images_are_divided_class_by_class(tmp_path: Path) -> None:
    pixels = two_classes(tmp_path, 20)
    data = load(tmp_path, test={"fraction": 0.2}, validation={"fraction": 0.25})
    counts = {name: np.bincount(split.y).tolist() for name, split in data.splits.items()}
    assert counts == {"train": [12, 12], "validation": [4, 4], "test": [4, 4]}
    assert {x.tobytes() for x in pooled(data).x} == {x.tobytes() for x in pixels}


@pytest.mark.parametrize("validation", [None, "validation", "val"])
def test_folders_of_splits(tmp_path: Path, validation: str | None) -> None:
    for split in ("train", "test", *([validation] if validation else [])):
        for name in ("cat", "dog"):
            for i in range(5):
                save(tmp_path / "p" / split / name / f"{i}.png")
    spec = Images(path="p")
    sizes = {name: len(split) for name, split in spec.load(tmp_path).splits.items()}
    assert sizes == (
        {"train": 10, "validation": 10, "test": 10} if validation else {"train": 9, "validation": 1, "test": 10}
    )


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    save(tmp_path / "p" / "train" / "a.png")
    save(tmp_path / "p" / "plane" / "a.png")
    assert load(tmp_path).target == Classes(("plane", "train"))


def test_other_files_are_remarked_on_and_hidden_ones_ignored(tmp_path: Path) -> None:
    two_classes(tmp_path)
    (tmp_path / "p" / ".DS_Store").write_bytes(b"x")
    (tmp_path / "p" / "cat" / ".hidden.png").write_bytes(b"x")
    (tmp_path / "p" / "cat" / "labels.txt").write_text("x")
    (tmp_path / "p" / "README").write_text("x")
    data = load(tmp_path)
    assert len(data.train) == 4
    assert data.remarks[0] == f"2 files that are no images are left out, such as {tmp_path / 'p' / 'README'}"


# Refusals


def refused(folder: Path, **fields: Any) -> str:
    with pytest.raises(DataError) as error:
        load(folder, **fields)
    return str(error.value).replace(f"{folder}/", "")


def test_two_sizes_are_named(tmp_path: Path) -> None:
    two_classes(tmp_path)
    save(tmp_path / "p" / "dog" / "9.png", (7, 5, 3))
    assert refused(tmp_path).startswith(
        "p/dog/9.png: is 7 x 5 pixels, p/cat/0.png 6 x 5 (height x width); expected one size. Set dataset.size"
    )


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b"text", lambda b: b[: len(b) // 2], lambda b: b[:40]])
@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "gif"])
def test_damaged_images_are_named(tmp_path: Path, damage: Any, ending: str) -> None:
    two_classes(tmp_path)
    path = tmp_path / "p" / "dog" / f"9.{ending}"
    save(path, (60, 50, 3))
    path.write_bytes(damage(path.read_bytes()))
    assert refused(tmp_path, size=(6, 5)).startswith(f"p/dog/9.{ending}: is damaged or not an image (")


def test_sixteen_bits_are_refused(tmp_path: Path) -> None:
    two_classes(tmp_path)
    Image.fromarray(np.full((6, 5), 40_000, np.uint16)).save(tmp_path / "p" / "dog" / "9.png")
    assert refused(tmp_path).startswith("p/dog/9.png: has more than 8 bits a channel (I;16); expected 8")


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two_classes(tmp_path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert "p/cat/0.png: is damaged or not an image (Image size (30 pixels) exceeds limit" in refused(tmp_path)


def test_too_many_pixels_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two_classes(tmp_path)
    monkeypatch.setattr(images, "MAX_BYTES", 359)
    assert refused(tmp_path).startswith("4 images of 6 x 5 take 0.0 GiB, more than")
    monkeypatch.setattr(images, "MAX_BYTES", 360)
    assert len(load(tmp_path).train) == 4
    monkeypatch.setattr(images, "MAX_BYTES", 4 * 2**30)
    message = refused(tmp_path, size=(30_000, 30_000))
    assert message.startswith("4 images of 30000 x 30000 take 10.1 GiB, more than 4 GiB; set dataset.size")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (["p/cat/a.png", "p/dog/.keep"], "p/dog: holds no image; expected files ending in .png, .jpg"),
        (["p/a.txt"], "p: holds no folder; expected a folder of images for each class"),
        (["p/cat/a.png"], "p: holds one class, 'cat'; expected two classes or more"),
        (["p/cat/more/a.png"], "p/cat/more: is a folder within a class"),
        (["p"], "p: is a file; expected a folder with a folder of images for each class"),
        (
            ["p/train/cat/a.png", "p/train/dog/a.png", "p/test/cow/a.png"],
            "p/test/cow: is a class without a folder in p/train",
        ),
    ],
)
def test_folders_that_are_not_as_they_should_be(tmp_path: Path, files: list[str], words: str) -> None:
    for file in files:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".png":
            save(path)
        else:
            path.write_text("")
    assert refused(tmp_path).startswith(words)


def test_a_missing_folder_is_missing_data(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match=r"^p: there is no such file or folder"):
        load(tmp_path)


@pytest.mark.parametrize("fields", [{}, {"size": (8, 12)}, {"color": "gray", "path": "deep/p"}])
def test_stand_ins_fit_their_spec(tmp_path: Path, fields: dict[str, Any]) -> None:
    spec = Images.model_validate({"path": "p", **fields})
    spec.write_stand_in(tmp_path)
    data = spec.load(tmp_path)
    check(data, "images")
    brightness = pooled(data).x.mean(axis=(1, 2, 3))
    np.testing.assert_array_equal(brightness < 125, pooled(data).y == 1)
    assert len(pooled(data)) == 120
