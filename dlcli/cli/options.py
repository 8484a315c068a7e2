"""Options that several commands share."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from dlcli.cli.completion import complete_overrides, complete_specs
from dlcli.errors import UsageError
from dlcli.shipped import shipped

SPEC = typer.Argument(
    metavar="SPEC", show_default=False, autocompletion=complete_specs,
    help="The experiment: a YAML file, or the name of a config that comes with dlcli, such as har_lstm.",
)  # fmt: skip
"""The argument that names a spec; `spec_path` says where that lies."""


def spec_path(given: Path) -> Path:
    """The file that a spec argument means: the file of that name, or for a bare word also the shipped config.

    Raises UsageError, with the nearest name there is, where it is neither.
    """
    if given.exists():
        return given
    is_word = not given.suffix and given == Path(given.name)
    config = shipped("configs", f"{given}.yaml")
    if is_word and config.is_file():
        return config
    near = _nearest_spec(given)
    if not is_word:
        raise UsageError(f"{given}: there is no such file{f', did you mean `{near}`?' if near else ''}")
    hint = f", did you mean `{near}`? List" if near else "; list"
    raise UsageError(f"{given}: there is no such file nor shipped config{hint} them with: dlcli list configs")


def _nearest_spec(given: Path) -> str | None:
    """What is called nearly so: a spec in the same folder, or a shipped config."""
    from dlcli.spec.suggest import nearest

    beside = {path.stem: str(path) for path in given.parent.glob("*.y*ml") if path.suffix in (".yaml", ".yml")}
    known = beside | {path.stem: path.stem for path in shipped("configs").glob("*.yaml") if path.stem not in beside}
    near = nearest(given.name.removesuffix(".yaml").removesuffix(".yml"), known)
    return None if near is None else known[near]


Number = TypeVar("Number", int, float)


def at_least(option: str, least: Number) -> Callable[[str | Number], Number]:
    """A parser of an option's value: a finite number, whole where the least that it may be is. It raises UsageError."""
    kind = type(least)

    def parsed(given: str | Number) -> Number:
        with suppress(ValueError):
            value = kind(given)
            if least <= value < math.inf:
                return value
        what = "a whole number" if kind is int else "a number"
        raise UsageError(f"{option}: expected {what}, at least {least:g}, got {given}")

    return parsed


Runs = Annotated[
    Path | None,
    typer.Option("--runs", metavar="DIR", envvar="DLCLI_RUNS", help="The folder of all runs; runs/ if not given."),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", autocompletion=complete_overrides,
        help="Override a value, such as train.epochs=5 or model.units[0]=64; repeatable, the last one counts.",
    ),
]  # fmt: skip
Plugins = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugins", metavar="FILE",
        help="A Python file with parts of your own, to be known, too; repeatable. Installed packages are found.",
    ),
]  # fmt: skip
Gate = Annotated[bool, typer.Option("--gate", help="Exit 1 if an expected score (`expect:`) is missed.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Let TensorFlow print its start-up messages.")]


def _to_environment(folder: Path | None) -> Path | None:
    # Wherever a dataset is loaded, by this command or by what it starts, it looks there.
    if folder is not None:
        os.environ["DLCLI_DATA"] = str(folder.absolute())
    return folder


DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", metavar="DIR", envvar="DLCLI_DATA", callback=_to_environment,
        help="The folder in which datasets look for their files, and into which they download; data/ if not given.",
    ),
]  # fmt: skip
