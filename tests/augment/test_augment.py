"""What holds for every distortion."""

from __future__ import annotations

import re
from typing import Any, get_args

import numpy as np
import pytest
import tensorflow as tf
from pydantic import TypeAdapter, ValidationError

from dlcli.augment import Augmentation
from dlcli.augment.affine import Affine
from dlcli.augment.channel_dropout import ChannelDropout
from dlcli.augment.crop import Crop
from dlcli.augment.cutout import Cutout
from dlcli.augment.elastic import Elastic
from dlcli.augment.flip import Flip
from dlcli.augment.jitter import Jitter
from dlcli.augment.mixup import Mixup
from dlcli.augment.rotate_axes import RotateAxes
from dlcli.augment.scale import Scale
from dlcli.augment.time_shift import TimeShift
from dlcli.errors import UsageError
from tests.augment.conftest import IMAGE, SIGNAL, distort, distortion, examples

ON_IMAGES = [
    Affine(shift_fraction=0.2, rotate_degrees=30, shear_degrees=10, zoom_fraction=0.2),
    Crop(padding_pixels=2),
    Crop(padding_pixels=2, padding="reflect"),
    Cutout(size_pixels=3),
    Elastic(alpha_pixels=10, sigma_pixels=2),
    Flip(horizontal=True, vertical=True),
]
ON_SIGNALS = [ChannelDropout(rate=0.5), Jitter(), RotateAxes(degrees=180), Scale(), TimeShift(fraction=0.3)]
EACH: list[tuple[Any, tuple[int, ...]]] = [(spec, IMAGE) for spec in ON_IMAGES] + [
    (spec, SIGNAL) for spec in ON_SIGNALS
]
NEUTRAL = {
    "affine": 0.5, "channel_dropout": 0.0, "crop": 0.5, "elastic": 0.5, "flip": 0.0, "jitter": 0.0, "rotate_axes": 0.0,
    "scale": 0.0, "time_shift": 0.5,
}  # fmt: skip
each = pytest.mark.parametrize(("spec", "shape"), EACH, ids=lambda it: getattr(it, "type", ""))


def test_every_distortion_is_held_to_what_all_have_in_common() -> None:
    kinds = set(get_args(get_args(Augmentation)[0])) - {Mixup}
    assert {type(spec) for spec, _ in EACH} == kinds
    assert set(NEUTRAL) | {"cutout"} == {kind.model_fields["type"].default for kind in kinds}


@each
def test_it_changes_examples_and_keeps_their_shape_and_type(spec: Any, shape: tuple[int, ...]) -> None:
    x = examples(16, shape)
    distorted = distort(spec, x)
    assert (distorted.shape, distorted.dtype) == (x.shape, np.float32)
    assert np.isfinite(distorted).all()
    assert np.abs(distorted - x).max() > 0.1


@each
def test_a_row_depends_on_its_own_example_and_numbers_alone(spec: Any, shape: tuple[int, ...]) -> None:
    x = examples(16, shape)
    numbers, apply = distortion(spec, x)
    draw = np.random.default_rng(1)
    u, order = draw.random((16, numbers)), draw.permutation(16)
    whole = apply(x, u)
    assert (apply(x[order], u[order]) == whole[order]).all()
    assert np.abs(apply(x[5:6], u[5:6]) - whole[5:6]).max() < 1e-4
    assert (apply(x, u) == whole).all()


@each
def test_rows_with_other_numbers_come_out_differently(spec: Any, shape: tuple[int, ...]) -> None:
    x = np.repeat(examples(1, shape), 64, axis=0)
    assert len(np.unique(distort(spec, x).reshape(64, -1), axis=0)) > 3


@pytest.mark.parametrize(
    ("spec", "shape"), [case for case in EACH if case[0].type in NEUTRAL], ids=lambda it: getattr(it, "type", "")
)
def test_with_neutral_numbers_examples_stay_what_they_are(spec: Any, shape: tuple[int, ...]) -> None:
    x = examples(4, shape)
    assert np.abs(distort(spec, x, NEUTRAL[spec.type]) - x).max() < 1e-4


@each
def test_extreme_numbers_are_no_exception(spec: Any, shape: tuple[int, ...]) -> None:
    x = examples(2, shape)
    for u in (0.0, np.nextafter(np.float32(1), np.float32(0))):
        assert np.isfinite(distort(spec, x, u)).all()


@each
def test_it_runs_in_an_input_pipeline_and_its_shape_is_known(spec: Any, shape: tuple[int, ...]) -> None:
    x = examples(8, shape)
    flat = x.reshape(-1, shape[-1])
    transform = spec.build(shape, flat.mean(axis=0), flat.std(axis=0))
    u = np.random.default_rng(1).random((8, transform.numbers)).astype(np.float32)
    rows = tf.data.Dataset.from_tensor_slices((x, u)).batch(8, drop_remainder=True).map(transform.apply)
    assert rows.element_spec == tf.TensorSpec((8, *shape), tf.float32)
    [distorted] = list(rows.as_numpy_iterator())
    assert np.abs(distorted - transform.apply(tf.constant(x), tf.constant(u)).numpy()).max() < 1e-4


@pytest.mark.parametrize(
    ("spec", "shape", "wrong"),
    [
        (*case, wrong)
        for case in EACH
        for wrong in ((), (7,), (3, 4), (3, 4, 5), (2, 3, 4, 5))
        if len(wrong) != len(case[1])
    ],
)
def test_examples_of_other_shapes_are_refused(spec: Any, shape: tuple[int, ...], wrong: tuple[int, ...]) -> None:
    fits = "images (H, W, C)" if len(shape) == 3 else "signals (T, C)"
    text = "x".join(map(str, wrong)) or "()"
    message = f"augment: {spec.type} distorts {fits}; each example here has the shape {text}"
    with pytest.raises(UsageError, match=re.escape(message) + "$"):
        spec.build(wrong, np.zeros(5), np.ones(5))


@pytest.mark.parametrize("kind", get_args(get_args(Augmentation)[0]))
def test_every_field_has_a_line_of_help(kind: Any) -> None:
    assert [name for name, field in kind.model_fields.items() if not field.description] in (["type"], [])


@pytest.mark.parametrize("kind", [kind for kind in get_args(get_args(Augmentation)[0]) if kind is not Affine])
def test_a_bare_word_is_enough(kind: Any) -> None:
    assert TypeAdapter(Augmentation).validate_python(kind().type) == kind()


_NOT_POSITIVE = [0.0, -1.0, float("nan")]
WRONG: list[tuple[Any, str, list[Any]]] = [
    (Affine, "shift_fraction", [-0.1, 1.1]),
    (Affine, "rotate_degrees", [-1.0, 181.0]),
    (Affine, "shear_degrees", [-1.0, 90.0]),
    (Affine, "zoom_fraction", [-0.1, 1.0]),
    (ChannelDropout, "rate", [0.0, 1.0, -0.1]),
    (Crop, "padding_pixels", [0, -1, 1.5]),
    (Crop, "padding", ["zeros"]),
    (Cutout, "size_pixels", [0, -1, 1.5]),
    (Elastic, "alpha_pixels", _NOT_POSITIVE),
    (Elastic, "sigma_pixels", _NOT_POSITIVE),
    (Flip, "horizontal", [1]),
    (Flip, "vertical", [1]),
    (Jitter, "deviations", _NOT_POSITIVE),
    (Mixup, "alpha", _NOT_POSITIVE),
    (RotateAxes, "degrees", [0.0, 181.0]),
    (Scale, "fraction", _NOT_POSITIVE),
    (TimeShift, "fraction", [0.0, 1.0]),
]


@pytest.mark.parametrize(("kind", "field", "wrong"), [(k, f, w) for k, f, all_ in WRONG for w in all_])
def test_amounts_out_of_range_are_refused(kind: Any, field: str, wrong: Any) -> None:
    with pytest.raises(ValidationError, match=rf"(?s){field}.*input_value='?{wrong}"):
        kind.model_validate({field: wrong})


def test_every_field_has_its_range_tested() -> None:
    kinds = get_args(get_args(Augmentation)[0])
    fields = {(kind, field) for kind in kinds for field in kind.model_fields if field != "type"}
    assert {(kind, field) for kind, field, _ in WRONG} == fields
