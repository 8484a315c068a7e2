"""Trains shipped configs with several seeds; finished runs are not trained again, unfinished ones go on.

    python scripts/seeds.py har_lstm har_gru --seeds 0 1 2
    python scripts/seeds.py har_lstm --seeds 0 1 2 --runs measured

`scripts/results.py` then makes RESULTS.md of them. Exits 1 where a training failed, 75 where one was stopped: the same
command goes on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dlcli.cli.options import spec_path
from dlcli.errors import DlcliError
from dlcli.runs.find import runs_folder
from dlcli.runs.provenance import git
from dlcli.spec import load
from scripts.measured import runs_of

STOPPED = 75
"""The exit code of a training that a signal has stopped."""


def train(arguments: Sequence[str]) -> int:
    """Runs `dlcli train` in a process of its own; returns its exit code."""
    return subprocess.run([sys.executable, "-m", "dlcli", "train", *arguments], check=False).returncode


def main(arguments: Sequence[str] | None = None, run: Callable[[Sequence[str]], int] = train) -> int:
    """Trains what is not finished, one after another; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("configs", nargs="+", help="files, or names of shipped configs")
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--runs", type=Path, default=runs_folder(None), help="the folder of runs (runs, or DLCLI_RUNS)")
    given = parser.parse_args(arguments)
    try:
        configs = [spec_path(Path(config)) for config in given.configs]
        experiments = [load(config) for config in configs]
    except DlcliError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    if any((state := git(config.resolve().parent)) and not state["clean"] for config in configs):
        print("note: there are changes that are not committed; RESULTS.md will say so of these runs", flush=True)
    failed = []
    for config, experiment in zip(configs, experiments, strict=True):
        for seed in dict.fromkeys(given.seeds):
            called = f"{experiment.name}, seed {seed}"
            if seed in runs_of(experiment, [given.runs]).finished:
                print(f"{called}: is finished", flush=True)
                continue
            print(f"{called}: trains", flush=True)
            code = run([str(config), "--set", f"seed={seed}", "--resume", "auto", "--runs", str(given.runs), "--quiet"])
            if code == STOPPED:
                return STOPPED
            if code:
                failed.append(f"{called} (exit code {code})")
    for each in failed:
        print(f"failed: {each}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
