"""dlcli show"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlcli.cli.options import SPEC, Overrides, spec_path
from dlcli.cli.specs import read_spec


def show(
    spec: Annotated[Path, SPEC],
    overrides: Overrides = None,
    origin: Annotated[
        bool, typer.Option("--origin", help="Say behind every value where it came from: a file's line, --set, default.")
    ] = False,
) -> None:
    """Print the whole experiment: the spec, what it extends, --set and all defaults, as YAML that loads again.

    Exit codes: 0 printed; 2 the spec is wrong.
    """
    from dlcli.spec.load import dump
    from dlcli.spec.origins import dump_with_origins

    document, experiment = read_spec(spec_path(spec), overrides)
    typer.echo(dump_with_origins(experiment, document) if origin else dump(experiment), nl=False)
