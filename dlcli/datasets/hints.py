"""Hints in messages about names that are not there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_MEANT = re.compile(r" \((did you mean `[^`]*`\?)\)")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """What follows a name that is not known: the nearest one that is, or nothing where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""


def apart(message: str) -> tuple[str, str]:
    """A message without what `did_you_mean` put into it, and that as a hint of its own; empty if there is none."""
    found = _MEANT.search(message)
    return (message, "") if found is None else (message.replace(found[0], "", 1), found[1])
