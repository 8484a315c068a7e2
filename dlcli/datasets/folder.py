"""Where data lies: the data folder, and files in it by the names their publishers gave them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dlcli.shipped import in_clone, shipped


def data_folder(given: Path | None = None) -> Path:
    """Where data is looked for: `--data-dir`, else the environment's DLCLI_DATA, else `data/`.

    That is `data/` of the clone, or of the working directory where dlcli is installed without one.
    """
    if given is not None or "DLCLI_DATA" in os.environ:
        return given or Path(os.environ["DLCLI_DATA"])
    return shipped("data") if in_clone() else Path("data")


def find(folder: Path, names: Sequence[str]) -> Path | None:
    """The first of these files that lies in the folder or one folder down, or None."""
    return next((path for place in places(folder) for name in names if (path := place / name).exists()), None)


def find_all(places: Iterable[Path], files: Sequence[Sequence[str]]) -> list[Path] | None:
    """The files, each under the first of its names, from the first place that has them all; or None."""
    for place in places:
        found = [next((path for name in names if (path := place / name).exists()), None) for names in files]
        whole = [path for path in found if path is not None]
        if len(whole) == len(files):
            return whole
    return None


def places(folder: Path) -> Iterator[Path]:
    """Where files are looked for: the folder, then those one down in it by name."""
    yield folder
    if folder.is_dir():
        yield from sorted(child for child in folder.iterdir() if child.is_dir())
