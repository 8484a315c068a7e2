"""What every model in the union does as it is by default. A new one is tried here by itself, and needs its formula."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from dlcli.component import Component, shape_text
from dlcli.errors import UsageError
from dlcli.layers import positions
from dlcli.layers.positions import Position
from dlcli.models import Model
from dlcli.models.embedding import reads_tokens, with_source, with_vocabulary
from dlcli.models.ensemble import Ensemble
from dlcli.models.sequential import Sequential
from dlcli.spec.structure import classes_in, type_name
from dlcli.training.build import portable

K = 3
"""Predicted classes."""
V = 7
"""Tokens there are."""
ROW, SIGNAL, IMAGE, TEXT, PAIR = (9,), (11, 3), (36, 36, 1), (6,), (5 + 3,)
_SOURCE = 5
"""Steps of a source, in front of what is written."""
_NEEDS_VALUES = {
    "sequential": Sequential(
        layers=({"Dense": {"units": 8, "activation": "relu"}}, {"Dropout": {"rate": 0.2}}, "Flatten")
    )
}
_OF_OTHERS = {type_name(Ensemble)}
"""Made of other models; tests/training/test_ensembles.py has what of this list holds for them."""
_FIRST = ("alexnet",)
"""Whose defaults are too many parameters to train here; those that `dlcli init` writes are fewer."""
_SLOW = ("application",)
BUILDS = ("build", "build_steps", "build_sequences", "build_reconstruction")


def lstm(read: int, units: int) -> int:
    return 4 * (read * units + units * units + units)


def conv(size: int, read: int, filters: int) -> int:
    return size * read * filters + filters


def dense(read: int, units: int) -> int:
    return read * units + units


def norm(filters: int) -> int:
    """Scale and shift."""
    return 2 * filters


def resnet(C: int) -> int:
    """Twenty layers of 16, 32 and 64 channels over time; no biases, but for the head's."""
    first = 3 * C * 16 + norm(16)
    stages = sum(6 * (3 * width * width + norm(width)) for width in (16, 32, 64))
    # Where the channels double, the first convolution reads half as many, and what goes past it is widened.
    wider = sum(3 * width // 2 * width - 3 * width * width + width // 2 * width + norm(width) for width in (32, 64))
    return first + stages + wider + dense(64, K)


def transformer(C: int) -> int:
    """Two layers of width 64 with 256 hidden units; attention without biases."""
    layer = 4 * 64 * 64 + dense(64, 256) + dense(256, 64) + 2 * norm(64)
    return dense(C, 64) + 2 * layer + norm(64) + dense(64, K)


def perceptron(F: int) -> int:
    return dense(F, 256) + dense(256, 128)


PARAMETERS: dict[str, tuple[tuple[int, ...], int]] = {
    "linear": (ROW, dense(9, K)),
    "mlp": (ROW, perceptron(9) + dense(128, K)),
    "wide_deep": (ROW, perceptron(9) + dense(9 + 128, K)),
    "cnn": (SIGNAL, conv(3, 3, 32) + conv(3, 32, 64) + dense(3 * 64, 128) + dense(128, K)),  # 11, 6, 3 steps
    "deep_cnn": (SIGNAL, conv(3, 3, 32) + conv(3, 32, 64) + conv(3, 64, 128) + dense(2 * 128, 625) + dense(625, K)),
    "resnet": (SIGNAL, resnet(3)),
    "lenet5": ((32, 32, 1), conv(25, 1, 6) + conv(25, 6, 16) + conv(25, 16, 120) + dense(120, 84) + dense(84, K)),
    # 5 wide and 32 places without edges; pooling leaves 15, 7 and 3.
    "alexnet": (IMAGE, conv(25, 1, 96) + conv(25, 96, 256) + conv(9, 256, 384) + conv(9, 384, 384) + conv(9, 384, 256)
                + dense(9 * 256, 4096) + dense(4096, 4096) + dense(4096, K)),
    # MobileNetV2 without its head: 2,257,984 as Keras counts, less the 34,112 averages of batch normalisation.
    "application": (IMAGE, 2_257_984 - 34_112 + dense(1280, K)),
    "lstm": (SIGNAL, lstm(3, 32) + dense(32, K)),
    "bilstm": (SIGNAL, 2 * lstm(3, 32) + dense(64, K)),
    "gru": (SIGNAL, 3 * (3 * 32 + 32 * 32 + 2 * 32) + dense(32, K)),
    "rnn": (SIGNAL, 3 * 32 + 32 * 32 + 32 + dense(32, K)),
    "cnn_lstm": (SIGNAL, conv(3, 3, 32) + conv(3, 32, 64) + lstm(64, 32) + dense(32, K)),
    # Each step reads an input and a sum of inputs; a score is v tanh(W s + V x + b).
    "attention_rnn": (SIGNAL, lstm(2 * 3, 32) + 32 * 32 + 3 * 32 + 32 + 32 + dense(32, K)),
    "transformer": (SIGNAL, transformer(3)),
    "text_cnn": (TEXT, V * 300 + sum(conv(size, 300, 100) for size in (3, 4, 5)) + dense(3 * 100, K)),
    # Half of the encoder's units each way; a kernel for scores, one for the sum and the state, and V outputs.
    "seq2seq": (PAIR, V * 32 + 2 * lstm(32, 32) + V * 32 + lstm(32, 64) + 64 * 64 + 2 * 64 * 64 + dense(64, V)),
    "autoencoder": (ROW, perceptron(9) + dense(128, 32) + dense(32, 128) + dense(128, 256) + dense(256, K)),
    "sequential": (SIGNAL, dense(3, 8) + dense(8 * 11, K)),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A model for examples of a shape: numbers, or (of one axis) tokens."""

    spec: Any
    shape: tuple[int, ...]
    tokens: bool
    build: str

    def network(self, seed: int = 0, steps: int | None = None) -> keras.Model:
        keras.utils.set_random_seed(seed)
        pair = self.build == "build_sequences"
        shape = self.shape if steps is None else (steps,)
        x = keras.Input(shape, name="inputs")
        if self.tokens:
            x = with_vocabulary(x, V)
        if pair:
            x = with_source(x, shape[0] - (PAIR[0] - _SOURCE))
        return keras.Model(x, getattr(self.spec, self.build)(x, V if pair else K))

    def examples(self, count: int = 8) -> np.ndarray:
        draw = np.random.default_rng(1)
        if self.tokens:
            return draw.integers(2, V, (count, *self.shape)).astype(np.float32)
        return draw.normal(size=(count, *self.shape)).astype(np.float32)


def cases() -> dict[str, Case]:
    """Each model on each form of example that it reads, whichever way it predicts of them."""
    found = {}
    for cls in classes_in(Model):
        name = str(type_name(cls))
        if name in _OF_OTHERS:
            continue
        spec = _NEEDS_VALUES.get(name) or cls()
        for shape, tokens in [(ROW, False), (SIGNAL, False), (IMAGE, False), (TEXT, True), (PAIR, True)]:
            for build in [each for each in BUILDS if hasattr(spec, each)]:
                case = Case(spec, shape, tokens, build)
                if _fits(case):
                    found[f"{name}-{'tokens' if tokens else len(shape)}-{build}"] = case
    return found


def _fits(case: Case) -> bool:
    pair, every_step = case.build == "build_sequences", case.build == "build_steps"
    if every_step and getattr(case.spec, "filters", ()) and getattr(case.spec, "pool", 1) > 1:
        return False  # pooling leaves fewer steps than there are
    if case.tokens:
        own = case.spec.type in _NEEDS_VALUES  # whose layers are chosen for one form of example
        return reads_tokens(type(case.spec)) and not own and (case.shape == PAIR) == pair
    if pair or (every_step and len(case.shape) == 1):
        return False
    try:
        getattr(case.spec, "refuse_unfit", lambda shape: None)(case.shape)
    except UsageError:
        return False
    return True


CASES = cases()
TYPES = sorted({case.spec.type for case in CASES.values()})


def marked(names: list[str]) -> list[Any]:
    slow = [pytest.param(name, marks=pytest.mark.slow) for name in names if name.startswith(_SLOW)]
    return [name for name in names if not name.startswith(_SLOW)] + slow


every = pytest.mark.parametrize("name", marked(list(CASES)))
ONE_OF_EACH = [next(name for name, case in CASES.items() if case.spec.type == kind) for kind in TYPES]
one_of_each = pytest.mark.parametrize("name", marked(ONE_OF_EACH))


def test_every_model_is_here() -> None:
    assert set(TYPES) == {type_name(cls) for cls in classes_in(Model)} - _OF_OTHERS


@every
def test_it_builds_from_its_defaults_with_shapes_and_types_as_documented(name: str) -> None:
    case = CASES[name]
    steps = {
        "build": (), "build_steps": case.shape[:1], "build_sequences": (PAIR[0] - _SOURCE,),
        "build_reconstruction": case.shape[:-1],
    }[case.build]  # fmt: skip
    model = case.network()
    assert model.output_shape == (None, *steps, V if case.build == "build_sequences" else K)
    assert model.output.dtype == "float32"
    given = np.asarray(model(case.examples()))
    assert (given.shape[1:], given.dtype) == (model.output_shape[1:], np.float32)
    assert np.isfinite(given).all()


@pytest.mark.parametrize("kind", marked(TYPES))
def test_it_has_as_many_parameters_as_its_formula_says(kind: str) -> None:
    assert kind in PARAMETERS, f"write into PARAMETERS, as a sum, how many parameters {kind} has by default"
    shape, count = PARAMETERS[kind]
    of_kind = (case for name, case in CASES.items() if case.spec.type == kind)
    case = next(case for case in of_kind if case.tokens == (shape in (TEXT, PAIR)) and len(case.shape) == len(shape))
    model = Case(case.spec, shape, case.tokens, case.build).network()
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == count


@one_of_each
def test_the_loss_falls_on_one_batch(name: str) -> None:
    case = CASES[name]
    if case.spec.type in _FIRST:
        first = type(case.spec).first_values(None)
        case = Case(type(case.spec).model_validate(first, strict=False), case.shape, case.tokens, case.build)
    model, x = case.network(), tf.constant(case.examples(16))
    y = tf.constant(np.random.default_rng(2).integers(0, K, (16, *model.output_shape[1:-1])))
    optimizer = keras.optimizers.Adam(3e-3)

    @tf.function(autograph=False)
    def step(number: tf.Tensor) -> tf.Tensor:
        zero = tf.constant(0, tf.int64)
        with positions.at(Position(zero, number, zero, tf.ones(16))), tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x, training=True)))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    losses = [float(step(tf.constant(number, tf.int64))) for number in range(20)]
    assert np.mean(losses[-3:]) < 0.97 * np.mean(losses[:3])


@one_of_each
def test_what_is_saved_and_loaded_gives_the_same(name: str, tmp_path: Any) -> None:
    case = CASES[name]
    model, x = case.network(), case.examples()
    portable(model).save(tmp_path / "model.keras")
    np.testing.assert_allclose(model(x), keras.models.load_model(tmp_path / "model.keras")(x), atol=1e-5)


@one_of_each
def test_an_example_is_judged_by_itself_and_no_state_is_left_of_it(name: str) -> None:
    case = CASES[name]
    model, x = case.network(), case.examples()
    together = np.asarray(model(x))
    np.testing.assert_array_equal(together, model(x))
    np.testing.assert_allclose(together[::-1], model(x[::-1]), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(together[2:3], model(x[2:3]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.tokens])
def test_padding_changes_nothing(name: str) -> None:
    case, more = CASES[name], 3
    x = case.examples()
    x[0, 2:_SOURCE] = 0
    if case.build == "build_sequences":
        padded = np.concatenate([np.pad(x[:, :_SOURCE], ((0, 0), (0, more))), x[:, _SOURCE:]], axis=1)
    else:
        padded = np.pad(x, ((0, 0), (0, more)))
    short, long = case.network(), case.network(steps=padded.shape[1])
    long.set_weights(short.get_weights())
    expected, given = np.asarray(short(x)), np.asarray(long(padded))
    if case.build == "build_steps":
        given, counts = given[:, : x.shape[1]], x > 0
        expected, given = expected[counts], given[counts]
    np.testing.assert_allclose(given, expected, atol=1e-5)


_REFUSED: list[tuple[Component, tuple[int, ...]]] = [
    (cls(), shape)
    for cls in classes_in(Model)
    if hasattr(cls, "refuse_unfit")
    for shape in (ROW, SIGNAL, IMAGE, (4, 3, 2, 2))
    if hasattr(cls, "build") and not _fits(Case(cls(), shape, False, "build"))
]


@pytest.mark.parametrize(("spec", "shape"), _REFUSED, ids=lambda each: getattr(each, "type", None))
def test_what_it_cannot_read_is_refused_with_its_shape_and_what_it_reads(spec: Any, shape: tuple[int, ...]) -> None:
    expected = rf"^model: {spec.type}.* reads .*(\(T, C\)|\(H, W, C\)|texts).*; .*{re.escape(shape_text(shape))}"
    with pytest.raises(UsageError, match=expected):
        Case(spec, shape, False, "build").network()


@pytest.mark.parametrize("kind", TYPES)
def test_a_saved_model_refuses_another_shape_with_both(kind: str, tmp_path: Any) -> None:
    case = next(case for case in CASES.values() if case.spec.type == kind)
    model = portable(case.network())
    other = np.zeros((2, *(size + 1 for size in case.shape)), np.float32)
    both = rf"(?s)expected shape=\(None, {', '.join(map(str, case.shape))},?\).*found shape=\(2, {other.shape[1]}"
    with pytest.raises(ValueError, match=both):
        model(other)
