"""What was probably meant by a name that a spec does not know."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from textwrap import wrap

from dlcli.component import Component
from dlcli.spec.problems import Path, dotted
from dlcli.spec.structure import choices, component_at, fields_below, type_name

_LIKENESS = 0.72
"""From which share of letters in common on (difflib's ratio), one name is taken for another misspelt."""
_SLIP = 0.85
"""From which on, even where the name that was written is a key elsewhere: `metric` for `metrics`."""

# What other libraries call the same things.
_OTHER_NAMES = {
    "lr": "learning_rate", "lr_schedule": "schedule", "lr_scheduler": "schedule", "scheduler": "schedule",
    "optim": "optimizer", "optimiser": "optimizer", "net": "model", "network": "model", "architecture": "model",
    "data": "dataset", "training": "train", "trainer": "train", "fit": "train", "distribute": "strategy",
    "device_strategy": "strategy", "random_seed": "seed", "random_state": "seed", "bs": "batch_size",
    "clipnorm": "clip_norm", "grad_clip": "clip_norm", "gradient_clip": "clip_norm", "max_grad_norm": "clip_norm",
    "hidden_size": "units", "hidden_units": "units", "hidden_dim": "units", "num_units": "units", "neurons": "units",
    "hidden_layers": "units", "dropout_rate": "dropout", "activation_function": "activation", "kernel": "kernel_size",
    "val_split": "validation", "validation_split": "validation", "augmentation": "augment", "folder": "path",
    "file": "path", "label": "target", "labels": "target", "separator": "delimiter", "sep": "delimiter",
    "gradient_accumulation": "accumulation_steps", "accumulate_grad_batches": "accumulation_steps",
    "pretrained": "init_from", "class": "type", "kind": "type", "base": "extends", "inherits": "extends",
    "include": "extends", "parent": "extends", "defaults": "extends",
}  # fmt: skip

_OF_FILES = ("extends",)
"""Keys that stand at the top level of a file and are none of the experiment's."""


def nearest(word: str, known: Iterable[str], *, least: float = _LIKENESS) -> str | None:
    """The known name that a word most likely stands for, or None if none is near: of `least` likeness."""
    names = list(known)
    plain = _plain(word)
    for name in names:
        if plain == _plain(name) or _OTHER_NAMES.get(plain) == name:
            return name
    # Letters in another order, as in `cvs`, and a name of which only the first words are given, as in `warmup`.
    for name in names:
        if len(plain) > 2 and sorted(plain) == sorted(_plain(name)):
            return name
    begun = [name for name in names if len(plain) > 2 and _plain(name).startswith(f"{plain}_")]
    if len(begun) == 1:
        return begun[0]
    # Of a word much longer than a name, too few letters can be the name's; and to count them would take long.
    near = [name for name in names if len(plain) < 2 * len(name)]
    likeness = {name: SequenceMatcher(None, plain, _plain(name)).ratio() for name in near}
    best = max(likeness, key=lambda name: likeness[name], default=None)
    return best if best is not None and likeness[best] >= least else None


def all_near(word: str, known: Iterable[str]) -> list[str]:
    """All known names that a word may stand for, the likeliest first."""
    left, near = list(known), []
    while (best := nearest(word, left)) is not None:
        near.append(best)
        left.remove(best)
    return near


def among(word: str, known: Sequence[str]) -> str:
    """A hint for a word that is none of the known ones: the nearest, and all of them."""
    near = nearest(word, known)
    everything = listed("one of", known)
    return f"did you mean `{near}`?\n{everything}" if near else everything


def listed(what: str, names: Sequence[str]) -> str:
    """A hint that lists names, in lines of bearable length."""
    return "\n".join(wrap(f"{what}: {', '.join(names)}", 100, subsequent_indent="  ", break_long_words=False))


def for_key(root: type[Component], values: Mapping[str, object], path: Path) -> str:
    """A hint for the unknown key that stands at `path`: a near name, the place where it belongs, or all keys."""
    *above, last = path
    around, key = tuple(above), str(last)
    here = component_at(root, values, around)
    if here is None:
        return ""
    # Also among the keys that are given: a misspelt one is often meant to replace what another file says.
    names = [*(name for name in here.model_fields if name != "type"), *(() if around else _OF_FILES)]
    near = nearest(key, names)
    if near and (nearest(key, names, least=_SLIP) or not _belongs(root, values, around, key)):
        return f"did you mean `{near}`?{_look_alike(key)}"
    if elsewhere := _belongs(root, values, around, key):
        return elsewhere
    for place, cls in _chosen_places(root, values):
        if place != around and (near := nearest(key, cls.model_fields)):
            return f"did you mean `{near}` {_in(place)}?"
    return f"{listed(f'keys {_in(around)}', names)}{_look_alike(key)}" if names else "it takes no keys but its `type`"


def _belongs(root: type[Component], values: Mapping[str, object], around: Path, key: str) -> str:
    """Where a key with just this name belongs: in another type, in the spec's other parts, in what might be there."""
    kin = [cls for cls in choices(root, values, around) if key in cls.model_fields]
    if kin and len(choices(root, values, around)) > 1:
        return f"`{key}` belongs to type {_either([str(type_name(cls)) for cls in kin])}"
    found = [place for place, cls in _chosen_places(root, values) if key in cls.model_fields]
    if found:
        return f"`{key}` belongs {_either([_in(place) for place in found[:3]])}"
    possible = dict.fromkeys(place for place, cls in fields_below(root) if key in cls.model_fields)
    return f"`{key}` belongs {_either([_in(place) for place in list(possible)[:3]])}" if possible else ""


def _chosen_places(root: type[Component], values: Mapping[str, object]) -> list[tuple[Path, type[Component]]]:
    places = dict.fromkeys(place for place, _ in fields_below(root))
    found = ((place, component_at(root, values, place)) for place in places)
    return [(place, cls) for place, cls in found if cls is not None]


def _in(place: Path) -> str:
    return f"in `{dotted(place)}`" if place else "at the top level"


def _either(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _plain(word: str) -> str:
    # Look-alikes of other widths become plain letters, accents fall away.
    letters = unicodedata.normalize("NFKD", word).casefold().replace("-", "_").replace(" ", "_")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _look_alike(word: str) -> str:
    odd = next((letter for letter in word if not letter.isascii()), None)
    if odd is None:
        return ""
    return f"\n{odd!r} here is U+{ord(odd):04X}, {unicodedata.name(odd, 'a character without a name')}"
