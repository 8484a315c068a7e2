"""What a layer costs: arithmetic for one example, and numbers that training keeps of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras

from dlcli.layers.attention import AttentionRNN

_layers = keras.layers
_DENSE = (_layers.Dense,)
_CONVOLUTIONS = (
    _layers.Conv1D, _layers.Conv2D, _layers.Conv3D, _layers.DepthwiseConv1D, _layers.DepthwiseConv2D,
    _layers.SeparableConv1D, _layers.SeparableConv2D,
)  # fmt: skip
_TRANSPOSED = (_layers.Conv1DTranspose, _layers.Conv2DTranspose, _layers.Conv3DTranspose)
_RECURRENT = {_layers.LSTM: 4, _layers.GRU: 3, _layers.SimpleRNN: 1}
"""With the number of gates, each of which is a vector of `units` at every step."""
_OF_SINGLE_NUMBERS = (
    _layers.BatchNormalization, _layers.LayerNormalization, _layers.GroupNormalization, _layers.Normalization,
    _layers.UnitNormalization, _layers.PReLU, _layers.Embedding, _layers.Rescaling,
)  # fmt: skip
"""Layers whose weights are not multiplied as matrices."""
_OF_INPUTS_ALONE = (_layers.Dot,)
"""Layers that multiply their inputs with each other, so that weights tell nothing."""
_ATTENTION = (_layers.Attention, _layers.AdditiveAttention)


def flops(layer: keras.layers.Layer) -> int | None:
    """Floating-point operations of a layer for one example, forwards; None where they are not known.

    Each entry of a kernel is multiplied and added once for each place or step at which it is used: two operations.
    So is each number of a step that is compared with another one, and each that goes into a weighted sum of steps.
    What is done to single numbers (biases, activations, normalisation, pooling) is not counted. TensorFlow's profiler
    counts that, too, but nothing of what recurrent layers do.
    """
    if isinstance(layer, _layers.Bidirectional):
        both = (layer.forward_layer, layer.backward_layer)
        known = all(isinstance(each, tuple(_RECURRENT)) for each in both)
        return sum(_of_recurrent(each, _steps(layer)) for each in both) if known else None
    if isinstance(layer, tuple(_RECURRENT)):
        return _of_recurrent(layer, _steps(layer))
    if isinstance(layer, AttentionRNN):
        return layer.operations(_steps(layer))
    if isinstance(layer, _ATTENTION):
        return _of_pairs(layer, sum(shape[-1] for shape in shapes(layer.input)[:2]))
    if isinstance(layer, _layers.MultiHeadAttention):
        return _of_heads(layer) + _of_pairs(layer, layer.num_heads * (layer.key_dim + layer.value_dim))
    if isinstance(layer, _DENSE + _CONVOLUTIONS):
        return 2 * _kernel_entries(layer) * _places(layer.output)
    if isinstance(layer, _layers.STFTSpectrogram):
        kernels = (layer.real_kernel, layer.imag_kernel)
        frames, channels = shapes(layer.output)[0][0], shapes(layer.input)[0][-1]
        return 2 * frames * channels * sum(int(math.prod(kernel.shape)) for kernel in kernels)
    if isinstance(layer, _TRANSPOSED):
        return 2 * _kernel_entries(layer) * _places(layer.input)
    if isinstance(layer, _OF_INPUTS_ALONE) or (layer.weights and not isinstance(layer, _OF_SINGLE_NUMBERS)):
        return None
    return 0


def kept_numbers(layer: keras.layers.Layer) -> int:
    """How many numbers of one example are kept from the way forwards for the way back.

    A layer's outputs; of a recurrent one, the state and every gate at each step; of attention, the weights, and what
    each head compares and adds up.
    """
    if isinstance(layer, _layers.MultiHeadAttention):
        query, value = shapes(layer.input)[:2]
        of_steps: int = (query[0] + value[0]) * (layer.key_dim + layer.value_dim)
        heads: int = layer.num_heads
        return heads * (query[0] * value[0] + of_steps) + math.prod(query)
    if isinstance(layer, _layers.Bidirectional):
        return sum(_of_states(each, _steps(layer)) for each in (layer.forward_layer, layer.backward_layer))
    if isinstance(layer, tuple(_RECURRENT)):
        return _of_states(layer, _steps(layer))
    if isinstance(layer, AttentionRNN):
        return layer.kept_numbers(_steps(layer))
    return sum(math.prod(shape) for shape in shapes(layer.output))


def shapes(tensors: Any) -> list[tuple[int, ...]]:
    """The shapes for one example of what a layer reads or gives."""
    given: Sequence[Any] = tensors if isinstance(tensors, list | tuple) else [tensors]
    return [tuple(size or 1 for size in each.shape[1:]) for each in given]


def _of_pairs(layer: keras.layers.Layer, numbers: int) -> int:
    """Each step of the first input with each of the second, by so many numbers."""
    query, value = shapes(layer.input)[:2]
    return 2 * query[0] * value[0] * numbers


def _of_heads(layer: keras.layers.Layer) -> int:
    """What each head reads of its inputs, and what is made of all heads."""
    query, value = shapes(layer.input)[:2]
    of_query = (layer.query_dense, layer.output_dense)
    of_value = (layer.key_dense, layer.value_dense)
    return 2 * sum(
        steps * int(math.prod(dense.kernel.shape))
        for steps, projections in ((query[0], of_query), (value[0], of_value))
        for dense in projections
    )


def _of_recurrent(layer: keras.layers.Layer, steps: int) -> int:
    entries: int = sum(math.prod(kernel.shape) for kernel in (layer.cell.kernel, layer.cell.recurrent_kernel))
    return 2 * steps * entries


def _of_states(layer: keras.layers.Layer, steps: int) -> int:
    gates = next((count for kind, count in _RECURRENT.items() if isinstance(layer, kind)), 1)
    return steps * int(layer.units) * (gates + 1)


def _steps(layer: keras.layers.Layer) -> int:
    return shapes(layer.input)[0][0]


def _places(tensor: Any) -> int:
    return math.prod(shapes(tensor)[0][:-1])


def _kernel_entries(layer: keras.layers.Layer) -> int:
    names = ("kernel", "depthwise_kernel", "pointwise_kernel")
    kernels = [getattr(layer, name, None) for name in names]
    # The kernel of a separable convolution is the two others.
    return sum(math.prod(kernel.shape) for kernel in kernels if kernel is not None)
