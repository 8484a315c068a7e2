"""What a spec can hold: the families of components with their types, the shipped configs, and names to look up.

The parts of plugins are among them for as long as they are known (`dlcli.families.adding`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dlcli.component import Component
from dlcli.shipped import shipped
from dlcli.spec.docstrings import explained
from dlcli.spec.examples import Place
from dlcli.spec.experiment import Experiment
from dlcli.spec.structure import classes_of, fields_below, type_name

FAMILIES: dict[str, Place] = {
    "datasets": ("dataset",),
    "models": ("model",),
    "optimizers": ("optimizer",),
    "schedules": ("optimizer", "schedule"),
    "augmentations": ("augment",),
    "strategies": ("strategy",),
    "metrics": ("metrics",),
}
"""Where in a spec a component of each family stands."""

TOP = "experiment"
"""What the top level of a spec is called."""


@dataclass(frozen=True)
class Config:
    """A spec that comes with dlcli."""

    name: str
    path: Path
    what: str
    """What its header says that it is; may be empty."""


@dataclass(frozen=True)
class Choice:
    """A component that is chosen by its type, and the place where it stands; also the top level of a spec."""

    place: Place
    cls: type[Component]


@dataclass(frozen=True)
class Key:
    """A key of one or several components that may stand at a place."""

    around: Place
    name: str
    owners: tuple[type[Component], ...]

    @property
    def place(self) -> Place:
        """Where its value stands."""
        return (*self.around, self.name)

    @property
    def classes(self) -> tuple[type[Component], ...]:
        """The components that its value may be."""
        inner = (cls for owner in self.owners for cls in classes_of(owner.model_fields[self.name]))
        return tuple(dict.fromkeys(inner))


Found = Choice | Key


def types(family: str) -> dict[str, type[Component]]:
    """The components of a family by their types."""
    return {str(type_name(cls)): cls for cls in _classes(FAMILIES[family])}


def family_called(word: str) -> str | None:
    """The family that a word means: its own name, or the key under which its components stand."""
    return next((family for family, place in FAMILIES.items() if word in (family, place[-1])), None)


def configs() -> list[Config]:
    """The specs that come with dlcli, by name."""
    return [Config(path.stem, path, _what(path)) for path in sorted(shipped("configs").glob("*.yaml"))]


def summary(cls: type[Component]) -> str:
    """The first line of a component's docstring."""
    return explained(cls).summary


def look_up(name: str) -> list[Found]:
    """Everything that a name means: a family, a type, a key, or a place such as `train.early_stopping.patience`.

    A word that is the name of a type or of a part of a spec does not also mean the keys of that name deeper down.
    """
    steps = tuple(name.strip().split("."))
    if steps[0] == TOP:
        steps = steps[1:]
    if not steps:
        return [Choice((), Experiment)]
    if steps[0] in FAMILIES:
        steps = (*FAMILIES[steps[0]], *steps[1:])
    return _at(steps) or [found for start in _starts(steps[0]) for found in _from(start, steps[1:])]


def known() -> list[str]:
    """All words that can be looked up by themselves."""
    words = [TOP, *FAMILIES]
    for _, cls in fields_below(Experiment):
        words += [*cls.model_fields, *([kind] if (kind := type_name(cls)) else [])]
    return [word for word in dict.fromkeys(words) if word != "type"]


def _what(path: Path) -> str:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    label, _, what = first.partition("What:")
    return what.strip().rstrip(",") if label.strip() == "#" else ""


def _classes(place: Place) -> tuple[type[Component], ...]:
    """The components that may stand at a place, whatever types are chosen on the way."""
    classes: tuple[type[Component], ...] = (Experiment,)
    for step in place:
        fields = [cls.model_fields[step] for cls in classes if step in cls.model_fields]
        classes = tuple(dict.fromkeys(inner for field in fields for inner in classes_of(field)))
    return classes


def _at(steps: Place) -> list[Found]:
    """What stands at a place that begins at the top level."""
    if steps[0] not in Experiment.model_fields:
        return []
    return _from(Choice((), Experiment), steps)


def _from(start: Found, steps: Place) -> list[Found]:
    """What keys and types lead to, from a part of a spec on."""
    here = start
    for step in steps:
        classes = here.classes if isinstance(here, Key) else (here.cls,)
        owners = tuple(cls for cls in classes if step in cls.model_fields)
        chosen = next((cls for cls in classes if type_name(cls) == step), None)
        if chosen is not None:
            here = Choice(here.place, chosen)
        elif owners and step != "type":
            here = Key(here.place, step, owners)
        else:
            return []
    return [here]


def _starts(word: str) -> list[Found]:
    """Where a word stands below the top level: as a type, else as a key.

    A component that stands deeper down, too, as a model within an ensemble, is found in its first place alone.
    """
    places = dict.fromkeys(place for place, _ in fields_below(Experiment))
    first: dict[type[Component], Place] = {}
    for place in places:
        for cls in _classes(place):
            first.setdefault(cls, place)
    kinds: list[Found] = [Choice(place, cls) for cls, place in first.items() if type_name(cls) == word]
    owners = {
        place: tuple(cls for cls in first if first[cls] == place and word in cls.model_fields) for place in places
    }
    return kinds or [Key(place, word, those) for place, those in owners.items() if those and word != "type"]
