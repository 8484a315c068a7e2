"""dlcli init"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from dlcli.cli.answers import (
    DATA_SUFFIXES,
    KINDS_IN_FILES,
    Wanted,
    chosen,
    either,
    found_in,
    kind_of_data,
    place_of_data,
    refuse_misplaced,
)
from dlcli.cli.completion import complete_specs
from dlcli.cli.options import Plugins, spec_path
from dlcli.cli.parts import known_parts
from dlcli.errors import UsageError


def init(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="The spec to write, named after the data if absent; or the data, if it is a .csv or .npz file. "
            "Of any other, such as a text, say --data.",
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data",
            metavar="KIND",
            help="Of your own: csv, npz, images, recordings, frames, windows (of a series), text (running, or with "
            "classes), pairs (of texts); or published: hapt, mnist, ...",
        ),
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
    plugins: Plugins = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; what is not given is suggested.")] = False,
) -> None:
    """Write a spec to begin with, in which every line says what it is for.

    Asks for what is not given, unless there is no terminal to ask at. A table that is there is looked into. With --data
    and no --path, what is written is a template for data that is not there yet. Datasets and models of installed
    packages and of the files that --plugins names can be chosen, too.
    """
    if config is not None:
        given = {"--data": data, "--path": path, "--target": target, "--task": task, "--model": model}
        given["--plugins"] = str(plugins[0]) if plugins else None
        if wrong := [name for name, value in given.items() if value is not None]:
            raise UsageError(f"--from copies a config as it is; {', '.join(wrong)} cannot be given with it")
        from dlcli.starter.copy import copied

        source = spec_path(config)
        file = _target_file(file, Path.cwd() / f"my_{source.stem}")
        notes: tuple[str, ...] = (f"a copy of {source.stem}",)
        text = copied(_text_of(source), source, file)
    else:
        if file is not None and path is None and file.suffix in DATA_SUFFIXES and data in (None, *KINDS_IN_FILES):
            file, path = None, str(file)
        with known_parts(plugins):
            file, text, notes = _made(file, Wanted(data, path, target, task, model, ask=not yes and _can_ask()))
    _write(file, text)
    typer.echo(f"wrote     {file}")
    for note in notes:
        typer.echo(f"          {note}")
    typer.echo(f"next      dlcli validate {file}\n          dlcli train {file} --smoke\n          dlcli train {file}")


def _can_ask() -> bool:
    return sys.stdin.isatty()


def _made(file: Path | None, wanted: Wanted) -> tuple[Path, str, tuple[str, ...]]:
    """A spec for data of some kind: where it goes, its text, and what was found out."""
    from dlcli.spec import Experiment
    from dlcli.starter import kinds
    from dlcli.starter.text import commented

    data = kind_of_data(wanted)
    refuse_misplaced(wanted, data)
    path, place = (None, None) if kinds.usual_path(data) is None else place_of_data(wanted, data)
    look = found_in(wanted, data, path, place)
    if wanted.model is not None and (why := kinds.why_unfit(wanted.model, data)):
        instead = "; a file in which each row is a moment of a recording is read by --data recordings"
        raise UsageError(
            f"--model {wanted.model}: {why}. Give {either(kinds.models_for(data))}{instead if data == 'csv' else ''}"
        )
    model = chosen("--model", wanted.model, kinds.models_for(data), "Which model?", wanted.ask, f" for {data}")
    file = _target_file(file, Path(kinds.called(data, path)))
    header = {"What": f"{model} on {path or data}, as dlcli init wrote it", "Run": f"dlcli train {file}"}
    values = _with_plugins(kinds.first_values(data, path, look.fields, model), file)
    reasons: dict[tuple[str, ...], str] = {("dataset", field): why for field, why in look.reasons.items()}
    return file, commented(Experiment, values, header, reasons), look.notes


def _with_plugins(values: dict[str, object], file: Path) -> dict[str, object]:
    """The values after the files of plugins that they take parts from, as they are seen from the spec's folder."""
    from dlcli.plugins.files import file_of
    from dlcli.spec import Experiment
    from dlcli.spec.structure import component_at

    parts = (component_at(Experiment, values, (key,)) for key in ("dataset", "model"))
    files = [source for part in parts if part is not None and (source := file_of(part)) is not None]
    named = [Path(os.path.relpath(source, file.parent)).as_posix() for source in dict.fromkeys(files)]
    return {"plugins": named, **values} if named else values


def _target_file(given: Path | None, usual: Path) -> Path:
    file = given or Path(f"{usual.name}.yaml")
    if file.suffix in (".yaml", ".yml"):
        return file
    return file.with_suffix(".yaml") if file.suffix in DATA_SUFFIXES else file.with_name(f"{file.name}.yaml")


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
