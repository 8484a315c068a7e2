"""dlcli init"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from dlcli.cli.completion import complete_specs
from dlcli.cli.options import spec_path
from dlcli.errors import UsageError


def init(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The spec to write; if absent, named after the data.")
    ] = None,
    data: Annotated[
        str | None,
        typer.Option("--data", metavar="KIND", help="csv, npz, images, recordings, or published: hapt, mnist, ..."),
    ] = None,
    path: Annotated[str | None, typer.Option("--path", metavar="PATH", help="Where your own data is.")] = None,
    target: Annotated[
        str | None, typer.Option("--target", metavar="COLUMN", help="The column of a table that is predicted.")
    ] = None,
    task: Annotated[
        str | None, typer.Option("--task", metavar="TASK", help="What is predicted: classes or reals (numbers).")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="TYPE", help="The model, such as mlp or lstm.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="CONFIG", autocompletion=complete_specs, help="Copy this config that comes with dlcli."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; what is not given is suggested.")] = False,
) -> None:
    """Write a spec to begin with, in which every line says what it is for.

    Asks for what is not given, unless there is no terminal to ask at. A table that is there is looked into.
    """
    if config is not None:
        given = {"--data": data, "--path": path, "--target": target, "--task": task, "--model": model}
        if wrong := [name for name, value in given.items() if value is not None]:
            raise UsageError(f"--from copies a config as it is; {', '.join(wrong)} cannot be given with it")
        from dlcli.starter.copy import copied

        source = spec_path(config)
        file = _target_file(file, Path.cwd() / f"my_{source.stem}")
        notes: tuple[str, ...] = (f"a copy of {source.stem}",)
        text = copied(_text_of(source), source, file)
    else:
        file, text, notes = _made(file, data, path, target, task, model, ask=not yes and _can_ask())
    _write(file, text)
    typer.echo(f"wrote     {file}")
    for note in notes:
        typer.echo(f"          {note}")
    typer.echo(f"next      dlcli validate {file}\n          dlcli train {file} --smoke\n          dlcli train {file}")


def _can_ask() -> bool:
    return sys.stdin.isatty()


def _made(
    file: Path | None, data: str | None, path: str | None, target: str | None, task: str | None, model: str | None,
    *, ask: bool,
) -> tuple[Path, str, tuple[str, ...]]:  # fmt: skip
    """A spec for data of some kind: where it goes, its text, and what was found out."""
    from dlcli.spec import Experiment
    from dlcli.starter import kinds
    from dlcli.starter.text import commented

    if data is None and path is not None and path.endswith((".csv", ".tsv", ".txt", ".npz")):
        data = "npz" if path.endswith(".npz") else "csv"
    data = _chosen("--data", data, kinds.data_kinds(), "What is your data?", ask)
    usual = kinds.usual_path(data)
    if usual is None and path is not None:
        raise UsageError(f"--path {path}: {data} is published data, which is found or downloaded; leave --path out")
    if usual is not None and path is None:
        path = typer.prompt("Where is it?", default=usual) if ask else usual
    if target is not None and data != "csv":
        raise UsageError(f"--target {target}: only a table has columns to choose from, not {data}; leave it out")
    if task is not None:
        _chosen("--task", task, kinds.TASKS, "", ask=False)
        if task == "reals" and not kinds.takes_task(data):
            raise UsageError(f"--task reals: of {data} classes are predicted; leave it out")
    fields, notes = _found(data, path, target, task, ask)
    model = _chosen("--model", model, kinds.models_for(data), "Which model?", ask, f" for {data}")
    file = _target_file(file, Path(kinds.called(data, path)))
    header = {"What": f"{model} on {path or data}, as dlcli init wrote it", "Run": f"dlcli train {file}"}
    values = kinds.first_values(data, path, fields, model)
    return file, commented(Experiment, values, header), notes


def _found(
    data: str, path: str | None, target: str | None, task: str | None, ask: bool
) -> tuple[dict[str, object], tuple[str, ...]]:
    """What else the dataset's part of the spec must say, and why."""
    from dlcli.starter.kinds import takes_task

    if data != "csv":
        return ({"task": task} if task and takes_task(data) else {}), ()
    place = _place_of(path or "")
    if place is not None:
        from dlcli.starter.table import look_into

        look = look_into(place, target, task)
        if ask and target is None:
            target = typer.prompt("Which column is predicted?", default=str(look.fields["target"]))
            look = look_into(place, target, task)
        return look.fields, look.notes
    if target is None:
        target = typer.prompt("Which column is predicted?", default="target") if ask else "target"
    note = f"there is no {path} here yet; mend `target` and `task` once you have it, or run dlcli init again"
    return {"target": target, "task": task or "classes"}, (note,)


def _place_of(path: str) -> Path | None:
    """Where the data lies; None if it is not here yet."""
    from dlcli.datasets.folder import data_folder, resolve
    from dlcli.errors import MissingData

    try:
        return resolve(path, data_folder())
    except MissingData:
        return None


def _chosen(flag: str, given: str | None, known: Sequence[str], question: str, ask: bool, what: str = "") -> str:
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


def _target_file(given: Path | None, usual: Path) -> Path:
    file = given or Path(f"{usual.name}.yaml")
    return file if file.suffix in (".yaml", ".yml") else file.with_name(f"{file.name}.yaml")


def _text_of(source: Path) -> str:
    from dlcli.spec import load

    load(source)
    return source.read_text(encoding="utf-8-sig")


def _write(file: Path, text: str) -> None:
    """Writes the spec, after it has been read as one; never over a file that is there. Raises UsageError."""
    from dlcli.spec.load import check
    from dlcli.spec.reading import parse

    check(parse(text, str(file)))
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise UsageError(f"{file}: is there already, and is not overwritten; name another file") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror})") from None
