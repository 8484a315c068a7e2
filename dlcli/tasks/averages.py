"""What an ensemble predicts whose members have given outputs; of tensors, and of Keras' symbolic ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def of_probabilities(outputs: Sequence[Any]) -> Any:
    """The logarithm of the mean of the probabilities that several logits (..., K) give, (..., K)."""
    from keras import ops

    logarithms = ops.stack([ops.log_softmax(output, axis=-1) for output in outputs], axis=0)
    return ops.logsumexp(logarithms, axis=0) - math.log(len(outputs))


def of_chances(outputs: Sequence[Any]) -> Any:
    """The logit of the mean of the chances that several logits give, each for itself; of their shape."""
    from keras import ops

    z = ops.stack(list(outputs), axis=0)
    return ops.logsumexp(ops.log_sigmoid(z), axis=0) - ops.logsumexp(ops.log_sigmoid(-z), axis=0)


def of_numbers(outputs: Sequence[Any]) -> Any:
    """The mean of several outputs, of their shape."""
    from keras import ops

    return ops.mean(ops.stack(list(outputs), axis=0), axis=0)
