"""What layers cost, against the formulas that everybody knows."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from dlcli.layers.attention import AttentionRNN
from dlcli.layers.lstm import LSTM
from dlcli.training.costs import flops, kept_numbers

LAYERS = keras.layers
T, C, H, W, U, K = 12, 5, 9, 7, 4, 3

KNOWN: dict[str, tuple[Any, tuple[int, ...], int | None]] = {
    "dense": (LAYERS.Dense(U), (C,), 2 * C * U),
    "dense at each step": (LAYERS.Dense(U), (T, C), 2 * T * C * U),
    "conv1d": (LAYERS.Conv1D(U, K), (T, C), 2 * (T - K + 1) * K * C * U),
    "conv2d": (LAYERS.Conv2D(U, K, padding="same"), (H, W, C), 2 * H * W * K * K * C * U),
    "conv2d with strides": (LAYERS.Conv2D(U, K, strides=2, padding="same"), (8, 6, C), 2 * 4 * 3 * K * K * C * U),
    "conv2d in groups": (LAYERS.Conv2D(6, K, groups=2, padding="same"), (H, W, 4), 2 * H * W * K * K * 2 * 6),
    "depthwise": (LAYERS.DepthwiseConv2D(K, padding="same", depth_multiplier=2), (H, W, C), 2 * H * W * K * K * C * 2),
    "separable": (LAYERS.SeparableConv2D(U, K, padding="same"), (H, W, C), 2 * H * W * (K * K * C + C * U)),
    "transposed": (LAYERS.Conv2DTranspose(U, K, strides=2), (H, W, C), 2 * H * W * K * K * C * U),
    "lstm": (LAYERS.LSTM(U), (T, C), 2 * T * 4 * (C * U + U * U)),
    "our lstm": (LSTM(U, return_sequences=True), (T, C), 2 * T * 4 * (C * U + U * U)),
    "gru": (LAYERS.GRU(U), (T, C), 2 * T * 3 * (C * U + U * U)),
    "simple rnn": (LAYERS.SimpleRNN(U), (T, C), 2 * T * (C * U + U * U)),
    "bidirectional": (LAYERS.Bidirectional(LAYERS.GRU(U)), (T, C), 2 * 2 * T * 3 * (C * U + U * U)),
    "both ways of an unknown kind": (LAYERS.Bidirectional(LAYERS.ConvLSTM1D(U, K)), (T, W, C), None),
    "attention of a small network": (
        AttentionRNN(U),
        (T, C),
        2 * T * (4 * (2 * C * U + U * U) + T * C + (U * U + C * U + T * U)),
    ),
    "attention by products": (AttentionRNN(C, "gru", "dot"), (T, C), 2 * T * (3 * 3 * C * C + 2 * T * C)),
    "attention through a kernel": (
        AttentionRNN(U, "rnn", "general"),
        (T, C),
        2 * T * (2 * C * U + U * U + 2 * T * C + U * C),
    ),
    "spectrum": (
        LAYERS.STFTSpectrogram(frame_length=8, frame_step=2),
        (T, C),
        2 * ((T - 8) // 2 + 1) * C * 8 * 2 * (8 // 2 + 1),
    ),
    "single numbers": (LAYERS.BatchNormalization(), (H, W, C), 0),
    "no weights": (LAYERS.MaxPooling2D(), (H, W, C), 0),
    "unknown weights": (LAYERS.EinsumDense("ab,bc->ac", output_shape=U), (C,), None),
}  # fmt: skip


@pytest.mark.parametrize("kind", KNOWN)
def test_two_operations_for_each_use_of_each_entry_of_a_kernel(kind: str) -> None:
    layer, shape, expected = KNOWN[kind]
    layer(keras.Input(shape))
    assert flops(layer) == expected


def test_what_inputs_alone_are_multiplied_to_is_not_known() -> None:
    layer, x = LAYERS.Dot(axes=1), keras.Input((T, C))
    layer([x, x])
    assert flops(layer) is None


@pytest.mark.parametrize("kind", [LAYERS.Attention, LAYERS.AdditiveAttention])
def test_attention_compares_each_step_with_each_and_adds_them_up(kind: Any) -> None:
    layer, S = kind(), 7
    layer([keras.Input((T, C)), keras.Input((S, C))])
    assert flops(layer) == 2 * T * S * C + 2 * T * S * C


def test_each_head_of_attention_projects_compares_and_adds_up() -> None:
    heads, D, S = 2, 3, 7
    layer = LAYERS.MultiHeadAttention(heads, D)
    layer(keras.Input((T, C)), keras.Input((S, U)))
    projections = 2 * heads * D * (T * C + 2 * S * U + T * C)
    assert flops(layer) == projections + 2 * heads * T * S * (D + D)
    assert kept_numbers(layer) == heads * (T * S + 2 * D * (T + S)) + T * C


def test_outputs_are_kept_and_of_recurrent_layers_every_gate_at_each_step() -> None:
    cases = [
        (LAYERS.Conv2D(U, K, padding="same"), (H, W, C), H * W * U),
        (LSTM(U), (T, C), T * U * 5),
        (LAYERS.Bidirectional(LAYERS.GRU(U)), (T, C), 2 * T * U * 4),
        (AttentionRNN(U), (T, C), T * U * 5 + T * T * (1 + U)),
        (AttentionRNN(C, "gru", "dot"), (T, C), T * C * 4 + T * T),
    ]
    for layer, shape, expected in cases:
        layer(keras.Input(shape))
        assert kept_numbers(layer) == expected
