"""Images of a user's own, in a folder for each class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, PositiveInt

from dlcli.component import such_as
from dlcli.datasets.folder import resolve
from dlcli.datasets.holdout import HELD_OUT, SPLIT_NAMES, OwnSplits
from dlcli.datasets.spec import DatasetSpec, Outlook
from dlcli.errors import DataError
from dlcli.paths import PathText

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlcli.datasets.data import Data

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif")
MAX_BYTES = 4 * 2**30
"""Pixels that are held in memory, at most."""


class Images(DatasetSpec, OwnSplits):
    """Image files in a folder for each class, `path/class/*.png`, or in such folders under `train/` and `test/`.

    Under `validation/` (or `val/`), too; what is not there is held out as `validation` and `test` say. Files end in
    .png, .jpg, .jpeg, .bmp or .gif (its first frame); hidden ones are ignored, and the run's remarks count the others.
    x: (N, H, W, C) uint8, 0 to 255, turned upright as their EXIF data says; y: the folder, in alphabetical order, or
    in numeric order where all names are numbers.
    Raises MissingData where there is no such folder; DataError, with the file, where an image is damaged, has another
    size than the first (if `size` is absent) or more than 8 bits a channel, where there are not two classes, or where
    the pixels would take more than 4 GiB.
    """

    model_config = such_as({"type": "images", "path": "pictures", "size": [64, 64]})

    type: Literal["images"] = "images"

    path: PathText = Field(examples=["pictures"])
    """The folder, looked for from the working directory, then in the data folder and one folder down in it."""
    size: Annotated[tuple[PositiveInt, ...], Field(min_length=2, max_length=2)] | None = Field(
        default=None, examples=[(64, 64)]
    )
    """Height and width in pixels that every image is scaled to (bilinear); if absent, all must have one size."""
    color: Literal["rgb", "gray"] = "rgb"
    """Whether images have three channels, or one."""

    @classmethod
    def first_values(cls) -> dict[str, object]:
        """What `dlcli init` writes besides the type."""
        return {"path": "pictures", "size": [64, 64], **HELD_OUT}

    def outlook(self) -> Outlook:
        """What is known without the images, which may come divided."""
        return Outlook(
            predicts="classes",
            shape=(*(self.size or (None, None)), 3 if self.color == "rgb" else 1),
            validation=True if self.validation is not None else None,
            test=True if self.test is not None else None,
            groups=False,
            files=("path",),
        )

    def load(self, folder: Path) -> Data:
        """Decode every image; about a thousand small ones a second."""
        import numpy as np

        from dlcli.datasets.data import Classes, Data, Split
        from dlcli.datasets.files.numerals import ordered
        from dlcli.datasets.labels import about_classes
        from dlcli.datasets.splits import divide

        top = resolve(self.path, folder)
        if not top.is_dir():
            said = f"{top}: is a file; expected a folder with a folder of images for each class"
            raise DataError(said, at=("dataset", "path"))
        others: list[Path] = []
        places = _places(top)
        found = {split: _by_class(place, others) for split, place in places.items()}
        names = ordered(found["train"])
        for split, by_class in found.items():
            if strangers := sorted(set(by_class) - set(names)):
                raise DataError(f"{places[split] / strangers[0]}: is a class without a folder in {places['train']}")
        if len(names) < 2:
            raise DataError(f"{places['train']}: holds one class, {names[0]!r}; expected two classes or more")
        files = {s: [(file, names.index(c)) for c in names for file in by.get(c, [])] for s, by in found.items()}
        first = files["train"][0][0]
        size = self._size(first, sum(map(len, files.values())))
        splits = {
            s: Split(
                *self._decoded(pairs, size, first), names=np.array([str(file.relative_to(top)) for file, _ in pairs])
            )
            for s, pairs in files.items()
        }
        target = Classes(names)
        train, validation, test = divide(
            splits["train"], target, self, validation=splits.get("validation"), test=splits.get("test")
        )
        remarks = [f"{len(others)} files that are no images are left out, such as {others[0]}"] if others else []
        remarks += about_classes(target, splits.values())
        return Data(train, validation, test, target, remarks=tuple(remarks))

    def write_stand_in(self, folder: Path) -> None:
        """Small made-up images of two classes, bright and dark, under the path's last part."""
        import numpy as np
        from PIL import Image

        draw = np.random.default_rng(0)
        height, width = self.size or (32, 32)
        for name, brightness in (("bright", 160), ("dark", 90)):
            place = folder / Path(self.path).name / name
            place.mkdir(parents=True)
            for i in range(60):
                pixels = draw.integers(-80, 80, (height, width, 3)) + brightness
                Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(place / f"{i:03}.png")

    def _size(self, first: Path, count: int) -> tuple[int, int]:
        """Height and width of all images. Raises DataError where they would take too much memory."""
        if self.size is not None:
            height, width = self.size
        else:
            height, width = self._pixels(first, None).shape[:2]
        total = count * height * width * (3 if self.color == "rgb" else 1)
        if total > MAX_BYTES:
            raise DataError(
                f"{count} images of {height} x {width} take {total / 2**30:.1f} GiB, more than "
                f"{MAX_BYTES / 2**30:g} GiB; set dataset.size to something smaller"
            )
        return height, width

    def _decoded(
        self, files: Sequence[tuple[Path, int]], size: tuple[int, int], first: Path
    ) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        import numpy as np

        x = np.empty((len(files), *size, 3 if self.color == "rgb" else 1), np.uint8)
        for row, (file, _) in enumerate(files):
            pixels = self._pixels(file, self.size)
            if pixels.shape[:2] != size:
                raise DataError(
                    f"{file}: is {pixels.shape[0]} x {pixels.shape[1]} pixels, {first} {size[0]} x {size[1]} "
                    "(height x width); expected one size. Set dataset.size to scale all"
                )
            x[row] = pixels
        return x, np.array([label for _, label in files], np.int32)

    def _pixels(self, path: Path, size: tuple[int, ...] | None) -> NDArray[np.uint8]:
        """One image, (H, W, C)."""
        from dlcli.datasets.files.pictures import read_picture

        return read_picture(path, size, self.color)


def _places(top: Path) -> dict[str, Path]:
    """The folders of the splits; the top itself as `train` where it is not divided."""
    if not (top / "train").is_dir() or not any(child.is_dir() for child in (top / "train").iterdir()):
        return {"train": top}
    return {split: place for split, names in SPLIT_NAMES.items() for name in names if (place := top / name).is_dir()}


def _by_class(place: Path, others: list[Path]) -> dict[str, list[Path]]:
    """The image files of each class, in alphabetical order; files of other kinds are added to `others`."""
    found: dict[str, list[Path]] = {}
    for child in sorted(place.iterdir()):
        if child.name.startswith("."):
            continue
        if not child.is_dir():
            others.append(child)
            continue
        found[child.name] = []
        for file in sorted(child.iterdir()):
            if file.name.startswith("."):
                continue
            if file.is_dir():
                raise DataError(f"{file}: is a folder within a class; expected image files, {place}/class/*.png")
            (found[child.name] if file.suffix.lower() in ENDINGS else others).append(file)
        if not found[child.name]:
            raise DataError(f"{child}: holds no image; expected files ending in {', '.join(ENDINGS)}")
    if not found:
        raise DataError(f"{place}: holds no folder; expected a folder of images for each class")
    return found
