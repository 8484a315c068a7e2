"""A model written layer by layer in the spec."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainSerializer, PlainValidator

from dlcli.component import Component, Expecting, ReadOnlyMapping
from dlcli.errors import UsageError

if TYPE_CHECKING:
    import keras

Entry = str | Mapping[str, Mapping[str, Any]]
_Written = str | Annotated[Mapping[str, Mapping[str, Any] | None], Field(min_length=1, max_length=1)]


def _entry(value: object) -> Entry:
    """A layer's name, or its name with its arguments; without arguments, always the name alone."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and len(value) == 1:
        ((name, arguments),) = value.items()
        if isinstance(name, str) and (arguments is None or isinstance(arguments, Mapping)):
            return ReadOnlyMapping({name: _mapping(arguments)}) if arguments else name
    raise ValueError(
        "expected a layer's name, such as Flatten, or one name with its arguments, such as Dense: {units: 8}, "
        f"got {_plain(value)}"
    )


def _mapping(value: Mapping[Any, Any]) -> ReadOnlyMapping[str, Any]:
    inside = {str(key): each for key, each in value.items()}
    return ReadOnlyMapping(
        {key: _mapping(each) if isinstance(each, Mapping) else _scalars(each) for key, each in inside.items()}
    )


def _scalars(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_scalars(each) for each in value)
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ValueError(
        f"a layer's argument cannot be {value}; expected text, true, false, finite numbers or lists of them"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


Layer = Annotated[
    Entry,
    PlainValidator(_entry, json_schema_input_type=_Written),
    PlainSerializer(_plain),
    Expecting("a layer's name, or one name with its arguments"),
]


class Sequential(Component):
    """Layers of Keras one after another, by Keras' own names of classes and arguments; dlcli adds the head.

    x: (B, ...) float32 -> (B, K) logits. Any public layer of Keras but those that run code or read models from
    files. Where Keras takes an object, a mapping says which: `kernel_regularizer: {L2: {l2: 0.001}}`, or in
    Bidirectional `layer: {LSTM: {units: 8}}`. Dropout, LSTM and BatchNormalization are dlcli's own and give the same
    result on any number of devices; other layers that draw random numbers or look at the whole batch do not.
    Raises UsageError with a layer's number where Keras has no such layer, argument or value, and where an input does
    not fit.
    """

    type: Literal["sequential"] = "sequential"
    layers: Annotated[tuple[Layer, ...], Field(min_length=1)] = Field(
        examples=[({"Dense": {"units": 64, "activation": "relu"}}, "Flatten")]
    )
    """The layers before the head, from the input upwards: a name each, or a name with arguments."""

    reads_tokens: ClassVar[bool] = True  # by a layer Embedding

    def build(self, x: keras.KerasTensor, outputs: int) -> keras.KerasTensor:
        """x: (B, ...) -> (B, outputs)."""
        import keras

        from dlcli.layers.by_name import LayerMaker
        from dlcli.layers.fit import why_unfit

        maker = LayerMaker()
        for number, entry in enumerate(self.layers, start=1):
            where = f"model: layer {number}"
            layer = maker.layer(entry, where)
            kind = f"{where} ({entry if isinstance(entry, str) else next(iter(entry))})"
            try:
                x = layer(x)
            except Exception as error:  # Keras layers raise whatever they like
                why = why_unfit(layer, x.shape[1:], error)
                raise UsageError(f"{kind} cannot read the shape {_shape(x)}: {why}") from None
            if not isinstance(x, keras.KerasTensor):
                raise UsageError(f"{kind} gives several outputs; the next layer reads one")
        if len(x.shape) != 2:
            raise UsageError(
                f"{kind} gives the shape {_shape(x)}, of which the head cannot make one prediction; "
                "add Flatten or a global pooling"
            )
        return keras.layers.Dense(outputs, name="head")(x)


def _shape(x: keras.KerasTensor) -> str:
    return "x".join("?" if size is None else str(size) for size in x.shape[1:]) or "()"
