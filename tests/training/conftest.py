"""Small signals that a small recurrent network learns in seconds, and a training put together from its parts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlcli.datasets.data import Classes, Data, Split
from dlcli.report import figures
from dlcli.runs.run import Run
from dlcli.spec import Experiment
from dlcli.spec.load import checked, dump
from dlcli.spec.reading import parse
from tests.devices import several_devices

several_devices()

import keras  # noqa: E402 (after TensorFlow was set up)
import tensorflow as tf  # noqa: E402

from dlcli.training import evaluate as evaluation_module  # noqa: E402
from dlcli.training import prepare as prepare_module  # noqa: E402
from dlcli.training.build import build_model, build_optimizer  # noqa: E402
from dlcli.training.checkpoints import Checkpoints  # noqa: E402
from dlcli.training.loop import Loop  # noqa: E402
from dlcli.training.prepare import prepare  # noqa: E402
from dlcli.training.progress import Row  # noqa: E402
from dlcli.training.steps import Steps  # noqa: E402


def signals(examples: int, seed: int) -> Split:
    """Waves of three frequencies in noise; x: (N, 12, 3)."""
    draw = np.random.default_rng(seed)
    y = draw.integers(0, 3, examples).astype(np.int32)
    t = np.arange(12)[None, :, None]
    phase = draw.uniform(0, 2 * np.pi, (examples, 1, 3))
    x = np.sin((y + 1)[:, None, None] * t * 0.5 + phase) + 0.3 * draw.normal(size=(examples, 12, 3))
    return Split((5 + 2 * x).astype(np.float32), y, np.arange(examples, dtype=np.int32) % 7 + 10 * seed)


@pytest.fixture(scope="session")
def data() -> Data:
    """150 training examples, so that batches of 32 leave a short one of 22."""
    return Data(signals(150, 1), signals(60, 2), signals(60, 3), Classes(("slow", "middle", "fast")))


@pytest.fixture
def experiment() -> Callable[..., Experiment]:
    """Makes an experiment with the given parts, each a text in YAML; they need not make sense together."""

    def make(
        model: str = "{type: lstm, units: [8]}", optimizer: str = "adam", train: str = "{epochs: 2, batch_size: 32}",
        seed: int = 3, more: str = "",
    ) -> Experiment:  # fmt: skip
        parts = f"seed: {seed}, dataset: hapt, model: {model}, optimizer: {optimizer}, train: {train}"
        return checked(parse(f"{{{parts}{', ' * bool(more)}{more}}}", "t.yaml"), combined=False)[1]

    return make


@pytest.fixture(autouse=True)
def few_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each evaluation one figure alone is drawn: the others take longer than most of the trainings here."""
    few = {kind: of for kind, of in figures.KINDS.items() if kind not in ("mistakes", "residuals")}
    monkeypatch.setattr(figures, "KINDS", few)


@dataclass
class Listener:
    """Remembers what a loop tells, and may ask it to stop."""

    rows: list[Row] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    progress: list[tuple[int, int]] = field(default_factory=list)
    saved: list[Sequence[Any]] = field(default_factory=list)
    on_step: Callable[[int, int], None] = lambda epoch, done: None

    def on_progress(self, epoch: int, done: int, logs: dict[str, float]) -> None:
        self.progress.append((epoch, done))
        self.on_step(epoch, done)

    def on_epoch(self, row: Row, is_kept: bool) -> None:
        self.rows.append(row)
        if is_kept:
            self.kept.append(len(self.rows))

    def on_save(self, kept: Sequence[Any]) -> None:
        self.saved.append(kept)


@pytest.fixture
def make_loop(data: Data, tmp_path: Path) -> Callable[..., Loop]:
    """Puts a loop together, on one device unless a strategy is given; each has a folder for its checkpoints."""
    number = itertools.count()

    def make(experiment: Experiment, strategy: Any = None, data: Data = data) -> Loop:
        strategy = strategy or tf.distribute.OneDeviceStrategy("/CPU:0")
        prepared = replace(prepare(experiment, data=data), strategy=strategy)
        keras.utils.set_random_seed(experiment.seed)
        with strategy.scope():
            model = build_model(experiment, data, prepared.task)
            optimizer = build_optimizer(experiment, data, model)
        steps = Steps(prepared, model, optimizer)
        checkpoints = Checkpoints(tmp_path / str(next(number)), **prepared.checkpoint_interval)
        return Loop(prepared, steps, checkpoints, Listener())

    return make


@pytest.fixture
def begin(data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Experiment], Run]:
    """Makes a new run of an experiment on the small signals."""
    for module in (prepare_module, evaluation_module):
        monkeypatch.setattr(module, "load_data", lambda experiment, **_: data)

    def make(experiment: Experiment) -> Run:
        source = tmp_path / "source.yaml"
        source.write_text(dump(experiment))
        return Run.create(tmp_path / "runs", experiment, source=source)

    return make


def weights(loop: Loop) -> list[np.ndarray[Any, Any]]:
    """All that the loop's training changes, as arrays."""
    return [np.array(variable.numpy()) for variable in loop.variables]


def furthest(one: list[np.ndarray[Any, Any]], other: list[np.ndarray[Any, Any]]) -> float:
    """Largest difference between two lists of arrays."""
    return max(float(np.abs(a.astype(np.float64) - b).max()) for a, b in zip(one, other, strict=True) if a.size)
