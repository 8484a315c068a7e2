"""What `deterministic: true` costs: trainings with and without it in turns, each in a process of its own.

python scripts/deterministic_cost.py [--config har_lstm] [--epochs 5] [--rounds 4]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median


def timed(config: str, epochs: int, *, deterministic: bool) -> tuple[float, float]:
    """Seconds from the end of the first epoch to that of the last, and processor seconds of the whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as runs:
        asked = [f"train.epochs={epochs}", f"deterministic={str(deterministic).lower()}"]
        sets = [word for each in asked for word in ("--set", each)]
        subprocess.run([sys.executable, "-m", "dlcli", "train", config, *sets, "--quiet", "--runs", runs], check=True)
        (metrics,) = Path(runs).rglob("metrics.jsonl")
        times = [json.loads(line)["time"] for line in metrics.read_text().splitlines()]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return times[-1] - times[0], after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Prints medians and their ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--config", default="har_lstm")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args()
    times: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for number in range(given.rounds):
        for deterministic in (True, False)[:: 1 if number % 2 else -1]:
            times[deterministic].append(timed(given.config, given.epochs, deterministic=deterministic))
    for place, kind in enumerate(("wall", "cpu")):
        with_, without = (median(each[place] for each in times[way]) for way in (True, False))
        print(f"{given.config}, {kind}: with it {with_:.2f} s, without {without:.2f} s, ratio {with_ / without:.3f}")


if __name__ == "__main__":
    main()
