"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Runs = Annotated[
    Path | None,
    typer.Option("--runs", metavar="DIR", envvar="DLCLI_RUNS", help="The folder of all runs; runs/ if not given."),
]
Gate = Annotated[bool, typer.Option("--gate", help="Exit 1 if an expected score (`expect:`) is missed.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Let TensorFlow print its start-up messages.")]
