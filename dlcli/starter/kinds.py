"""Which models suit which data, and the values that a first spec gives for both.

Both are what datasets and models say of themselves: `first_values` gives the values, `outlook` and `refuse_unfit` tell
what fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dlcli.component import Component
from dlcli.datasets import Dataset
from dlcli.datasets.spec import Outlook
from dlcli.errors import UsageError
from dlcli.models import Model
from dlcli.models.abilities import outlook_for, predicted_of, refuse_unfit
from dlcli.spec.structure import classes_in, type_name

Values = dict[str, object]

TASKS = ("classes", "reals")
_FIRST = {1: "mlp", 2: "lstm", 3: "cnn"}
"""The model to begin with, by the number of axes of an example."""
_FIRST_OF_STEPS = "cnn_lstm"
"""The model to begin with where each step of numbers has a class."""
_FIRST_OF_TEXTS = {"whole examples": "text_cnn", "next tokens": "gru", "sequences": "seq2seq"}
"""The model to begin with where examples are texts, by what is predicted of them."""
_FORMS: dict[int, tuple[int | None, ...]] = {1: (None,), 2: (None, None), 3: (None, None, None)}


def data_kinds() -> tuple[str, ...]:
    """The types of datasets, the user's own first; those of plugins that tell too little for a spec are left out."""
    kinds = [str(type_name(cls)) for cls in classes_in(Dataset) if _made(cls, _first_of(cls)) is not None]
    return tuple(sorted(kinds, key=lambda kind: (usual_path(kind) is None, kind)))


def usual_path(kind: str) -> str | None:
    """What the user's own data of this kind is called in the spec if nothing else is said; None if it is published."""
    path = _first_of(_dataset(kind)).get("path")
    return None if path is None else str(path)


def usual_target(kind: str) -> str | None:
    """What the column to predict is called if nothing else is said; None where data of this kind has no columns."""
    target = _first_of(_dataset(kind)).get("target")
    return None if target is None else str(target)


def models_for(kind: str) -> tuple[str, ...]:
    """The types of models that can read data of this kind, the one to begin with first."""
    outlook = _outlook(kind)
    fitting = [str(type_name(cls)) for cls in classes_in(Model) if _refusal(cls, outlook) == ""]
    rank = 1 if outlook.shape is None else len(outlook.shape)
    of_numbers = _FIRST_OF_STEPS if outlook.per_step else _FIRST.get(rank)
    first = _FIRST_OF_TEXTS.get(predicted_of(outlook)) if outlook.tokens else of_numbers
    return tuple(sorted(fitting, key=lambda name: name != first))


def why_unfit(model: str, kind: str) -> str:
    """Why a model cannot read data of a kind, in words; empty where it can, or there is no such model."""
    outlook = _outlook(kind)
    why = next((_refusal(cls, outlook) for cls in classes_in(Model) if type_name(cls) == model), None)
    return f"{why} ({kind}: {_in_words(outlook)})" if why else ""


def takes_task(kind: str) -> bool:
    """Whether numbers can be predicted from data of this kind, so that there is something to decide."""
    return "task" in _dataset(kind).__pydantic_fields__


def first_values(kind: str, path: str | None, found: Mapping[str, object], model: str) -> Values:
    """The values of a first spec, key by key; `found` is what else is known of the data."""
    first = _first_of(_dataset(kind))
    if path is not None:
        first["path"] = path
    rest: Values = {key: value for key, value in first.items() if key not in found}
    told: Values = {key: found.get(key, first[key]) for key in ("path", "target") if key in first}
    (cls,) = (cls for cls in classes_in(Model) if type_name(cls) == model)
    return {
        "dataset": {"type": kind, **told, **found, **rest},
        "model": {"type": model, **_first_of(cls, _outlook(kind))},
        "optimizer": {"type": "adam", "learning_rate": 1e-3, "schedule": "cosine"},
        "train": {"epochs": 30, "batch_size": 64, "keep": "best"},
        "strategy": "auto",
    }


def called(kind: str, path: str | None) -> str:
    """What a spec's file is called if nothing else is said."""
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in Path(path or kind).stem).strip("_") or kind


def _dataset(kind: str) -> type[Component]:
    return next(cls for cls in classes_in(Dataset) if type_name(cls) == kind)


def _first_of(cls: type[Component], *about: Outlook) -> Values:
    """The values that a component begins with; plugins' models need not say any."""
    first: Any = getattr(cls, "first_values", None)
    return {} if first is None else dict(first(*about))


def _made(cls: type[Component], values: Values) -> Any | None:
    """The component of these values; None where they do not make one."""
    try:
        return cls.model_validate({"type": type_name(cls), **values}, strict=False)
    except ValidationError:
        return None


def _outlook(kind: str) -> Outlook:
    cls = _dataset(kind)
    outlook: Outlook = _made(cls, _first_of(cls)).outlook()  # type: ignore[union-attr]
    return outlook


def _refusal(cls: type[Component], outlook: Outlook) -> str | None:
    """Why a model cannot read such examples; empty where it can, None where it cannot be made of its first values."""
    model = _made(cls, _first_of(cls, outlook))
    if model is None:
        return None
    outlook = outlook_for(model, outlook)
    shapes = _FORMS.values() if outlook.shape is None else [outlook.shape]
    why = ""
    for shape in shapes:
        try:
            refuse_unfit(model, tokens=outlook.tokens, predicts=predicted_of(outlook))
            if not outlook.tokens and hasattr(model, "refuse_unfit"):
                model.refuse_unfit(shape)
        except UsageError as error:
            why = str(error).removeprefix("model: ").removeprefix(f"{type_name(cls)} ")
        else:
            return ""
    return why


def _in_words(outlook: Outlook) -> str:
    """What an example is."""
    if outlook.tokens:
        return "a text of which another one is to be written" if outlook.predicts == "sequences" else "a text"
    if outlook.shape is None:
        return "an array of numbers"
    return {1: "one row of a table", 2: "a window in time", 3: "an image"}[len(outlook.shape)]
