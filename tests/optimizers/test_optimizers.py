"""What a spec says of an optimizer reaches Keras' optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.backend import load_tensorflow
from dlcli.optimizers.adam import Adam
from dlcli.optimizers.gradient import GradientOptimizer
from dlcli.optimizers.sgd import SGD
from dlcli.schedules.cosine import Cosine


def build(spec: Adam | SGD, steps_per_epoch: int = 10, epochs: int = 5) -> Any:
    load_tensorflow()
    return spec.build(steps_per_epoch, epochs)


def walk(spec: Adam | SGD, gradients: list[float]) -> list[float]:
    """Where a weight that starts at 1 stands after each gradient."""
    load_tensorflow()
    import keras

    weight = keras.Variable(1.0)
    optimizer = build(spec)
    places = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
        places.append(float(weight.numpy()))
    return places


def test_adams_arguments_arrive() -> None:
    config = build(Adam(learning_rate=0.2, beta_1=0.8, beta_2=0.7, epsilon=1e-3)).get_config()
    assert {key: config[key] for key in ("learning_rate", "beta_1", "beta_2", "epsilon")} == pytest.approx(
        {"learning_rate": 0.2, "beta_1": 0.8, "beta_2": 0.7, "epsilon": 1e-3}
    )


def test_sgds_arguments_arrive() -> None:
    config = build(SGD(learning_rate=0.2, momentum=0.8, nesterov=True)).get_config()
    assert (config["learning_rate"], config["momentum"], config["nesterov"]) == pytest.approx((0.2, 0.8, True))


def test_plain_sgd_follows_the_gradient() -> None:
    assert walk(SGD(learning_rate=0.1), [1.0, -2.0]) == pytest.approx([0.9, 1.1])


@pytest.mark.parametrize("nesterov", [False, True])
def test_sgd_with_momentum_follows_its_formula(nesterov: bool) -> None:
    velocity, weight, expected = 0.0, 1.0, []
    for gradient in (1.0, -2.0, 0.5):
        velocity = 0.9 * velocity - 0.1 * gradient
        weight += 0.9 * velocity - 0.1 * gradient if nesterov else velocity
        expected.append(weight)
    spec = SGD(learning_rate=0.1, momentum=0.9, nesterov=nesterov)
    assert walk(spec, [1.0, -2.0, 0.5]) == pytest.approx(expected, rel=1e-5)


def test_adam_follows_its_formula() -> None:
    m, v, weight, expected = 0.0, 0.0, 1.0, []
    for t, gradient in enumerate((1.0, -2.0, 0.5), start=1):
        m, v = 0.9 * m + 0.1 * gradient, 0.99 * v + 0.01 * gradient**2
        weight -= 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-7)
        expected.append(weight)
    assert walk(Adam(learning_rate=0.1, beta_2=0.99), [1.0, -2.0, 0.5]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("kind", [Adam, SGD])
def test_the_schedule_gives_each_step_its_rate(kind: type[Adam | SGD]) -> None:
    spec = kind(learning_rate=0.4, schedule=Cosine(warmup_epochs=0.5))
    optimizer = build(spec)
    expected: Any = spec.schedule.build(0.4, 10, 5)
    assert float(optimizer.learning_rate) == pytest.approx(float(expected(0))) == pytest.approx(0.4 / 6)
    optimizer.iterations.assign(5)
    assert float(optimizer.learning_rate) == pytest.approx(0.4)


@pytest.mark.parametrize("kind", [Adam, SGD])
def test_clipping_is_left_to_the_training_step(kind: type[Adam | SGD]) -> None:
    optimizer = build(kind(clip_norm=1.0))
    assert optimizer.clipnorm is optimizer.global_clipnorm is optimizer.clipvalue is None


def test_momentum_and_plain_descent_have_rates_of_their_own() -> None:
    assert (Adam().learning_rate, SGD().learning_rate) == (1e-3, 1e-2)


_NOT_POSITIVE = [0.0, -1.0, float("inf"), float("nan")]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [(field, wrong) for field in ("learning_rate", "epsilon", "clip_norm") for wrong in _NOT_POSITIVE]
    + [(field, wrong) for field in ("beta_1", "beta_2") for wrong in (-0.1, 1.0, float("nan"))],
)
def test_numbers_out_of_range_are_refused_for_adam(field: str, wrong: float) -> None:
    with pytest.raises(ValidationError, match=rf"(?s){field}.*input_value={wrong}"):
        Adam.model_validate({field: wrong})


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("learning_rate", wrong) for wrong in _NOT_POSITIVE] + [("momentum", -0.1), ("momentum", 1.0), ("nesterov", 1)],
)
def test_numbers_out_of_range_are_refused_for_sgd(field: str, wrong: float) -> None:
    with pytest.raises(ValidationError, match=rf"(?s){field}.*input_value={wrong}"):
        SGD.model_validate({field: wrong})


@pytest.mark.parametrize("kind", [Adam, SGD])
def test_every_field_has_a_line_of_help(kind: type[GradientOptimizer]) -> None:
    assert [name for name, field in kind.model_fields.items() if not field.description] == ["type"]
