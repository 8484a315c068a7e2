"""Datasets, each chosen by its `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.datasets.cifar10 import Cifar10
from dlcli.datasets.fashion_mnist import FashionMnist
from dlcli.datasets.hapt import Hapt
from dlcli.datasets.mnist import Mnist
from dlcli.datasets.recordings import Recordings
from dlcli.datasets.uci_har import UciHar

Dataset = Annotated[Cifar10 | FashionMnist | Hapt | Mnist | Recordings | UciHar, ByType()]
