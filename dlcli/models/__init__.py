"""Models, each chosen by its `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.models.bilstm import BiLSTM
from dlcli.models.gru import GRU
from dlcli.models.lstm import LSTM

Model = Annotated[LSTM | BiLSTM | GRU, ByType()]
