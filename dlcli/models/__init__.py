"""Models, each chosen by its `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.models.alexnet import AlexNet
from dlcli.models.application import Application
from dlcli.models.attention_rnn import AttentionRNN
from dlcli.models.autoencoder import Autoencoder
from dlcli.models.bilstm import BiLSTM
from dlcli.models.cnn import CNN
from dlcli.models.cnn_lstm import CNNLSTM
from dlcli.models.deep_cnn import DeepCNN
from dlcli.models.gru import GRU
from dlcli.models.lenet5 import LeNet5
from dlcli.models.linear import Linear
from dlcli.models.lstm import LSTM
from dlcli.models.mlp import MLP
from dlcli.models.resnet import ResNet
from dlcli.models.rnn import RNN
from dlcli.models.seq2seq import Seq2Seq
from dlcli.models.sequential import Sequential
from dlcli.models.text_cnn import TextCNN
from dlcli.models.transformer import Transformer
from dlcli.models.wide_deep import WideDeep

Single = (
    Linear
    | MLP
    | WideDeep
    | CNN
    | DeepCNN
    | ResNet
    | LeNet5
    | AlexNet
    | Application
    | LSTM
    | BiLSTM
    | GRU
    | RNN
    | CNNLSTM
    | AttentionRNN
    | Transformer
    | TextCNN
    | Seq2Seq
    | Sequential
)
"""What can be a member of an ensemble."""

from dlcli.models.ensemble import Ensemble  # noqa: E402 (it is made of the models above)

Model = Annotated[Single | Autoencoder | Ensemble, ByType("model")]
