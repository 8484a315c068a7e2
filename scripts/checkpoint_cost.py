"""What checkpoints cost: trainings with and without them side by side, and how long a run takes to go on.

python scripts/checkpoint_cost.py [--config har_lstm] [--epochs 4] [--rounds 5]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from dlcli.backend import load_tensorflow
from dlcli.shipped import shipped
from dlcli.spec import Experiment, load

load_tensorflow()

from dlcli.runs.run import Run  # noqa: E402 (after TensorFlow was set up)
from dlcli.training.prepare import prepare  # noqa: E402
from dlcli.training.resume import take_up  # noqa: E402
from dlcli.training.train import train  # noqa: E402

NEVER = "checkpoint.every=1000000000 steps"
TINY = """
name: tiny
dataset: {type: csv, path: FOLDER/points.csv, target: y, test: null, validation: null}
model: linear
optimizer: {type: sgd, learning_rate: 0.001}
train: {epochs: EPOCHS, validate_every: 10, keep: last}
"""


def timed(experiment: Experiment, source: Path, folder: Path) -> float:
    """Seconds from the first step to the last, evaluation left out."""
    prepared = prepare(experiment)
    run = Run.create(folder, experiment, source=source)
    train(prepared, run)
    rows = run.metrics()
    return float(rows[-1]["time"] - rows[0]["time"])


def cost(config: Path, epochs: int, rounds: int, folder: Path) -> None:
    """Prints the time of trainings with checkpoints as they are by default over that without any."""
    with_, without = (load(config, [f"train.epochs={epochs}", *more]) for more in ((), (NEVER,)))
    times: dict[str, list[float]] = {"with": [], "without": []}
    for number in range(rounds):
        for name, experiment in (("with", with_), ("without", without))[:: 1 if number % 2 else -1]:
            times[name].append(timed(experiment, config, folder / name))
    ratios = [one / other for one, other in zip(times["with"], times["without"], strict=True)]
    for name, each in times.items():
        print(f"{config.stem}, {name:8} checkpoints: median {median(each):.2f} s, of {rounds}")
    print(f"ratio of medians {median(times['with']) / median(times['without']):.3f}; of each pair {ratios}")


def resuming(steps: int, folder: Path) -> float:
    """Seconds from a stopped run's folder to a training that can take its next step."""
    import keras

    spec = folder / "tiny.yaml"
    folder.mkdir(parents=True)
    points = "".join(f"{i},{2 * i + i % 3}.5\n" for i in range(20))
    (folder / "points.csv").write_text(f"x,y\n{points}", encoding="utf-8")
    spec.write_text(TINY.replace("EPOCHS", str(steps)).replace("FOLDER", str(folder)), encoding="utf-8")
    experiment = load(spec)
    run = Run.create(folder, experiment, source=spec)
    train(prepare(experiment), run)
    longer = load(spec, [f"train.epochs={steps + 10}"])
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
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="checkpoint-cost-"))
    try:
        cost(shipped("configs", f"{arguments.config}.yaml"), arguments.epochs, arguments.rounds, folder)
        short, long = (
            [resuming(steps, folder / str(steps) / str(number)) for number in range(arguments.rounds)]
            for steps in (10, 10_000)
        )
        print(f"until the next step after 10: median {median(short):.2f} s; after 10,000: {median(long):.2f} s")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
