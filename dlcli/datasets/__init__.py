"""Datasets, each chosen by its `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.datasets.hapt import Hapt
from dlcli.datasets.recordings import Recordings

Dataset = Annotated[Hapt | Recordings, ByType()]
