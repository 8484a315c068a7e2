"""What dlcli init is told of the data, asks for, and finds out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dlcli.errors import DataError, UsageError

if TYPE_CHECKING:
    from dlcli.starter.table import Look

DATA_SUFFIXES = (".csv", ".tsv", ".txt", ".npz")
"""How names of files of data end that are known by that."""
KINDS_IN_FILES = ("csv", "npz", "windows", "text", "pairs")
"""The kinds of data that lie in one such file."""
_NO_TABLE = (
    "If it is no table: --data text reads a running text, or a class and a text on each line, and --data pairs two "
    "texts on each line"
)
_UNTIL_THEN = "until it is here, --smoke trains on made-up examples"


@dataclass(frozen=True)
class Wanted:
    """What the command line says of a spec for data; None where it says nothing."""

    data: str | None
    path: str | None
    target: str | None
    task: str | None
    model: str | None
    ask: bool


def kind_of_data(wanted: Wanted) -> str:
    """The type of the dataset; raises UsageError where nothing tells it and nobody can be asked."""
    from dlcli.starter.kinds import data_kinds

    data, path = wanted.data, wanted.path
    if data is None and path is not None and path.endswith(DATA_SUFFIXES):
        data = "npz" if path.endswith(".npz") else "csv"
    if data is None and not wanted.ask:
        if path is None:
            raise UsageError(
                "dlcli init: what is your data? Name a table (dlcli init houses.csv), say what you have or will have "
                "(--data images), or copy a config (--from har_lstm)"
            )
        place = _resolved(path)
        if place is not None and place.is_dir():
            raise UsageError(f"--path {path}: is a folder; say what it holds: --data images, recordings, frames or npz")
    return chosen("--data", data, data_kinds(), "What is your data?", wanted.ask)


def refuse_misplaced(wanted: Wanted, data: str) -> None:
    """Refuses options that say nothing of data of this kind."""
    from dlcli.starter import kinds

    if wanted.path is not None and kinds.usual_path(data) is None:
        raise UsageError(f"--path {wanted.path}: {data} is published data, which is found or downloaded; leave it out")
    if wanted.target is not None and kinds.usual_target(data) is None:
        raise UsageError(f"--target {wanted.target}: only a table has columns to choose from, not {data}; leave it out")
    if wanted.task is not None:
        chosen("--task", wanted.task, kinds.TASKS, "", ask=False)
        if wanted.task == "reals" and not kinds.takes_task(data):
            raise UsageError(f"--task reals: of {data} classes are predicted; leave it out")


def place_of_data(wanted: Wanted, data: str) -> tuple[str, Path | None]:
    """The path of the user's own data, and where it lies; None if it is not here yet, and no path was given.

    Raises UsageError where there is nothing at the path given.
    """
    from dlcli.starter.kinds import usual_path

    usual = usual_path(data) or ""
    if wanted.path is not None:
        place = _resolved(wanted.path)
        if place is None:
            raise UsageError(_nothing_at(wanted.path))
        return wanted.path, place
    while wanted.ask:
        path = typer.prompt("Where is it?", default=usual)
        place = _resolved(path)
        if place is not None or path == usual:
            return path, place
        typer.echo(_nothing_at(path), err=True)
    return usual, _resolved(usual)


def _nothing_at(path: str) -> str:
    from dlcli.datasets.folder import data_folder
    from dlcli.spec.suggest import nearest

    there = {each.name: str(each) for each in Path(path).parent.glob("*")}
    near = nearest(Path(path).name, there)
    hint = f", did you mean `{there[near]}`?" if near else ""
    looked = f"looked from {Path.cwd()} and in the data folder {data_folder()}"
    return f"{path}: there is no such file or folder{hint or ';'} {looked.capitalize() if hint else looked}"


def found_in(wanted: Wanted, data: str, path: str | None, place: Path | None) -> Look:
    """What else the dataset's part of the spec must say, and why."""
    from dlcli.starter.kinds import takes_task, usual_target
    from dlcli.starter.lines import about_lines
    from dlcli.starter.table import Look

    if data == "windows" and place is not None:
        return _look_at_series(place, wanted)
    if data == "csv" and place is not None:
        try:
            return _look(place, wanted)
        except (DataError, UsageError) as error:
            if wanted.data is not None or place.suffix != ".txt":
                raise
            raise type(error)(f"{error}. {_NO_TABLE}") from None
    fields: dict[str, object] = {"task": wanted.task} if wanted.task and takes_task(data) else {}
    mend = "`path`"
    usual = usual_target(data)
    if usual is not None:
        ask = wanted.ask and wanted.target is None
        target = typer.prompt("Which column is predicted?", default=usual) if ask else wanted.target or usual
        task = {"task": wanted.task or "classes"} if takes_task(data) else {}
        fields = {"target": target, **task}
        mend = "`path`, `target` and `task`" if task else "`path` and `target`"
    if path is None or place is not None:
        return Look(fields, about_lines(place) if data == "text" and place is not None else (), {})
    notes = f"a template: there is no {path} here yet; change {mend} to what you have", _UNTIL_THEN
    return Look(fields, notes, {})


def _look(place: Path, wanted: Wanted) -> Look:
    """What is found in a table; the column to predict, if it is not given, is asked for until it is one."""
    from dlcli.starter.table import open_table, suggest

    opened = open_table(place)
    if len(opened.names) == 1:
        raise UsageError(f"{place}: has one column alone, so that there is nothing to predict it from")
    while wanted.ask and wanted.target is None:
        target = typer.prompt("Which column is predicted?", default=opened.names[-1])
        try:
            return suggest(opened, target, wanted.task)
        except UsageError as error:
            typer.echo(str(error), err=True)
    return suggest(opened, wanted.target, wanted.task)


def _look_at_series(place: Path, wanted: Wanted) -> Look:
    """What is found in a series; the column to forecast, if it is not given, is asked for until it is one."""
    from dlcli.starter.series import suggest_series
    from dlcli.starter.table import open_table

    opened = open_table(place)
    while wanted.ask and wanted.target is None:
        usual = suggest_series(opened, None).fields["target"]
        target = typer.prompt("Which column is forecast?", default=str(usual))
        try:
            return suggest_series(opened, target)
        except UsageError as error:
            typer.echo(str(error), err=True)
    return suggest_series(opened, wanted.target)


def _resolved(path: str) -> Path | None:
    """Where the data lies; None if it is not here."""
    from dlcli.datasets.folder import data_folder, resolve
    from dlcli.errors import MissingData

    try:
        return resolve(path, data_folder())
    except MissingData:
        return None


def either(words: Sequence[str]) -> str:
    """The words as a choice: `a, b or c`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def chosen(flag: str, given: str | None, known: Sequence[str], question: str, ask: bool, what: str = "") -> str:
    """One of the known words: the one given, or asked for, or the first. Raises UsageError for another one given."""
    from dlcli.spec.suggest import nearest

    while True:
        word = given
        if word is None:
            word = typer.prompt(f"{question} ({', '.join(known)})", default=known[0]) if ask else known[0]
        if word in known:
            return word
        near = nearest(word, known)
        hint = f" (did you mean `{near}`?)" if near else ""
        message = f"{flag} {word}: expected one of {', '.join(known)}{what}{hint}"
        if given is not None:
            raise UsageError(message)
        typer.echo(message, err=True)
