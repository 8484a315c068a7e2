"""Which models suit which data, and the values that a first spec gives for both."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dlcli.datasets import Dataset
from dlcli.models import Model
from dlcli.spec.structure import classes_in, type_name

Values = dict[str, object]

_RECURRENT_MODELS = ("lstm", "bilstm", "gru", "cnn_lstm", "attention_rnn", "rnn")
_OF_STEPS = (*_RECURRENT_MODELS, "transformer")
_FOR_IMAGES = ("cnn", "deep_cnn", "resnet", "mlp", "linear", "lenet5", "alexnet", *_OF_STEPS)
_FOR_SIGNALS = (*_OF_STEPS, "cnn", "deep_cnn", "resnet", "mlp", "linear")
_TEXTS = ("text", "tiny_shakespeare", "trec", "rt_polarity")
_PAIRS = ("pairs", "dates")
_FOR_TEXTS = ("text_cnn", *_OF_STEPS)
_FOR_RUNNING_TEXTS = ("gru", "lstm", "rnn")
_FITTING = {
    "csv": ("mlp", "linear", "wide_deep"),
    "windows": _FOR_SIGNALS,
    "npz": ("mlp", "linear", "cnn", "deep_cnn", "resnet", *_OF_STEPS, "lenet5", "alexnet", "application"),
    "images": (*_FOR_IMAGES, "application"),
    "mnist": _FOR_IMAGES,
    "fashion_mnist": _FOR_IMAGES,
    "cifar10": ("resnet", *(name for name in _FOR_IMAGES if name != "resnet"), "application"),
    "recordings": _FOR_SIGNALS,
    "hapt": _FOR_SIGNALS,
    "uci_har": _FOR_SIGNALS,
    "text": _FOR_RUNNING_TEXTS,
    "tiny_shakespeare": _FOR_RUNNING_TEXTS,
    "trec": _FOR_TEXTS,
    "rt_polarity": _FOR_TEXTS,
    **dict.fromkeys(_PAIRS, ("seq2seq",)),
}
_NUMBERS_ALONE = "numbers, as in tables, images and the measurements of a sensor"
_READS = {
    "wide_deep": "the columns of a table",
    **dict.fromkeys(("linear", "mlp"), _NUMBERS_ALONE),
    **dict.fromkeys(_FOR_RUNNING_TEXTS, "images, sequences such as the measurements of a sensor, and texts"),
    **dict.fromkeys(
        ("bilstm", "cnn_lstm", "attention_rnn", "transformer"),
        "images, sequences such as the measurements of a sensor, and texts whose classes are predicted",
    ),
    "text_cnn": "texts whose classes are predicted",
    "seq2seq": "texts of which others are to be written",
    **dict.fromkeys(("cnn", "deep_cnn", "resnet"), "images, and sequences such as the measurements of a sensor"),
    **dict.fromkeys(("lenet5", "alexnet"), "images"),
    "application": "images of at least 32 x 32 pixels",
}
_EXAMPLES = {
    "csv": "one row of a table",
    "npz": "an array of numbers",
    **dict.fromkeys(("windows", "recordings", "hapt", "uci_har"), "a window in time"),
    "images": "an image",
    "mnist": "an image of 28 x 28",
    "fashion_mnist": "an image of 28 x 28",
    "cifar10": "an image",
    **dict.fromkeys(_TEXTS, "a text"),
    **dict.fromkeys(_PAIRS, "a text of which another one is to be written"),
}
_RECURRENT: Values = {"units": [32], "dropout": 0.5, "pooling": "mean"}
_MODELS: dict[str, Values] = {
    "linear": {},
    "mlp": {"units": [64, 64], "dropout": 0.2},
    "wide_deep": {"units": [64, 64], "dropout": 0.2},
    "cnn": {"filters": [32, 64], "batch_norm": True, "dropout": 0.2, "pooling": "mean"},
    "deep_cnn": {"filters": [32, 64, 128], "dropout": 0.3},
    "resnet": {"depth": 20},
    "lenet5": {},
    "application": {"network": "MobileNetV2"},
    "alexnet": {"filters": [48, 128, 192, 192, 128], "dense_units": [1024, 1024]},
    "lstm": _RECURRENT,
    "bilstm": _RECURRENT,
    "gru": _RECURRENT,
    "rnn": _RECURRENT,
    "cnn_lstm": {"filters": [32, 64], "batch_norm": True, **_RECURRENT},
    "attention_rnn": _RECURRENT,
    "text_cnn": {"filters": 100, "dropout": 0.5},
    "transformer": {"layers": 2, "width": 64, "heads": 4, "dropout": 0.2},
    "seq2seq": {"units": [128], "embedding": 64, "dropout": 0.2},
}
_HELD_OUT: Values = {"validation": {"fraction": 0.1}, "test": {"fraction": 0.2}}
_OWN: dict[str, tuple[str, Values]] = {
    "csv": ("table.csv", _HELD_OUT),
    "npz": ("arrays.npz", {}),
    "images": ("pictures", {"size": [64, 64], **_HELD_OUT}),
    "windows": ("series.csv", {"steps": 24, **_HELD_OUT}),
    "text": ("story.txt", _HELD_OUT),
    "pairs": ("pairs.txt", _HELD_OUT),
    "recordings": ("my_sensors", {"window": 128, "overlap": 0.5, **_HELD_OUT}),
}
TASKS = ("classes", "reals")


def data_kinds() -> tuple[str, ...]:
    """The types of datasets, the user's own first."""
    kinds = [str(type_name(cls)) for cls in classes_in(Dataset)]
    return tuple(sorted(kinds, key=lambda kind: (kind not in _OWN, kind)))


def usual_path(kind: str) -> str | None:
    """What the user's own data of this kind is called in the spec if nothing else is said; None if it is published."""
    return _OWN[kind][0] if kind in _OWN else None


def models_for(kind: str) -> tuple[str, ...]:
    """The types of models that can read data of this kind, the one to begin with first."""
    every = tuple(name for cls in classes_in(Model) if (name := type_name(cls)) in _MODELS)
    return _FITTING.get(kind, every)


def why_unfit(model: str, kind: str) -> str:
    """Why a model cannot read data of a kind, in words; empty where it can, or there is no such model."""
    if model in models_for(kind) or model not in _READS:
        return ""
    return f"reads {_READS[model]}; an example of {kind} is {_EXAMPLES[kind]}"


def takes_task(kind: str) -> bool:
    """Whether numbers can be predicted from data of this kind, so that there is something to decide."""
    (cls,) = (cls for cls in classes_in(Dataset) if type_name(cls) == kind)
    return "task" in cls.__pydantic_fields__


def first_values(kind: str, path: str | None, found: Mapping[str, object], model: str) -> Values:
    """The values of a first spec, key by key; `found` is what else is known of the data."""
    dataset: Values = {"type": kind}
    if kind in _OWN:
        usual, held_out = _OWN[kind]
        dataset |= {"path": path or usual, **found, **held_out}
    return {
        "dataset": dataset,
        "model": {"type": model, **_model_values(kind, model)},
        "optimizer": {"type": "adam", "learning_rate": 1e-3, "schedule": "cosine"},
        "train": {"epochs": 30, "batch_size": 64, "keep": "best"},
        "strategy": "auto",
    }


def _model_values(kind: str, model: str) -> Values:
    """Those of a model for data of a kind; recurrent ones make vectors of what they read in a text."""
    values = _MODELS[model]
    return {"embedding": 64, **values} if kind in _TEXTS and values is _RECURRENT else values


def called(kind: str, path: str | None) -> str:
    """What a spec's file is called if nothing else is said."""
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in Path(path or kind).stem).strip("_") or kind
