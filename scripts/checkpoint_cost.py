"""What checkpoints cost: trainings with and without them side by side, and how long a run takes to go on.

python scripts/checkpoint_cost.py [--config har_lstm] [--epochs 10] [--rounds 5] [--only cost|resuming]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple
from unittest.mock import patch

from dlcli.backend import load_tensorflow
from dlcli.shipped import shipped
from dlcli.spec import Experiment, load

load_tensorflow()

from dlcli.runs.run import Run  # noqa: E402 (after TensorFlow was set up)
from dlcli.training.checkpoints import Checkpoints, State  # noqa: E402
from dlcli.training.prepare import prepare  # noqa: E402
from dlcli.training.resume import take_up  # noqa: E402
from dlcli.training.train import train  # noqa: E402

NEVER = "checkpoint.every=1000000000 steps"
TINY = """
name: tiny
dataset: {type: csv, path: FOLDER/points.csv, target: y, test: null, validation: null}
model: linear
optimizer: {type: sgd, learning_rate: 0.001}
train: {epochs: EPOCHS, batch_size: BATCH, keep: last}
"""
ROWS = 10_000
CASES = {"10 steps": (ROWS // 10, 1), "10,000 steps": (1, 1), "10,000 steps in 1,000 epochs": (ROWS // 10, 1000)}
"""Batch size and epochs, by what they come to with that many rows of data."""


class Seconds(NamedTuple):
    """How long a training took, by the clock and by what the processor did for it in all threads.

    checkpoints: what each checkpoint took, from the copy of its arrays until it was on disk. Most of it goes on beside
    the training, so that their sum is more than they held it up.
    """

    wall: float
    cpu: float
    checkpoints: list[float]


@contextmanager
def writing_timed() -> Iterator[list[float]]:
    """Gives a list to which every checkpoint written meanwhile adds the seconds that it took."""
    seconds: list[float] = []
    write = Checkpoints._write

    def timed_write(self: Checkpoints, state: State, started: float) -> Path:
        path = write(self, state, started)
        seconds.append(time.perf_counter() - started)
        return path

    with patch.object(Checkpoints, "_write", timed_write):
        yield seconds


def timed(experiment: Experiment, source: Path, folder: Path) -> Seconds:
    """From before the first step to after the last; reading the data and the evaluation are left out."""
    import keras

    prepared = prepare(experiment)
    run = Run.create(folder, experiment, source=source)
    clocks: list[tuple[float, float]] = []

    def look(logs: object) -> None:
        clocks.append((time.perf_counter(), time.process_time()))

    with writing_timed() as seconds:
        train(prepared, run, callbacks=[keras.callbacks.LambdaCallback(on_train_begin=look, on_train_end=look)])
    (wall, cpu), (wall_after, cpu_after) = clocks
    return Seconds(wall_after - wall, cpu_after - cpu, seconds[:-1])  # the last is not by the clock but at the end


def cost(config: Path, epochs: int, rounds: int, folder: Path) -> None:
    """Prints the time of trainings with checkpoints as they are by default over that without any."""
    with_, without = (load(config, [f"train.epochs={epochs}", *more]) for more in ((), (NEVER,)))
    times: dict[str, list[Seconds]] = {"with": [], "without": []}
    for number in range(rounds):
        for name, experiment in (("with", with_), ("without", without))[:: 1 if number % 2 else -1]:
            times[name].append(timed(experiment, config, folder / name))
    print(f"{config.stem}, {epochs} epochs, {rounds} trainings with checkpoints and {rounds} without, in turns")
    shares = [sum(each.checkpoints) / each.wall for each in times["with"]]
    written = [len(each.checkpoints) for each in times["with"]]
    print(f"  checkpoints before the end {written}, their share {median(shares):.2%} (at most {max(shares):.2%})")
    for kind in ("wall", "cpu"):
        one, other = ([getattr(each, kind) for each in times[name]] for name in ("with", "without"))
        pairs = " ".join(f"{a / b:.3f}" for a, b in zip(one, other, strict=True))
        ratio = median(one) / median(other)
        print(
            f"  {kind:4}  medians {median(one):.2f} and {median(other):.2f} s, ratio {ratio:.3f}; of each pair {pairs}"
        )


def resuming(batch_size: int, epochs: int, folder: Path) -> float:
    """Seconds from a stopped run's folder to a training that can take its next step."""
    import keras

    spec = folder / "tiny.yaml"
    folder.mkdir(parents=True)
    points = "".join(f"{i / ROWS},{2 * i / ROWS}\n" for i in range(ROWS))
    (folder / "points.csv").write_text(f"x,y\n{points}", encoding="utf-8")
    values = {"EPOCHS": epochs, "BATCH": batch_size, "FOLDER": folder}
    text = TINY
    for word, value in values.items():
        text = text.replace(word, str(value))
    spec.write_text(text, encoding="utf-8")
    experiment = load(spec)
    run = Run.create(folder, experiment, source=spec)
    train(prepare(experiment), run)
    longer = load(spec, [f"train.epochs={epochs + 1}"])
    started = time.perf_counter()
    prepared, checkpoint = take_up(run, longer, runs=folder)
    begun: list[float] = []
    beginning = keras.callbacks.LambdaCallback(on_train_begin=lambda logs: begun.append(time.perf_counter()))
    train(prepared, run, checkpoint=checkpoint, callbacks=[beginning])
    return begun[0] - started


def main() -> None:
    """Measures both."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--config", default="har_lstm")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["cost", "resuming"])
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="checkpoint-cost-"))
    try:
        if arguments.only != "resuming":
            cost(shipped("configs", f"{arguments.config}.yaml"), arguments.epochs, arguments.rounds, folder)
        if arguments.only != "cost":
            times: dict[str, list[float]] = {name: [] for name in CASES}
            for number in range(arguments.rounds):
                for name, (batch_size, epochs) in CASES.items():
                    times[name].append(resuming(batch_size, epochs, folder / f"{batch_size}-{epochs}" / str(number)))
            for name, each in times.items():
                print(f"until the next step after {name}: median {median(each):.2f} s of {arguments.rounds}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
