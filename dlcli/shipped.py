"""Where the configs and the data that come with dlcli are: in a clone, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(*parts: str) -> Path:
    """Path of a shipped file or folder, such as `shipped("configs", "har_lstm.yaml")`.

    A wheel carries `configs/` and `data/` under `dlcli/_shipped/`; a clone (and an editable install of one) has
    them at its top level.
    """
    return (_PACKAGE.parent if in_clone() else _PACKAGE / "_shipped").joinpath(*parts)


def in_clone() -> bool:
    """Whether dlcli runs from a clone (also by an editable install of one), not from a wheel."""
    return not (_PACKAGE / "_shipped").is_dir()
