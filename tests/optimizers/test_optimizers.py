"""What a spec says of an optimizer reaches Keras' optimizer, and that follows the formula of its source."""

from __future__ import annotations

import math
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.backend import load_tensorflow
from dlcli.optimizers import Optimizer
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
from dlcli.schedules.cosine import Cosine
from tests.optimizers.formulas import FORMULAS, Formula

Kind = type[GradientOptimizer]
ALL: tuple[Kind, ...] = get_args(get_args(Optimizer)[0])
each = pytest.mark.parametrize("kind", ALL)


def build(spec: Any, steps_per_epoch: int = 10, epochs: int = 5) -> Any:
    load_tensorflow()
    return spec.build(steps_per_epoch, epochs)


def walk(spec: GradientOptimizer, gradients: tuple[float, ...], name: str = "kernel") -> list[float]:
    """Where a weight that starts at 1 stands after each gradient."""
    load_tensorflow()
    import keras

    weight = keras.Variable(1.0, name=name)
    optimizer = build(spec)
    places = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
        places.append(float(weight.numpy()))
    return places


GRADIENTS = (1.0, -2.0, 0.5, 0.25)


@pytest.mark.parametrize(("spec", "formula"), FORMULAS, ids=lambda it: getattr(it, "type", ""))
def test_it_follows_the_formula_of_its_source(spec: GradientOptimizer, formula: Formula) -> None:
    expected = list(formula(iter(enumerate(GRADIENTS, start=1)), 1.0))
    assert walk(spec, GRADIENTS) == pytest.approx(expected, rel=1e-4)


def test_every_optimizer_is_held_to_a_formula() -> None:
    assert {type(spec) for spec, _ in FORMULAS} == set(ALL)


def test_ftrls_shrinkage_is_a_part_of_the_gradient() -> None:
    shrinking = walk(Ftrl(l2_shrinkage_regularization_strength=0.25), (1.0,))
    # 2 * 0.25 * weight 1 more of gradient, but not more in the sum of squares.
    n, more = math.sqrt(1.1), 1.5
    assert shrinking == pytest.approx([-(more - (n - math.sqrt(0.1)) / 1e-3) / (n / 1e-3)], rel=1e-4)


def test_ftrls_rate_does_not_fall_with_power_0() -> None:
    spec = Ftrl(learning_rate=0.1, learning_rate_power=0.0, initial_accumulator_value=0.2)
    # Never told where the weight began, it goes on from zero.
    assert walk(spec, (1.0, 1.0)) == pytest.approx([-0.1, -0.2], rel=1e-4)


@pytest.mark.parametrize("kind", [AdamW, Lion])
@pytest.mark.parametrize("name", ["bias", "gamma", "beta", "scale"])
def test_biases_and_weights_of_normalisation_do_not_decay(kind: type[AdamW | Lion], name: str) -> None:
    specs = [kind(learning_rate=0.1, weight_decay=decay) for decay in (0.5, 0.0)]
    decaying, still = (walk(spec, GRADIENTS, name) for spec in specs)
    assert decaying == still
    assert walk(specs[0], GRADIENTS) != walk(specs[1], GRADIENTS)


@pytest.mark.parametrize("kind", [AdamW, Lion])
def test_layers_called_like_what_does_not_decay_decay(kind: type[AdamW | Lion]) -> None:
    load_tensorflow()
    import keras

    for name in ("bias", "scale", "debias", "gamma_rays"):
        layer = keras.layers.Dense(2, name=name)
        layer.build((None, 3))
        before = layer.kernel.numpy()
        build(kind(learning_rate=0.1, weight_decay=0.5)).apply(
            [keras.ops.zeros((3, 2)), keras.ops.zeros(2)], layer.trainable_variables
        )
        assert layer.kernel.numpy() == pytest.approx(0.95 * before)


def test_with_the_gradients_of_small_weights_ftrl_forgets_where_they_began_and_with_a_small_start_it_does_not() -> None:
    forgotten = walk(Ftrl(), (0.01,))[0]
    kept = walk(Ftrl(initial_accumulator_value=1e-8), (0.01,))[0]
    assert abs(forgotten) < 0.01
    assert kept > 0.95


@each
def test_the_arguments_arrive(kind: Kind) -> None:
    own = set(kind.model_fields) - {"type", *GradientOptimizer.model_fields}
    values: dict[str, Any] = dict.fromkeys(own, 0.25) | {"learning_rate": 0.5}
    values |= {"nesterov": True} if "nesterov" in own else {}
    values |= {"centered": True} if "centered" in own else {}
    values |= {"learning_rate_power": -0.25} if "learning_rate_power" in own else {}
    config = build(kind.model_validate(values)).get_config()
    assert {key: config[key] for key in values} == pytest.approx(values)


@each
def test_defaults_are_kerass_but_for_the_learning_rate(kind: Kind) -> None:
    theirs = type(build(kind()))().get_config()
    ours = {key: value for key, value in kind().model_dump().items() if key in theirs and key != "learning_rate"}
    if kind is Lion:
        assert ours.pop("weight_decay") == 0.0  # where Keras says None
    assert ours == {key: theirs[key] for key in ours}


def test_those_whose_steps_are_of_other_sizes_have_rates_of_their_own() -> None:
    own = {"adadelta": 1.0, "adagrad": 1e-2, "lion": 1e-4, "sgd": 1e-2}
    assert {kind().type: kind().learning_rate for kind in ALL} == {
        kind().type: own.get(kind().type, 1e-3) for kind in ALL
    }


@each
def test_the_schedule_gives_each_step_its_rate(kind: Kind) -> None:
    spec = kind(learning_rate=0.4, schedule=Cosine(warmup_epochs=0.5))
    optimizer = build(spec)
    expected: Any = spec.schedule.build(0.4, 10, 5)
    assert float(optimizer.learning_rate) == pytest.approx(float(expected(0))) == pytest.approx(0.4 / 6)
    optimizer.iterations.assign(5)
    assert float(optimizer.learning_rate) == pytest.approx(0.4)


@each
def test_the_mean_of_the_weights_is_kept_with_its_decay(kind: Kind) -> None:
    load_tensorflow()
    import keras

    weight = keras.Variable(1.0)
    optimizer = build(kind(learning_rate=0.1, ema=0.75))
    places = []
    for gradient in GRADIENTS:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
        places.append(float(weight.numpy()))
    optimizer.finalize_variable_values([weight])
    mean = places[0]
    for place in places[1:]:
        mean = 0.75 * mean + 0.25 * place
    assert float(weight.numpy()) == pytest.approx(mean, rel=1e-5)


@each
def test_clipping_is_left_to_the_training_step(kind: Kind) -> None:
    optimizer = build(kind(clip_norm=1.0))
    assert optimizer.clipnorm is optimizer.global_clipnorm is optimizer.clipvalue is None


@each
def test_a_weight_without_gradient_stays_a_number(kind: Kind) -> None:
    assert np.isfinite(walk(kind(), (0.0, 0.0))).all()


_NOT_POSITIVE = [0.0, -1.0, float("inf"), float("nan")]
_NEGATIVE = [-1.0, float("inf"), float("nan")]
_NO_DECAY = [-0.1, 1.0, float("nan")]
_WRONG: dict[Kind, dict[str, list[Any]]] = {
    Adadelta: {"rho": _NO_DECAY, "epsilon": _NOT_POSITIVE},
    Adagrad: {"initial_accumulator_value": _NEGATIVE, "epsilon": _NOT_POSITIVE},
    Adam: {"beta_1": _NO_DECAY, "beta_2": _NO_DECAY, "epsilon": _NOT_POSITIVE},
    AdamW: {"weight_decay": _NEGATIVE, "beta_1": _NO_DECAY, "beta_2": _NO_DECAY, "epsilon": _NOT_POSITIVE},
    Ftrl: {
        "learning_rate_power": [0.1, float("nan")],
        "initial_accumulator_value": _NOT_POSITIVE,
        "l1_regularization_strength": _NEGATIVE,
        "l2_regularization_strength": _NEGATIVE,
        "l2_shrinkage_regularization_strength": _NEGATIVE,
        "beta": _NEGATIVE,
    },
    Lion: {"weight_decay": _NEGATIVE, "beta_1": [0.0, *_NO_DECAY], "beta_2": _NO_DECAY},
    Nadam: {"beta_1": _NO_DECAY, "beta_2": _NO_DECAY, "epsilon": _NOT_POSITIVE},
    RMSprop: {"rho": _NO_DECAY, "momentum": _NO_DECAY, "epsilon": _NOT_POSITIVE, "centered": [1]},
    SGD: {"momentum": _NO_DECAY, "nesterov": [1]},
}
_SHARED: dict[str, list[Any]] = {"learning_rate": _NOT_POSITIVE, "clip_norm": _NOT_POSITIVE, "ema": [0.0, 1.0]}


@pytest.mark.parametrize(
    ("kind", "field", "wrong"),
    [(kind, field, wrong) for kind in ALL for field, all_ in (_SHARED | _WRONG[kind]).items() for wrong in all_],
)
def test_numbers_out_of_range_are_refused(kind: Kind, field: str, wrong: Any) -> None:
    with pytest.raises(ValidationError, match=rf"(?s){field}.*input_value={wrong}"):
        kind.model_validate({field: wrong})


@each
def test_every_field_has_its_range_tested_and_a_line_of_help(kind: Kind) -> None:
    assert set(kind.model_fields) == {"type", "schedule", *_SHARED, *_WRONG[kind]}
    assert [name for name, field in kind.model_fields.items() if not field.description] == ["type"]
