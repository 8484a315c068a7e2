"""Which classes join a family of parts besides dlcli's own: those of plugins, for as long as a spec names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

# Classes by the family that they have joined, whether or not any spec names them.
_joined: dict[type[Any], str] = {}
# Not one list for all: two runs, evaluated one after the other, may each have their own class of the same type.
_added: ContextVar[tuple[type[Any], ...]] = ContextVar("added", default=())


_KEYS = {"schedule": "optimizer.schedule", "augmentation": "augment", "metric": "metrics"}
"""The keys of a spec under which parts of a family stand, where they are not called as the family is."""


def key_of(family: str) -> str:
    """The key of a spec under which parts of a family stand."""
    return _KEYS.get(family, family)


def join(cls: type[Any], family: str) -> None:
    """Notes that a class is of a family, such as `model`."""
    _joined[cls] = family


def family_of(cls: type[Any]) -> str | None:
    """The family that a class of a plugin has joined; None if it is of no plugin."""
    return _joined.get(cls)


def joined() -> tuple[type[Any], ...]:
    """All classes that have joined a family, the latest first."""
    return tuple(reversed(_joined))


def joined_by(module: str) -> tuple[type[Any], ...]:
    """The classes of a module that have joined a family, in their order."""
    return tuple(cls for cls in _joined if cls.__module__ == module)


@contextmanager
def adding(classes: Iterable[type[Any]]) -> Iterator[None]:
    """While entered, specs may choose these classes, too, each in the family that it has joined."""
    token = _added.set(tuple(classes))
    try:
        yield
    finally:
        _added.reset(token)


def added(family: str | None = None) -> tuple[type[Any], ...]:
    """The classes that specs may choose besides dlcli's own, of one family or of all."""
    return tuple(cls for cls in _added.get() if family is None or _joined[cls] == family)
