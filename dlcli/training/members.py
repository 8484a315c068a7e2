"""The members of an ensemble's model: models of their own behind one input, their outputs averaged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import keras

from dlcli.tasks import Task

_MEMBER = "member_"


def member_name(number: int) -> str:
    """What a member is called in the model that holds it; numbers count from 0, names from 1."""
    return f"{_MEMBER}{number + 1}"


def member_seed(seed: int, number: int) -> int:
    """The seed of a member's first weights and masks, that of the experiment for the first."""
    return (seed + number) % 2**32


def joined(members: Sequence[keras.Model], task: Task) -> keras.Model:
    """The ensemble of models (B, ...) -> (B, outputs): one input, and their average."""
    inputs = keras.Input(members[0].inputs[0].shape[1:], name="inputs")
    return keras.Model(inputs, averaged([member(inputs) for member in members], task), name="ensemble")


def averaged(outputs: Sequence[Any], task: Task) -> Any:
    """The output of an ensemble whose members have these outputs; that of the only one as it is."""
    return outputs[0] if len(outputs) == 1 else task.average(outputs)


def is_ensemble(model: keras.Model) -> bool:
    """Whether a model, as it was built or from its file, is made of members."""
    return any(_is_member(layer) for layer in model.layers)


def members_of(model: keras.Model) -> list[keras.Model]:
    """The members of an ensemble's model, in their order; of any other the model itself."""
    found = [layer for layer in model.layers if _is_member(layer)]
    return sorted(found, key=lambda member: int(member.name.removeprefix(_MEMBER))) or [model]


def named_layers(model: keras.Model) -> Iterator[tuple[str, keras.Layer]]:
    """The layers by name; those of an ensemble's members as `member_1/conv_1`."""
    for layer in model.layers:
        if _is_member(layer):
            yield from ((f"{layer.name}/{inner.name}", inner) for inner in layer.layers)
        else:
            yield layer.name, layer


def _is_member(layer: keras.Layer) -> bool:
    return isinstance(layer, keras.Model) and layer.name.startswith(_MEMBER)
