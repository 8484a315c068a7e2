"""Where data lies: the data folder, and files in it by the names their publishers gave them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dlcli.errors import MissingData
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


def resolve(path: str, folder: Path) -> Path:
    """Where a file or folder that a spec names lies; see `resolve_all`."""
    return resolve_all([path], folder)[0]


def resolve_all(paths: Sequence[str], folder: Path) -> list[Path]:
    """Where the files or folders that a spec names lie: from the working directory, then in the data folder or below.

    There they may stand under the whole path or its last part alone. One place that has all of them comes before
    another that has some. Raises MissingData, which says where was looked.
    """
    given = [_from_home(path) for path in paths]
    there = list(places(folder))
    tries = [[place / path for path in given] for place in (Path(), *there)]
    tries += [[place / path.name for path in given] for place in there]
    for files in tries:
        if all(file.exists() for file in files):
            return files
    found = [next((file for file in candidates if file.exists()), None) for candidates in zip(*tries, strict=True)]
    if missing := [str(path) for path, file in zip(given, found, strict=True) if file is None]:
        raise MissingData(
            f"{missing[0]}: there is no such file or folder. Looked from {Path.cwd()}, in the data folder "
            f"{folder} and one folder down in it; put it there, give its place in the spec, or the data folder "
            "in DLCLI_DATA"
        )
    return [file for file in found if file is not None]


def _from_home(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)  # `~somebody` of whom this machine knows nothing; a file may be called so


def places(folder: Path) -> Iterator[Path]:
    """Where files are looked for: the folder, then those one down in it by name."""
    yield folder
    if folder.is_dir():
        yield from sorted(child for child in folder.iterdir() if child.is_dir())
