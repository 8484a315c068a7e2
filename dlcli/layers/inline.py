"""A model of Keras taken apart, so that its layers stand one by one in another model, in forms of dlcli's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import keras

from dlcli.layers.batch_norm import BatchNorm
from dlcli.layers.dropout import Dropout

_OURS: Mapping[type, type] = {keras.layers.BatchNormalization: BatchNorm, keras.layers.Dropout: Dropout}


def inlined(
    model: keras.Model, x: keras.KerasTensor, *, until: str | None = None
) -> tuple[keras.KerasTensor, list[tuple[keras.layers.Layer, keras.layers.Layer]]]:
    """What a functional model of one input makes of x, by new layers of the same names and settings.

    until: a layer whose input is given instead of the model's output. Returns also the pairs of the model's layers
    and those in their place, whose first weights are their own. Calling the model would make one layer of it, in
    which weights can neither be frozen nor taken over by the names of layers. Names that Keras has made up, which
    count all layers that the process has ever built, are counted from the first of the model.
    """
    config = model.get_config()
    names = _lasting_names(config["layers"])
    operations = {operation.name: operation for operation in model.operations}
    outputs: dict[str, keras.KerasTensor] = {}
    pairs: list[tuple[keras.layers.Layer, keras.layers.Layer]] = []
    for entry in config["layers"]:
        name, old = entry["name"], operations[entry["name"]]
        if entry["class_name"] == "InputLayer":
            outputs[name] = x
            continue
        (node,) = entry["inbound_nodes"]
        arguments, named = _filled(node["args"], outputs), _filled(node["kwargs"], outputs)
        if name == until:
            return arguments[0], pairs
        new = _OURS.get(type(old), type(old)).from_config(old.get_config() | {"name": names[name]})  # type: ignore[attr-defined]
        outputs[name] = new(*arguments, **named)
        if isinstance(old, keras.layers.Layer):
            pairs.append((old, new))
    last = config["output_layers"][0]
    return outputs[last if isinstance(last, str) else last[0]], pairs


def _lasting_names(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A name for each layer of a model by the one it has: the same, or `conv2d`, `conv2d_1`, ... where it had none."""
    lasting: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for entry in entries:
        name = entry["name"]
        base = re.sub(r"_\d+$", "", name)
        if base.replace("_", "") == entry["class_name"].lower():
            lasting[name] = f"{base}_{counts[base]}" if counts[base] else base
            counts[base] += 1
        else:
            lasting[name] = name
    return lasting


def arguments_of(model: keras.Model, name: str) -> tuple[list[Any], dict[str, Any]]:
    """What a layer of a functional model is called with, in order and by name: tensors of the model, other values."""
    (entry,) = (entry for entry in model.get_config()["layers"] if entry["name"] == name)
    outputs = {operation.name: operation.output for operation in model.operations}
    (node,) = entry["inbound_nodes"]
    return list(_filled(node["args"], outputs)), _filled(node["kwargs"], outputs)


def _filled(arguments: Any, outputs: Mapping[str, keras.KerasTensor]) -> Any:
    """A layer's arguments with tensors in the place of their descriptions."""
    if isinstance(arguments, dict):
        if "keras_history" in arguments.get("config", ()):
            return outputs[arguments["config"]["keras_history"][0]]
        return {key: _filled(value, outputs) for key, value in arguments.items()}
    if isinstance(arguments, list | tuple):
        return type(arguments)(_filled(value, outputs) for value in arguments)
    return arguments
