"""Datasets, each chosen by its `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.datasets.arrays import Npz
from dlcli.datasets.cifar10 import Cifar10
from dlcli.datasets.dates import Dates
from dlcli.datasets.fashion_mnist import FashionMnist
from dlcli.datasets.frames import Frames
from dlcli.datasets.hapt import Hapt
from dlcli.datasets.hapt_recordings import HaptRecordings
from dlcli.datasets.images import Images
from dlcli.datasets.mnist import Mnist
from dlcli.datasets.pairs import Pairs
from dlcli.datasets.recordings import Recordings
from dlcli.datasets.rt_polarity import RtPolarity
from dlcli.datasets.table import Csv
from dlcli.datasets.text import Text
from dlcli.datasets.tiny_shakespeare import TinyShakespeare
from dlcli.datasets.titanic import Titanic
from dlcli.datasets.trec import Trec
from dlcli.datasets.uci_har import UciHar
from dlcli.datasets.windows import Windows

Dataset = Annotated[
    Cifar10
    | Csv
    | Dates
    | FashionMnist
    | Frames
    | Hapt
    | HaptRecordings
    | Images
    | Mnist
    | Npz
    | Pairs
    | Recordings
    | RtPolarity
    | Text
    | TinyShakespeare
    | Titanic
    | Trec
    | UciHar
    | Windows,
    ByType("dataset"),
]
