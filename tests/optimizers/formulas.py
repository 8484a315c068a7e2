"""The formula of each optimizer's source, for a single weight."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from dlcli.optimizers.adadelta import Adadelta
from dlcli.optimizers.adagrad import Adagrad
from dlcli.optimizers.adam import Adam
from dlcli.optimizers.adamw import AdamW
from dlcli.optimizers.ftrl import Ftrl
from dlcli.optimizers.gradient import GradientOptimizer
from dlcli.optimizers.lion import Lion
from dlcli.optimizers.nadam import Nadam
from dlcli.optimizers.rmsprop import RMSprop
from dlcli.optimizers.sgd import SGD

Steps = Iterator[tuple[int, float]]
"""Of each step its number, from 1, and the gradient."""
Formula = Callable[[Steps, float], Iterator[float]]
"""From the gradients and where the weight begins to where it stands after each step."""


def plain(steps: Steps, w: float) -> Iterator[float]:
    for _, g in steps:
        w -= 0.1 * g
        yield w


def with_momentum(nesterov: bool) -> Formula:
    def follow(steps: Steps, w: float) -> Iterator[float]:
        v = 0.0
        for _, g in steps:
            v = 0.9 * v - 0.1 * g
            w += 0.9 * v - 0.1 * g if nesterov else v
            yield w

    return follow


def adam(steps: Steps, w: float, decay: float = 0.0) -> Iterator[float]:
    m = v = 0.0
    for t, g in steps:
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g**2
        # Keras' epsilon is the "epsilon hat" of the paper's section 2.
        w -= 0.1 * (m / (1 - 0.9**t) * math.sqrt(1 - 0.99**t) / (math.sqrt(v) + 1e-3) + decay * w)
        yield w


def adamw(steps: Steps, w: float) -> Iterator[float]:
    return adam(steps, w, decay=0.3)


def nadam(steps: Steps, w: float) -> Iterator[float]:
    def mu(t: int) -> float:
        return 0.9 * (1 - 0.5 * 0.96**t)

    m = v = 0.0
    product = 1.0
    for t, g in steps:
        product *= mu(t)
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g**2
        ahead = mu(t + 1) * m / (1 - product * mu(t + 1)) + (1 - mu(t)) * g / (1 - product)
        w -= 0.1 * ahead / (math.sqrt(v / (1 - 0.99**t)) + 1e-3)
        yield w


def rmsprop(momentum: float = 0.0, centered: bool = False) -> Formula:
    def follow(steps: Steps, w: float) -> Iterator[float]:
        mean = square = step = 0.0
        for _, g in steps:
            mean, square = 0.8 * mean + 0.2 * g, 0.8 * square + 0.2 * g**2
            step = momentum * step + 0.1 * g / math.sqrt(square - centered * mean**2 + 1e-3)
            w -= step
            yield w

    return follow


def adagrad(steps: Steps, w: float) -> Iterator[float]:
    total = 0.2
    for _, g in steps:
        total += g**2
        w -= 0.1 * g / math.sqrt(total + 1e-3)
        yield w


def adadelta(steps: Steps, w: float) -> Iterator[float]:
    squares = of_steps = 0.0
    for _, g in steps:
        squares = 0.8 * squares + 0.2 * g**2
        step = math.sqrt(of_steps + 1e-3) / math.sqrt(squares + 1e-3) * g
        of_steps = 0.8 * of_steps + 0.2 * step**2
        w -= 0.1 * step
        yield w


def lion(steps: Steps, w: float) -> Iterator[float]:
    m = 0.0
    for _, g in steps:
        w -= 0.1 * (math.copysign(1, 0.9 * m + 0.1 * g) + 0.3 * w)
        m = 0.8 * m + 0.2 * g
        yield w


def ftrl(steps: Steps, w: float) -> Iterator[float]:
    """Algorithm 1 of the paper (Keras' L2 is half of its lambda 2), from n = 0.2; its alpha is the learning rate."""
    z, n = 0.0, 0.2
    for _, g in steps:
        sigma = (math.sqrt(n + g**2) - math.sqrt(n)) / 0.1
        z, n = z + g - sigma * w, n + g**2
        w = 0.0 if abs(z) <= 0.3 else -(z - math.copysign(0.3, z)) / ((0.5 + math.sqrt(n)) / 0.1 + 2 * 0.7)
        yield w


FORMULAS: list[tuple[GradientOptimizer, Formula]] = [
    (SGD(learning_rate=0.1), plain),
    (SGD(learning_rate=0.1, momentum=0.9), with_momentum(nesterov=False)),
    (SGD(learning_rate=0.1, momentum=0.9, nesterov=True), with_momentum(nesterov=True)),
    (Adam(learning_rate=0.1, beta_2=0.99, epsilon=1e-3), adam),
    (AdamW(learning_rate=0.1, beta_2=0.99, epsilon=1e-3, weight_decay=0.3), adamw),
    (AdamW(learning_rate=0.1, beta_2=0.99, epsilon=1e-3, weight_decay=0.0), adam),
    (Nadam(learning_rate=0.1, beta_2=0.99, epsilon=1e-3), nadam),
    (RMSprop(learning_rate=0.1, rho=0.8, epsilon=1e-3), rmsprop()),
    (RMSprop(learning_rate=0.1, rho=0.8, epsilon=1e-3, momentum=0.5), rmsprop(0.5)),
    (RMSprop(learning_rate=0.1, rho=0.8, epsilon=1e-3, momentum=0.5, centered=True), rmsprop(0.5, centered=True)),
    (Adagrad(learning_rate=0.1, initial_accumulator_value=0.2, epsilon=1e-3), adagrad),
    (Adadelta(learning_rate=0.1, rho=0.8, epsilon=1e-3), adadelta),
    (Lion(learning_rate=0.1, beta_2=0.8, weight_decay=0.3), lion),
    (
        Ftrl(
            learning_rate=0.1, initial_accumulator_value=0.2, beta=0.5,
            l1_regularization_strength=0.3, l2_regularization_strength=0.7,
        ),
        ftrl,
    ),
]  # fmt: skip
