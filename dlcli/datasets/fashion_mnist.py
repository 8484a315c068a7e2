"""Fashion-MNIST: pieces of clothing, shoes and bags."""

from __future__ import annotations

from typing import ClassVar, Literal

from dlcli.datasets.files.download import PublishedFile
from dlcli.datasets.small_images.idx_images import IdxImages, ImageSet
from dlcli.datasets.spec import Facts

FASHION_MNIST = ImageSet(
    dataset="fashion_mnist",
    # The publishers name md5 checksums.
    files=(
        PublishedFile("train-images-idx3-ubyte.gz", 26421880, "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        PublishedFile("train-labels-idx1-ubyte.gz", 29515, "md5:25c81989df183df01b3e8a0aad5dffbe"),
        PublishedFile("t10k-images-idx3-ubyte.gz", 4422102, "md5:bef4ecab320f06d8554ea6380940ec79"),
        PublishedFile("t10k-labels-idx1-ubyte.gz", 5148, "md5:bb300cfdad3c16e7a12a480ee83cd310"),
    ),
    mirrors=(
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
    folders=("fashion",),
    classes=(
        "t_shirt_top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle_boot",
    ),
    label_counts=((6000,) * 10, (1000,) * 10),
)


class FashionMnist(IdxImages):
    """Zalando's articles, 60000 for training and 10000 for the test: Fashion-MNIST, downloaded when needed (31 MB).

    x: (N, 28, 28, 1) uint8, 0 is background; y: 10 classes. Test split as published. The files have the names of
    MNIST's, so they are looked for in a folder `fashion_mnist`, `fashion-mnist` or `fashion` first.
    Raises MissingData where the files are not here and cannot be downloaded, DataError where they are damaged.
    Source: Xiao, Rasul and Vollgraf 2017, https://arxiv.org/abs/1708.07747.
    """

    published: ClassVar[ImageSet] = FASHION_MNIST
    facts: ClassVar[Facts | None] = FASHION_MNIST.facts(
        authors="Zalando SE", licence="MIT", page="https://github.com/zalandoresearch/fashion-mnist"
    )

    type: Literal["fashion_mnist"] = "fashion_mnist"
