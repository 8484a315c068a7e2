"""Datasets, each chosen by its `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.datasets.hapt import Hapt

Dataset = Annotated[Hapt, ByType()]
