"""Where the configs and the data that come with dlcli are: in a clone, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(*parts: str) -> Path:
    """Path of a shipped file or folder, such as `shipped("configs", "har_lstm.yaml")`.

    A wheel carries `configs/` and `data/` under `dlcli/_shipped/`; a clone (and an editable install of one) has
    them at its top level.
    """
    carried = _PACKAGE / "_shipped"
    return (carried if carried.is_dir() else _PACKAGE.parent).joinpath(*parts)
