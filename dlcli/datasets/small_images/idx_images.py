"""Ten classes of small grey images in four idx files: what MNIST and its successors share."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, NonNegativeInt

from dlcli.datasets.files.download import PublishedFile, obtain
from dlcli.datasets.files.idx import idx_bytes, read_idx
from dlcli.datasets.folder import find_all, places
from dlcli.datasets.holdout import Holdout
from dlcli.datasets.spec import DatasetSpec, Facts, Outlook
from dlcli.errors import DataError

if TYPE_CHECKING:
    from dlcli.datasets.data import Data, Split

_SIZE = 28
_STAND_IN_EXAMPLES = (200, 60)


@dataclass(frozen=True)
class ImageSet:
    """A published set of images: its four files, and what must be in them.

    files: images and labels for training, images and labels of the test.
    folders: how the names of folders begin that hold this set and no other, in small letters without - and _.
    label_counts: examples of each class, in training and test.
    """

    dataset: str
    files: tuple[PublishedFile, PublishedFile, PublishedFile, PublishedFile]
    mirrors: tuple[str, ...]
    folders: tuple[str, ...]
    classes: tuple[str, ...]
    label_counts: tuple[tuple[int, ...], tuple[int, ...]]

    def facts(self, authors: str, licence: str, page: str) -> Facts:
        """What is known of the set, of which the rest is told here."""
        train, test = (sum(counts) for counts in self.label_counts)
        size = sum(file.size_bytes or 0 for file in self.files)
        return Facts(train, test, f"{_SIZE} x {_SIZE} x 1, uint8", self.classes, authors, licence, page, size)


class IdxImages(DatasetSpec):
    """Images 28 x 28 of ten classes with a published test split."""

    published: ClassVar[ImageSet]

    validation: Holdout | None = Field(default_factory=Holdout)
    """What is held out of the training split for validation; null: nothing. By default a tenth of each class."""
    split_seed: NonNegativeInt = 0
    """Determines which examples are held out. Apart from `seed`, so that runs of several seeds share their splits."""

    def outlook(self) -> Outlook:
        """What is known of a published set."""
        return Outlook(
            predicts="classes",
            classes=self.published.classes,
            shape=(_SIZE, _SIZE, 1),
            validation=self.validation is not None,
            test=True,
            groups=False,
        )

    def load(self, folder: Path) -> Data:
        """The four files, compressed or not, from `<dataset>/`, the data folder or another folder one down in it.

        Where they are not there, they are downloaded to `<dataset>/`. Another number of examples than published is
        taken and remarked on. Raises MissingData, and DataError where a file is damaged or of another set.
        """
        from dlcli.datasets.data import Classes, Data
        from dlcli.datasets.splits import hold_out

        published = self.published
        paths = self._found(folder)
        if paths is None:
            into = folder / published.dataset
            obtain(published.dataset, published.files, published.mirrors, into, folder, "the same without .gz")
            paths = [into / file.name for file in published.files]
        target = Classes(published.classes)
        images, labels, test_images, test_labels = paths
        whole = self._split(images, labels, published.label_counts[0])
        test = self._split(test_images, test_labels, published.label_counts[1])
        train, validation = hold_out(whole, target, self.validation, self.split_seed, "validation")
        full = [sum(counts) for counts in published.label_counts]
        remarks = () if [len(whole), len(test)] == full else (
            f"only a part of it: {len(whole)} of {full[0]} training and {len(test)} of {full[1]} test images",
        )  # fmt: skip
        return Data(train, validation, test, target, remarks=remarks)

    @classmethod
    def place(cls, folder: Path) -> Path | None:
        """The folder that holds the four files, compressed or not."""
        found = cls._found(folder)
        return found[0].parent if found else None

    def write_stand_in(self, folder: Path) -> None:
        """200 training and 60 test images of blobs, whose places tell their classes."""
        from dlcli.datasets.small_images.made_up import balanced_labels, blobs

        into = folder / self.published.dataset
        into.mkdir(parents=True, exist_ok=True)
        for split, examples in enumerate(_STAND_IN_EXAMPLES):
            labels = balanced_labels(examples, len(self.published.classes), split)
            images = blobs(labels, _SIZE, 1, split)[..., 0]
            for file, array in zip(self.published.files[2 * split :], (images, labels), strict=False):
                (into / file.name).write_bytes(gzip.compress(idx_bytes(array), mtime=0))

    @classmethod
    def _found(cls, folder: Path) -> list[Path] | None:
        names = [(file.name, file.name.removesuffix(".gz")) for file in cls.published.files]
        return find_all(cls._places(folder), names)

    @classmethod
    def _places(cls, folder: Path) -> Iterator[Path]:
        """Where the files may lie: other sets use the same names, so folders named after them are left out."""
        _, *below = places(folder)
        own = [place for place in below if _plain(place).startswith(cls.published.folders)]
        yield from own
        yield folder
        yield from (place for place in below if place not in own and not _named_after_a_set(place))

    def _split(self, images: Path, labels: Path, published: tuple[int, ...]) -> Split:
        import numpy as np

        from dlcli.datasets.data import Split

        x, y = read_idx(images, 3), read_idx(labels, 1)
        if x.shape[1:] != (_SIZE, _SIZE):
            raise DataError(f"{images} has images of {x.shape[1]} x {x.shape[2]}, expected {_SIZE} x {_SIZE}")
        if len(x) != len(y):
            raise DataError(f"{images} has {len(x)} images, but {labels} has {len(y)} labels; expected as many")
        if len(y) == 0:
            raise DataError(f"{labels} has no labels, expected at least 1")
        if y.max() >= len(published):
            row = int(np.argmax(y >= len(published)))
            raise DataError(f"{labels}: label {row} is {y[row]}, expected 0 to {len(published) - 1}")
        counts = tuple(np.bincount(y, minlength=len(published)).tolist())
        if len(y) == sum(published) and counts != published:
            name = self.published.dataset
            raise DataError(
                f"{labels} has {_listed(counts)} examples of the classes, but {name} has {_listed(published)}: it is "
                f"another set, whose files have the same names. Put the files of {name} into a folder {name}/ in the "
                "data folder"
            )
        return Split(x[..., None], y.astype(np.int32))


def _plain(folder: Path) -> str:
    return folder.name.lower().replace("-", "").replace("_", "")


def _named_after_a_set(folder: Path) -> bool:
    return "mnist" in _plain(folder) or "fashion" in _plain(folder)


def _listed(counts: tuple[int, ...]) -> str:
    return f"{counts[0]} each" if len(set(counts)) == 1 else ", ".join(map(str, counts))
