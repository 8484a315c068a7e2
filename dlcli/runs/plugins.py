"""The plugins of a run: copies of their files, and what has become of the originals since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from dlcli.component import Component
from dlcli.faults import shown
from dlcli.plugins.files import plugin_as_read
from dlcli.plugins.installed import package_of
from dlcli.runs.files import replacing
from dlcli.spec import Experiment

_FOLDER = "plugins"


def keep_plugins(folder: Path, experiment: Experiment) -> tuple[Experiment, list[dict[str, Any]]]:
    """Writes the files of parts that an experiment was loaded with into a run's folder.

    Returns the experiment with the copies in their place, and what run.json says of them and of installed packages.
    """
    records: list[dict[str, Any]] = []
    for path in map(Path, experiment.plugins):
        plugin, name = plugin_as_read(path), path.name
        taken = {record["file"] for record in records}
        if f"{_FOLDER}/{name}" in taken:
            name = f"{len(taken) + 1}_{name}"
        (folder / _FOLDER).mkdir(exist_ok=True)
        with replacing(folder / _FOLDER / name) as file:
            file.write(plugin.source)
        records.append({"file": f"{_FOLDER}/{name}", "from": str(path), "sha256": plugin.sha256})
    copies = tuple(record["file"] for record in records)
    packages = dict.fromkeys(package for cls in _parts(experiment) if (package := package_of(cls)))
    return experiment.model_copy(update={"plugins": copies}), [*records, *({"package": each} for each in packages)]


def plugin_notes(path: Path, records: list[dict[str, Any]]) -> list[str]:
    """What users should know where a run's plugins are not what they were, of the records in its run.json."""
    return [note for record in records for note in _notes(path, record)]


def _notes(path: Path, record: dict[str, Any]) -> Iterator[str]:
    if "package" in record:
        name, _, version = record["package"].rpartition(" ")
        try:
            now = metadata.version(name)
        except metadata.PackageNotFoundError:
            now = "not here"
        if now != version:
            yield f"{name} was {version} when this run was made; it is {now} now"
        return
    copy, origin = path / record["file"], Path(record["from"])
    if _digest(copy) != record["sha256"]:
        yield f"{copy} has been changed after the run was made; what it says now counts"
    elif _digest(origin) not in (None, record["sha256"]):
        yield f"{shown(origin)} has changed since this run was made; the run's own copy counts, {copy}"


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _parts(value: object) -> Iterator[type[Component]]:
    """The classes of all components in a component."""
    if isinstance(value, Component):
        yield type(value)
        for name in type(value).__pydantic_fields__:
            yield from _parts(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _parts(each)
