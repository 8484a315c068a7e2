"""dlcli validate"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dlcli.cli.options import SPEC, DataDir, Overrides, spec_path
from dlcli.cli.specs import read_spec
from dlcli.errors import DlcliError, SpecError, UsageError

if TYPE_CHECKING:
    from dlcli.spec.problems import Problem
    from dlcli.training.inspection import Inspection


@dataclass(frozen=True)
class _Verdict:
    """What is said of one spec. Remarks make it no less valid.

    unread: whether its data is here and was not looked into, so that it may hold other names than the spec.
    """

    path: Path
    problems: Sequence[Problem] = ()
    remarks: Sequence[Problem] = ()
    model: Inspection | None = None
    unread: bool = False

    def as_json(self) -> dict[str, Any]:
        said = {name: [each.as_json() for each in getattr(self, name)] for name in ("problems", "remarks")}
        return {"spec": str(self.path), **said} | ({"model": self.model.as_json()} if self.model else {})


def validate(
    specs: Annotated[list[Path], SPEC],
    overrides: Overrides = None,
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Build the model, too, and show its layers, parameters, FLOPs and memory."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, for editors and CI.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Say everything that is wrong with specs, each mistake where it stands, without training.

    A file of your own that is not here is remarked on: the spec may be for another machine. With --deep, which needs
    TensorFlow and some seconds, names of columns and classes are looked for in the data and the model is built for it,
    or for made-up examples where the data is not here.
    Nothing is downloaded. Exit codes: 0 all are valid; 2 at least one is not.
    """
    verdicts = [_judged(path, overrides or [], deep) for path in specs]
    wrong = any(verdict.problems for verdict in verdicts)
    if as_json:
        import json

        typer.echo(json.dumps([verdict.as_json() for verdict in verdicts], indent=2))
    else:
        for verdict in verdicts:
            _show(verdict)
        typer.echo(_closing(verdicts), err=wrong)
    if wrong:
        raise typer.Exit(2)


def show_problems(problems: Sequence[Problem]) -> None:
    """Prints problems to standard error, in colour where it is a terminal that wants it."""
    from dlcli.spec.problems import in_full

    if problems:
        typer.echo(in_full(problems, colour=sys.stderr.isatty() and not os.environ.get("NO_COLOR")), err=True)


def _judged(path: Path, overrides: Sequence[str], deep: bool) -> _Verdict:
    with _without_garbage_collection():
        from dlcli.cli.absent import absent, own_data_is_here
        from dlcli.spec.problems import Mark, Problem

        try:
            document, experiment = read_spec(spec_path(path), overrides)
        except SpecError as error:
            return _Verdict(path, error.problems)
        except UsageError as error:
            return _Verdict(path, [Problem(Mark(str(path), 1, 1), str(error).removeprefix(f"{path}: "))])
        verdict = _Verdict(path, remarks=absent(document, experiment))
    if not deep:
        return replace(verdict, unread=own_data_is_here(experiment))
    from dlcli.backend import load_tensorflow
    from dlcli.spec.placing import placed

    load_tensorflow()
    from dlcli.training.inspection import UncertainError, inspect

    try:
        return replace(verdict, model=inspect(experiment))
    except UncertainError as error:
        return replace(verdict, remarks=[*verdict.remarks, placed(document, experiment, error)])
    except DlcliError as error:
        return replace(verdict, problems=[placed(document, experiment, error)])


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A tenth of the time in which specs are read went into looking for garbage where next to all is kept."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _show(verdict: _Verdict) -> None:
    show_problems([*verdict.problems, *(replace(each, message=f"remark: {each.message}") for each in verdict.remarks)])
    if verdict.model is not None:
        from dlcli.report.inspection import inspection_text

        typer.echo(f"{verdict.path}: {inspection_text(verdict.model)}\n")


def _closing(verdicts: Sequence[_Verdict]) -> str:
    count = sum(len(verdict.problems) for verdict in verdicts)
    wrong = sum(bool(verdict.problems) for verdict in verdicts)
    if not count:
        remarks = sum(len(verdict.remarks) for verdict in verdicts)
        aside = f", with {remarks} remark{'s' if remarks > 1 else ''}" if remarks else ""
        one = len(verdicts) == 1
        more = f"; --deep checks {'it' if one else 'them'} against the data, too"
        more = more if any(verdict.unread for verdict in verdicts) else ""
        return f"{'the spec is' if one else f'all {len(verdicts)} specs are'} valid{aside}{more}"
    said = "1 problem" if count == 1 else f"{count} problems"
    return said if len(verdicts) == 1 else f"{said} in {wrong} of {len(verdicts)} specs"
