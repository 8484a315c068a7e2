"""Makes Keras layers of what a spec says of them: a name, or a name with arguments."""

from __future__ import annotations

import difflib
import inspect
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import keras

from dlcli.errors import UsageError
from dlcli.layers.batch_norm import BatchNorm
from dlcli.layers.dropout import Dropout
from dlcli.layers.lstm import LSTM

_OURS = {"BatchNormalization": BatchNorm, "Dropout": Dropout, "LSTM": LSTM}
"""Give the same result on any number of devices, or are faster."""
_REFUSED = {
    "FlaxLayer", "Input", "InputLayer", "InputSpec", "JaxLayer", "Lambda", "Layer", "TFSMLayer", "TorchModuleWrapper",
    "Wrapper",
}  # fmt: skip
"""Run code, read models from files, or are no layers for a sequence."""
_KINDS = {
    "layer": ("layer", keras.layers, keras.layers.Layer),
    "cell": ("layer", keras.layers, keras.layers.Layer),
    "initializer": ("initializer", keras.initializers, keras.initializers.Initializer),
    "regularizer": ("regularizer", keras.regularizers, keras.regularizers.Regularizer),
    "constraint": ("constraint", keras.constraints, keras.constraints.Constraint),
}
"""By the last word of an argument's name, what it is an object of: what that is called, its module and its class."""
_OF_EVERY_LAYER = ("activity_regularizer", "trainable", "dtype", "name")


class LayerMaker:
    """Makes a model's layers in their order and numbers those without a name by kind: dense_1, dense_2."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._names = {"inputs", "normalize", "head"}

    def layer(self, entry: str | Mapping[str, Any], where: str) -> keras.layers.Layer:
        """The layer of an entry. Raises UsageError, which begins with `where`, for what Keras does not have."""
        return self._object("layer", entry, where)

    def _object(self, argument: str, entry: str | Mapping[str, Any], where: str) -> Any:
        name, arguments = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        kind, module, base = _KINDS[argument.rpartition("_")[2]]
        cls = _class(name, kind, module, base, where)
        where = f"{where} ({name})"
        _check_arguments(cls, arguments or {}, where)
        given = {key: self._value(key, value, where) for key, value in (arguments or {}).items()}
        if kind == "layer":
            given["name"] = self._name(name, given.get("name"), where)
        try:
            return (_OURS.get(name, cls) if kind == "layer" else cls)(**given)
        except Exception as error:  # Keras layers raise whatever they like
            raise UsageError(f"{where}: {first_line(error)}") from None

    def _value(self, key: str, value: Any, where: str) -> Any:
        kind = key.rpartition("_")[2]
        if isinstance(value, Mapping):
            arguments = next(iter(value.values()), None)
            if kind not in _KINDS or len(value) != 1 or not (arguments is None or isinstance(arguments, Mapping)):
                raise UsageError(f"{where}: the argument `{key}` cannot be {value}; expected a number, text or list")
            return self._object(kind, value, f"{where}: `{key}`")
        # As text, initializers and the like are read by Keras itself; a layer is not.
        if isinstance(value, str) and kind in ("layer", "cell"):
            return self._object(kind, value, f"{where}: `{key}`")
        return value

    def _name(self, cls: str, given: Any, where: str) -> Any:
        if given is None:
            kind = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", cls).lower()
            self._counts[kind] += 1
            given = f"{kind}_{self._counts[kind]}"
        if given in self._names:
            raise UsageError(f"{where}: the name `{given}` is taken; give the layer another, or none")
        self._names.add(given)
        return given


def first_line(error: Exception) -> str:
    """The beginning of what an error of Keras says, which may go on for a page."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("Exception encountered when calling")]
    return said[0] if said else type(error).__name__


def _class(name: str, kind: str, module: Any, base: type, where: str) -> type:
    known = {
        key: value
        for key, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, base) and value is not base and key not in _REFUSED
    }
    if name in known:
        return known[name]
    if name in _REFUSED and kind == "layer":
        raise UsageError(f"{where}: `{name}` cannot be used in a spec")
    by_lower = {key.lower(): key for key, cls in known.items() if key == cls.__name__}  # one name for each class
    near = [by_lower[match] for match in difflib.get_close_matches(name.lower(), by_lower, n=3)]
    hint = f"; near it are {', '.join(near)}" if near else ""
    raise UsageError(f"{where}: Keras has no {kind} `{name}`{hint}")


def _check_arguments(cls: type, arguments: Mapping[str, Any], where: str) -> None:
    signature = inspect.signature(cls.__init__)  # type: ignore[misc]
    parameters = [p for p in signature.parameters.values() if p.name != "self"]
    named = {p.name: p for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
    accepted = [*named]
    if len(named) < len(parameters) and issubclass(cls, keras.layers.Layer):
        accepted += [name for name in _OF_EVERY_LAYER if name not in named]
    takes = f"it takes {', '.join(accepted)}" if accepted else "it takes none"
    for name in arguments:
        if name not in accepted:
            raise UsageError(f"{where}: there is no argument `{name}`; {takes}")
    for name, parameter in named.items():
        if parameter.default is parameter.empty and name not in arguments:
            raise UsageError(f"{where}: the argument `{name}` is missing; {takes}")
