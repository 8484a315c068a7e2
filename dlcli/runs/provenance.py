"""Where a run comes from: versions, source control, machine."""

from __future__ import annotations

import os
import platform
import socket
import subprocess
from importlib import metadata
from pathlib import Path

from dlcli import __version__

_PACKAGES = ("tensorflow", "keras", "numpy")


def versions() -> dict[str, str]:
    """Versions of dlcli, Python and the packages that decide a result."""
    return {
        "dlcli": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _PACKAGES},
    }


def git(folder: Path) -> dict[str, str | bool] | None:
    """Commit of the checkout that `folder` stands in and whether it was clean; None outside of one."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    return {"commit": commit, "clean": _git(folder, "status", "--porcelain") == ""}


def host() -> str:
    """Name of this machine."""
    return socket.gethostname()


def threads() -> int:
    """Cores that this process may use; sums are divided over as many threads."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _git(folder: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
