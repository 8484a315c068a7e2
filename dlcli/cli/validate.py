"""dlcli validate"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dlcli.cli.options import SPEC, Overrides, spec_path
from dlcli.cli.specs import read_spec
from dlcli.errors import SpecError, UsageError

if TYPE_CHECKING:
    from dlcli.spec.problems import Problem


def validate(
    specs: Annotated[list[Path], SPEC],
    overrides: Overrides = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all problems as JSON, for editors and CI.")] = False,
) -> None:
    """Say everything that is wrong with specs, each mistake where it stands, without training.

    Exit codes: 0 all are valid; 2 at least one is not.
    """
    found = {path: _problems(path, overrides or []) for path in specs}
    if as_json:
        _print_json(found)
    else:
        for problems in found.values():
            show_problems(problems)
        typer.echo(_closing(found), err=any(found.values()))
    if any(found.values()):
        raise typer.Exit(2)


def show_problems(problems: Sequence[Problem]) -> None:
    """Prints problems to standard error, in colour where it is a terminal that wants it."""
    from dlcli.spec.problems import in_full

    if problems:
        typer.echo(in_full(problems, colour=sys.stderr.isatty() and not os.environ.get("NO_COLOR")), err=True)


def _problems(path: Path, overrides: Sequence[str]) -> Sequence[Problem]:
    from dlcli.spec.load import check
    from dlcli.spec.problems import Mark, Problem

    try:
        check(read_spec(spec_path(path), overrides))
    except SpecError as error:
        return error.problems
    except UsageError as error:
        return [Problem(Mark(str(path), 1, 1), str(error).removeprefix(f"{path}: "))]
    return []


def _closing(found: Mapping[Path, Sequence[Problem]]) -> str:
    count = sum(len(problems) for problems in found.values())
    if not count:
        return "the spec is valid" if len(found) == 1 else f"all {len(found)} specs are valid"
    said = "1 problem" if count == 1 else f"{count} problems"
    wrong = sum(bool(problems) for problems in found.values())
    return said if len(found) == 1 else f"{said} in {wrong} of {len(found)} specs"


def _print_json(found: Mapping[Path, Sequence[Problem]]) -> None:
    import json

    listed = [{"spec": str(path), "problems": [each.as_json() for each in found[path]]} for path in found]
    typer.echo(json.dumps(listed, indent=2))
