"""Keras models of a spec alone, without data, and the small steps that tests take with them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

OUTPUTS = 3


def network(spec: Any, shape: tuple[int, ...], seed: int = 0, outputs: int = OUTPUTS) -> keras.Model:
    """The model of a spec for examples of this shape, with the first weights of this seed."""
    keras.utils.set_random_seed(seed)
    x = keras.Input(shape, name="inputs")
    return keras.Model(x, spec.build(x, outputs))


def examples(shape: tuple[int, ...], count: int = 8) -> np.ndarray:
    """Normalised inputs, (count, ...)."""
    return np.random.default_rng(1).normal(size=(count, *shape)).astype(np.float32)


def parameters(model: keras.Model) -> int:
    """How many numbers are trained."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def kinds(model: keras.Model) -> list[str]:
    """The classes of the layers, from the input upwards, without the input's."""
    return [type(layer).__name__ for layer in model.layers[1:]]
