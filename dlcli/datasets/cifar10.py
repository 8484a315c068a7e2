"""CIFAR-10: small colour photographs of animals and vehicles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, NonNegativeInt

from dlcli.datasets.files.download import PublishedFile, obtain
from dlcli.datasets.folder import find
from dlcli.datasets.holdout import Holdout
from dlcli.datasets.spec import DatasetSpec, Facts, Outlook
from dlcli.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dlcli.datasets.data import Data, Split

ARCHIVE = PublishedFile("cifar-10-python.tar.gz", 170498071, "md5:c58f30108f718f92721af3b95e74349a")
MIRRORS = ("https://www.cs.toronto.edu/~kriz/",)
FOLDER = "cifar-10-batches-py"
TRAINING_BATCHES = tuple(f"{FOLDER}/data_batch_{number}" for number in range(1, 6))
TEST_BATCHES = (f"{FOLDER}/test_batch",)
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_SIZE, _CHANNELS = 32, 3
_PER_CLASS = {50000: 5000, 10000: 1000}


class Cifar10(DatasetSpec):
    """Colour photographs, 50000 for training and 10000 for the test: CIFAR-10, downloaded when needed (170 MB).

    x: (N, 32, 32, 3) uint8, red, green and blue; y: 10 classes. Test split as published. Read from the archive of the
    Python version, or from the folder unpacked from it; the pickles in it are read without running what they name.
    Raises MissingData where the archive is not here and cannot be downloaded, DataError where it is damaged.
    Source: Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf.
    """

    facts: ClassVar[Facts | None] = Facts(
        train=50000,
        test=10000,
        example="32 x 32 x 3, uint8",
        classes=CLASSES,
        authors="Alex Krizhevsky, Vinod Nair and Geoffrey Hinton",
        licence="none is named; the authors ask to cite the source",
        page="https://www.cs.toronto.edu/~kriz/cifar.html",
        download_bytes=ARCHIVE.size_bytes or 0,
    )

    type: Literal["cifar10"] = "cifar10"

    validation: Holdout | None = Field(default_factory=Holdout)
    """What is held out of the training split for validation; null: nothing. By default a tenth of each class."""
    split_seed: NonNegativeInt = 0
    """Determines which examples are held out. Apart from `seed`, so that runs of several seeds share their splits."""

    def outlook(self) -> Outlook:
        """What is known of the published set."""
        return Outlook(
            predicts="classes",
            classes=CLASSES,
            shape=(_SIZE, _SIZE, _CHANNELS),
            validation=self.validation is not None,
            test=True,
            groups=False,
        )

    def load(self, folder: Path) -> Data:
        """The unpacked folder or the archive, in the data folder or one down; else the archive is downloaded."""
        from dlcli.datasets.data import Classes, Data
        from dlcli.datasets.files.archives import read_members
        from dlcli.datasets.splits import hold_out

        path = self.place(folder)
        if path is None:
            obtain(self.type, (ARCHIVE,), MIRRORS, folder, folder, f"the folder {FOLDER}/ in it")
            path = folder / ARCHIVE.name
        wanted = (*TRAINING_BATCHES, *TEST_BATCHES)
        batches = {name: _batch(content, f"{path}: {name}") for name, content in read_members(path, wanted)}
        target = Classes(CLASSES)
        whole = _together(path, [batches[name] for name in TRAINING_BATCHES], 50000)
        test = _together(path, [batches[name] for name in TEST_BATCHES], 10000)
        train, validation = hold_out(whole, target, self.validation, self.split_seed, "validation")
        remarks = () if (len(whole), len(test)) == (50000, 10000) else (
            f"only a part of it: {len(whole)} of 50000 training and {len(test)} of 10000 test images",
        )  # fmt: skip
        return Data(train, validation, test, target, remarks=remarks)

    @classmethod
    def place(cls, folder: Path) -> Path | None:
        """The unpacked folder or the archive."""
        return find(folder, (FOLDER, ARCHIVE.name))

    def write_stand_in(self, folder: Path) -> None:
        """An archive with 200 training and 60 test images of blobs, whose places tell their classes."""
        import gzip
        import io
        import tarfile

        from dlcli.datasets.files.pickles import python2_pickle
        from dlcli.datasets.small_images.made_up import balanced_labels, blobs

        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for number, name in enumerate((*TRAINING_BATCHES, *TEST_BATCHES)):
                labels = balanced_labels(60 if name in TEST_BATCHES else 40, len(CLASSES), number)
                planes = blobs(labels, _SIZE, _CHANNELS, number).transpose(0, 3, 1, 2).reshape(len(labels), -1)
                content = python2_pickle({b"data": planes, b"labels": labels.tolist(), b"batch_label": name.encode()})
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        (folder / ARCHIVE.name).write_bytes(gzip.compress(packed.getvalue(), mtime=0))


def _batch(content: bytes, source: str) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Images (N, 32, 32, 3) and labels (N,) of one pickled batch."""
    import numpy as np

    from dlcli.datasets.files.pickles import read_pickle

    batch = read_pickle(content, source)
    planes, labels = (_entry(batch, key, source) for key in (b"data", b"labels"))
    wide = _CHANNELS * _SIZE * _SIZE
    if not isinstance(planes, np.ndarray) or planes.shape[1:] != (wide,) or len(planes) == 0:
        shape = getattr(planes, "shape", type(planes).__name__)
        raise DataError(f"{source}: `data` has the shape {shape}, expected (N, {wide})")
    if not isinstance(labels, list) or len(labels) != len(planes):
        count = len(labels) if isinstance(labels, list) else type(labels).__name__
        raise DataError(f"{source}: `labels` has {count} entries, expected {len(planes)}, one for each image")
    for row, label in enumerate(labels):
        if not isinstance(label, int) or not 0 <= label < len(CLASSES):
            raise DataError(f"{source}: label {row} is {label!r}, expected 0 to {len(CLASSES) - 1}")
    images = planes.reshape(-1, _CHANNELS, _SIZE, _SIZE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(images), np.array(labels, np.int32)


def _entry(batch: Any, key: bytes, source: str) -> Any:
    if not isinstance(batch, dict) or key not in batch:
        raise DataError(f"{source} has no entry `{key.decode()}`, expected a dict with `data` and `labels`")
    return batch[key]


def _together(path: Path, batches: list[tuple[NDArray[np.uint8], NDArray[np.int32]]], published: int) -> Split:
    import numpy as np

    from dlcli.datasets.data import Split

    y = np.concatenate([labels for _, labels in batches])
    counts = np.bincount(y, minlength=len(CLASSES)).tolist()
    if len(y) == published and set(counts) != {_PER_CLASS[published]}:
        raise DataError(
            f"{path} has {counts} of {published} images in the classes, expected {_PER_CLASS[published]} each"
        )
    return Split(np.concatenate([images for images, _ in batches]), y)
