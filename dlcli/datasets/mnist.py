"""MNIST: handwritten digits."""

from __future__ import annotations

from typing import ClassVar, Literal

from dlcli.datasets.files.download import PublishedFile
from dlcli.datasets.small_images.idx_images import IdxImages, ImageSet
from dlcli.datasets.spec import Facts

MNIST = ImageSet(
    dataset="mnist",
    files=(
        PublishedFile(
            "train-images-idx3-ubyte.gz",
            9912422,
            "sha256:440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        PublishedFile(
            "train-labels-idx1-ubyte.gz",
            28881,
            "sha256:3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        PublishedFile(
            "t10k-images-idx3-ubyte.gz",
            1648877,
            "sha256:8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        PublishedFile(
            "t10k-labels-idx1-ubyte.gz",
            4542,
            "sha256:f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    ),
    # Copies by the authors of PyTorch and by Google; the authors' own server asks for a password.
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    folders=("mnist",),
    classes=tuple("0123456789"),
    label_counts=(
        (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949),
        (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009),
    ),
)


class Mnist(IdxImages):
    """Handwritten digits, 60000 for training and 10000 for the test: MNIST, downloaded when needed (12 MB).

    x: (N, 28, 28, 1) uint8, 0 is paper and 255 ink; y: 10 classes. Test split as published.
    Raises MissingData where the files are not here and cannot be downloaded, DataError where they are damaged.
    Source: LeCun, Bottou, Bengio and Haffner 1998, https://doi.org/10.1109/5.726791.
    """

    published: ClassVar[ImageSet] = MNIST
    facts: ClassVar[Facts | None] = MNIST.facts(
        authors="Yann LeCun, Corinna Cortes and Christopher Burges, from NIST's Special Databases 1 and 3",
        licence="none is named",
        page="http://yann.lecun.com/exdb/mnist/",
    )

    type: Literal["mnist"] = "mnist"
