"""Options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

Runs = Annotated[
    Path | None,
    typer.Option("--runs", metavar="DIR", envvar="DLCLI_RUNS", help="The folder of all runs; runs/ if not given."),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE",
        help="Override a value, such as train.epochs=5 or model.units[0]=64; repeatable, the last one counts.",
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
