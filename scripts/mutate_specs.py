"""Reads shipped configs with slips in them: each must load, or be refused at a place inside of it, soon.

    python scripts/mutate_specs.py --count 20000 --seed 0

Exits 1 where one does anything else, after printing its seed and its text.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.spec.mutations import mutated, tally


def main() -> int:
    """Runs the seeds asked for and prints what became of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=20_000, help="how many specs are made (20000)")
    parser.add_argument("--seed", type=int, default=0, help="the first one's seed; the next one's is one more (0)")
    given = parser.parse_args()
    done = tally(range(given.seed, given.seed + given.count))
    for seed, wrong in done.failures:
        print(f"seed {seed}: {wrong}\n{mutated(seed)}")
    print(
        f"seeds {given.seed} to {given.seed + given.count - 1}: {done.valid} valid, {done.refused} refused with "
        f"{sum(count * times for count, times in done.problems.items())} problems, {len(done.failures)} failures; "
        f"the slowest took {done.slowest:.3f} s"
    )
    return 1 if done.failures else 0


if __name__ == "__main__":
    sys.exit(main())
