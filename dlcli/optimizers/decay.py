"""Which weights decay."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

# Keras searches for this in names such as `lstm/lstm_cell/bias:0`, and remembers what it found for all devices.
# The last part alone tells: a layer may be called `scale` or `debias`.
_NOT_DECAYED = r"(^|/)(bias|gamma|beta|scale)(:\d+)?$"


def only_kernels_decay(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """Keeps the weight decay of an optimizer that is not built yet off biases and normalisation layers' weights.

    Pulled towards zero, those would not make a model simpler: a bias only moves, a scale of 0 shuts a channel off.
    """
    optimizer.exclude_from_weight_decay(var_names=[_NOT_DECAYED])
    return optimizer
