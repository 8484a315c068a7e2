"""The command line. Each command's body imports what it calls, so that `--help` answers at once."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from dlcli import __version__
from dlcli.cli.data import app as data_app
from dlcli.cli.describe import describe
from dlcli.cli.evaluate import evaluate
from dlcli.cli.init import init
from dlcli.cli.listing import list_
from dlcli.cli.runs import app as runs_app
from dlcli.cli.schema import schema
from dlcli.cli.show import show
from dlcli.cli.train import train
from dlcli.cli.validate import show_problems, validate
from dlcli.errors import DlcliError, SpecError

app = typer.Typer(
    name="dlcli",
    help="Train, evaluate and compare Keras models described in YAML experiment specs.",
    epilog="Begin with: dlcli train har_lstm, or with your own data: dlcli init",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich takes longer than all the rest of --help
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init", short_help="Write a commented spec to begin with, for your data or as a copy.")(init)
app.command("train", short_help="Train the experiment of a spec and evaluate its model.")(train)
app.command("validate", short_help="Say everything that is wrong with specs, and where.")(validate)
app.command("show", short_help="Print a spec with all that it extends and all defaults.")(show)
app.command("eval", short_help="Evaluate the model of a run, the newest if none is named.")(evaluate)
app.add_typer(runs_app, name="runs", short_help="List, inspect and delete runs, and say which can go on.")
app.add_typer(data_app, name="data", short_help="Make data ready to train on, such as features of frames.")
app.command("list", short_help="List datasets, models, optimizers, ... and the shipped configs.")(list_)
app.command("describe", short_help="Explain one of them, or a key of a spec, with an example.")(describe)
app.command("schema", short_help="Print the JSON Schema of specs, for editors.")(schema)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dlcli {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the command line; an error that dlcli can explain becomes a message and its exit code."""
    # pydantic would look through all installed packages for plugins of its own, which takes as long as reading a spec.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        app()
    except SpecError as error:
        show_problems(error.problems)
        sys.exit(error.exit_code)
    except DlcliError as error:
        typer.echo(f"{error}" if error.exit_code == 75 else f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        # A full disk, a folder taken away: the system's own sentence says it best.
        typer.echo(f"error: {error.filename or 'a file'}: {error.strerror or error}", err=True)
        sys.exit(1)
