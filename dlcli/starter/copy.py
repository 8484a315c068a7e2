"""A shipped config as the beginning of a spec of one's own."""

from __future__ import annotations

import re
from pathlib import Path

_KEPT = ("What", "Data")
"""Parts of a header that hold for a copy, too: what it is and whose; not what was measured, and how it was chosen."""


def copied(text: str, config: Path, to: Path) -> str:
    """The text of a config with a header for the copy, and without the scores it was measured by."""
    lines = text.splitlines()
    count = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header: list[str] = []
    kept = False
    for line in lines[:count]:
        if part := re.match(r"# (\w[\w ]*):", line):
            kept = part[1] in _KEPT
        header += [line] * kept
    rest = [line for line in lines[count:] if not line.startswith("expect:")]
    header += [f"# From:    {config.stem}, which comes with dlcli", f"# Run:     dlcli train {to}"]
    return "\n".join([*header, *rest]) + "\n"
