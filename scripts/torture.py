"""Kills trainings anywhere and lets them go on: they must end with the same bits as the ones that nothing disturbed.

    python scripts/torture.py --rounds 200 --seed 0 --jobs 2
    python scripts/torture.py --rounds 20 --damage

Weights, optimizer, metrics, points of TensorBoard, scores and files are compared. Exits 1 where a round ends
otherwise, after printing what differs and the command that repeats it.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.torture.cases import CASES, write_cases
from tests.torture.children import load
from tests.torture.damage import RULES
from tests.torture.pool import in_parallel
from tests.torture.rounds import Outcome, Plan, Reference, Wrong, kill_round, undisturbed


def main() -> int:
    """Runs the rounds asked for and prints what became of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=20, help="how many trainings are disturbed (20)")
    parser.add_argument("--seed", type=int, default=0, help="determines data, trainings, moments and damage (0)")
    parser.add_argument(
        "--only", choices=CASES, help="the one training that is disturbed; all of them in turn if absent"
    )
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time (2)")
    parser.add_argument("--damage", action="store_true", help="damage checkpoints and fill the disk, too")
    parser.add_argument("--round", type=int, help="the one round to repeat, by its number")
    given = parser.parse_args()
    numbers = range(given.rounds) if given.round is None else [given.round]
    began, work = time.monotonic(), Path(tempfile.mkdtemp(prefix="torture-"))
    load()
    print(f"seed {given.seed}, in {work}", flush=True)
    total = Outcome()
    for number, outcome in rounds(work, given.seed, numbers, given.only, given.damage, given.jobs):
        total.count(outcome)
        print(f"round {number:3}  {'WRONG' if outcome.wrong else 'ok   '}  {outcome.told}", flush=True)
        for line in outcome.wrong:
            print(line)
        if outcome.wrong:
            again = ["--seed", str(given.seed), "--round", str(number), *["--damage"] * given.damage]
            again += ["--only", given.only] if given.only else []
            print(
                f"its files: {work}/round-{number}\nagain:     python {shlex.join([sys.argv[0], *again])}", flush=True
            )
    kills = ", ".join(f"{number} {how}" for how, number in sorted(total.kills.items()))
    print(
        f"{len(numbers)} rounds, {len(total.wrong)} wrong; {sum(total.kills.values())} processes ended ({kills}), "
        f"{total.resumed} times resumed, {total.anew} begun anew, {total.checkpoints} checkpoints written; "
        f"{time.monotonic() - began:.0f} s"
    )
    if total.wrong:
        return 1
    shutil.rmtree(work)
    return 0


def rounds(
    work: Path, seed: int, numbers: Sequence[int], only: str | None, damage: bool, jobs: int
) -> Iterator[tuple[int, Outcome]]:
    """The rounds of these numbers, with what became of them; a round depends on the seed and its number alone."""
    specs = write_cases(work / "data", seed)
    drawn = {number: _drawn(seed, number, [only] if only else list(CASES), damage) for number in numbers}
    undisturbed_ones = {
        case: partial(undisturbed, specs[case], work / f"undisturbed-{case}")
        for case in sorted({case for case, _ in drawn.values()})
    }
    references = dict(in_parallel(undisturbed_ones, work / "logs", jobs))
    for case, found in references.items():
        if "failed" in found:
            raise SystemExit(f"{case}: {found['failed']}")
    tasks = {
        number: partial(_told, partial(act, specs[case], Reference(**references[case]), work / f"round-{number}"))
        for number, (case, act) in drawn.items()
    }
    for number, found in in_parallel(tasks, work / "logs", jobs):
        yield number, Outcome(wrong=[found["failed"]]) if "failed" in found else Outcome(**found)


def _drawn(
    seed: int, number: int, cases: Sequence[str], damage: bool
) -> tuple[str, Callable[[Path, Reference, Path], Outcome]]:
    """The case of a round and what is done to it."""
    draw = Random(f"{seed} {number}")
    case = cases[number % len(cases)]
    if damage:
        return case, partial(RULES[(number + number // len(cases)) % len(RULES)], draw)
    return case, partial(kill_round, Plan.drawn(draw, case))


def _told(act: Callable[[], Outcome]) -> dict[str, object]:
    try:
        return asdict(act())
    except Wrong as wrong:
        return asdict(Outcome(wrong=[str(wrong)]))


if __name__ == "__main__":
    sys.exit(main())
