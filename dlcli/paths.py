"""Text that is the path of a file or folder: `${env:NAME}` in it stands for a variable of the environment."""

from __future__ import annotations

import os
import re
from typing import Annotated

from pydantic import AfterValidator

OPENING = "${env:"
"""How the place of a variable begins."""
_VARIABLE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")


def expanded(path: str) -> str:
    """The path with the values of its variables; raises ValueError where one is not set or not written as it should."""
    if OPENING in _VARIABLE.sub("", path):
        raise ValueError(f"expected {OPENING}NAME}} with the name of an environment variable, got {path!r}")
    return _VARIABLE.sub(_value, path)


def _value(variable: re.Match[str]) -> str:
    name = variable[1]
    value = os.environ.get(name)
    if not value:
        state = "not set" if value is None else "empty"
        raise ValueError(f"the environment variable {name} is {state}; set it with: export {name}=/a/folder")
    if OPENING in value:
        # The expanded path is what is recorded, and must mean the same when it is read again.
        raise ValueError(f"the environment variable {name} (={value!r}) must not hold {OPENING}...}} itself")
    return value


EXPANDED = AfterValidator(expanded)
"""What marks a field as a path."""
PathText = Annotated[str, EXPANDED]
"""The type of a field that holds a path."""
