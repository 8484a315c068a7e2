"""Keeps the text of a spec, and of the specs that it extends, in a run's folder."""

from __future__ import annotations

from pathlib import Path

from dlcli.runs.files import write_text
from dlcli.spec.load import resolve
from dlcli.spec.reading import read

SOURCE, PARENTS = "source.yaml", "parents"


def texts(source: Path) -> dict[str, str]:
    """What is to be kept of a spec: texts by their paths in a run's folder.

    Parents are numbered as they are named, because two may be called the same. A run's own `source.yaml`, of which
    further folds are trained, has its parents beside it.
    """
    kept = source.parent / PARENTS
    if source.name == SOURCE and (source.parent / "run.json").is_file():
        parents = {file.name: file for file in kept.glob("*")}
    else:
        files = resolve(read(source)).sources[1:]
        parents = {f"{i}-{Path(file).name}": Path(file) for i, file in enumerate(files, start=1)}
    named = {SOURCE: source} | {f"{PARENTS}/{name}": file for name, file in sorted(parents.items())}
    return {name: file.read_text(encoding="utf-8-sig") for name, file in named.items()}


def keep(kept: dict[str, str], folder: Path) -> None:
    """Writes the texts into a run's folder."""
    for name, text in kept.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        write_text(path, text)
