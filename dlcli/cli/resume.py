"""Which run `dlcli train --resume` means, and with what it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dlcli.cli.options import spec_path
from dlcli.errors import UsageError
from dlcli.runs.find import find, is_unfinished
from dlcli.runs.resuming import to_go_on_with
from dlcli.runs.run import Run
from dlcli.spec import Experiment


def resumed(root: Path, wanted: str, spec: Path | None, overrides: Sequence[str]) -> tuple[Run, Experiment]:
    """The run of this name or folder, and its experiment as a spec or `--set` has it now.

    Raises UsageError where there is no such run, nothing is left of it to do, or it cannot go on with that.
    """
    run = find(root, wanted, is_unfinished)
    is_fold = bool(run.info.get("fold_set"))
    if is_fold and (spec is not None or overrides):
        raise UsageError(f"{run.path}: is one of several folds, which go on as they were, without a spec or --set")
    if not is_fold and spec is None and not overrides:  # of several folds, others may still be to do
        run.check_unfinished()
    return run, to_go_on_with(run, spec=None if spec is None else spec_path(spec), overrides=overrides)
