"""Which process works on a run: numbers are given out again, but not to a process that began at the same moment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def beginning(number: int) -> str | None:
    """When the process of this number began, in the system's own words; None where there is none or it is not told."""
    return _from_proc(number) if sys.platform == "linux" else _from_ps(number)


def lives(number: int, began: str | None) -> bool:
    """Whether a process of this machine has this number and, where both are known, began then."""
    if sys.platform == "win32":
        return True  # to ask there whether it lives would be to end it
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    return began is None or beginning(number) in (None, began)


def _from_proc(number: int) -> str | None:
    try:
        # The name of the program, in brackets, may hold spaces and brackets of its own.
        fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return f"{boot} {fields[19]}"


def _from_ps(number: int) -> str | None:
    try:
        command = ["ps", "-o", "lstart=", "-p", str(number)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return " ".join(done.stdout.split()) or None
