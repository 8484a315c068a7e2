"""Small trainings that use everything whose state could be lost: a spec and data for each, made here."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CASES = {
    "lstm": """
dataset: {type: npz, path: FOLDER/signals.npz}
model: {type: lstm, units: [16, 16], dropout: 0.3}
optimizer: {type: adam, learning_rate: 5.0e-3, clip_norm: 0.5, schedule: {type: cosine, warmup_epochs: 1}}
train: {epochs: 8, batch_size: 16, label_smoothing: 0.1}
strategy: cpu
""",
    "cnn": """
dataset: {type: npz, path: FOLDER/pictures.npz}
model: {type: cnn, filters: [8, 16], batch_norm: true, dropout: 0.2, dense_units: [16]}
optimizer: {type: sgd, learning_rate: 0.02, momentum: 0.9}
train: {epochs: 10, batch_size: 16, keep: val_loss}
strategy: cpu
""",
    "mlp": """
dataset: {type: csv, path: FOLDER/table.csv, target: y, task: reals}
model: {type: mlp, units: [32, 16], dropout: 0.1}
optimizer: {type: adam, learning_rate: 0.01, ema: 0.98, schedule: {type: plateau, divide_by: 2, patience: 2}}
train: {epochs: 30, batch_size: 32, early_stopping: {patience: 6}}
strategy: cpu
""",
    "augmented": """
dataset: {type: npz, path: FOLDER/signals.npz}
augment: [jitter, {type: scale, fraction: 0.1}, {type: time_shift, fraction: 0.1}, channel_dropout, mixup]
model: {type: gru, units: [16], pooling: mean, dropout: 0.2}
optimizer: {type: adamw, learning_rate: 0.01, ema: 0.99}
train: {epochs: 8, batch_size: 16, validate_every: 2, early_stopping: {metric: val_loss, patience: 2}}
strategy: cpu
""",
    "images": """
dataset: {type: images, path: FOLDER/images}
augment: [flip, {type: affine, shift_fraction: 0.1, rotate_degrees: 10}, {type: cutout, size_pixels: 4}, mixup]
model: {type: cnn, filters: [8], batch_norm: true, pooling: mean, dense_units: []}
optimizer: {type: nadam, learning_rate: 5.0e-3}
train: {epochs: 8, batch_size: 16, accumulation_steps: 2, keep: last}
strategy: cpu
""",
    "mirrored": """
dataset: {type: npz, path: FOLDER/signals.npz}
model: {type: cnn, filters: [8], batch_norm: true, dropout: 0.2, dense_units: [16]}
optimizer: {type: adam, learning_rate: 5.0e-3, ema: 0.98, clip_norm: 1.0}
train: {epochs: 6, batch_size: 16}
strategy: {type: mirrored, devices: [CPU:0, CPU:1]}
""",
}
"""Specs by name; FOLDER stands for where the data is."""


def write_cases(folder: Path, seed: int) -> dict[str, Path]:
    """Writes the data and the specs, whose trainings begin with this seed; returns the specs by name."""
    folder.mkdir(parents=True)
    draw = np.random.default_rng(seed)
    _write_signals(folder / "signals.npz", draw)
    _write_pictures(folder, draw)
    _write_table(folder / "table.csv", draw)
    specs = {}
    for name, text in CASES.items():
        specs[name] = folder / f"{name}.yaml"
        specs[name].write_text(f"seed: {seed}\n{text.replace('FOLDER', str(folder))}", encoding="utf-8")
    return specs


def _write_signals(path: Path, draw: np.random.Generator) -> None:
    """Waves of three frequencies in noise; x: (N, T, C)."""
    y = draw.integers(0, 3, 630)
    time, phase = np.arange(16)[None, :, None], draw.uniform(0, 2 * np.pi, (len(y), 1, 3))
    x = np.sin((y + 1)[:, None, None] * time * 0.5 + phase) + draw.normal(size=(len(y), 16, 3))
    np.savez(path, x=x.astype(np.float32), y=y)


def _write_pictures(folder: Path, draw: np.random.Generator) -> None:
    """Bars that stand or lie, in noise: arrays (N, H, W, 1), and some of them as files."""
    from PIL import Image

    y = draw.integers(0, 2, 500)
    x: NDArray[np.float64] = draw.normal(110, 40, (len(y), 12, 12, 1))
    for example, label in zip(x, y, strict=True):
        place = draw.integers(2, 10)
        example[(place, slice(None)) if label else (slice(None), place)] += 50
    pixels = x.clip(0, 255).astype(np.uint8)
    np.savez(folder / "pictures.npz", x=pixels, y=y)
    for i, (example, label) in enumerate(zip(pixels[:300], y, strict=False)):
        kind = folder / "images" / ("lying" if label else "standing")
        kind.mkdir(parents=True, exist_ok=True)
        Image.fromarray(example[:, :, 0]).save(kind / f"{i:03d}.png")


def _write_table(path: Path, draw: np.random.Generator) -> None:
    """A noisy function of four columns, one of them of words."""
    x, words = draw.normal(size=(600, 3)), draw.choice(["no", "perhaps", "yes"], 600)
    y = np.sin(2 * x[:, 0]) + x[:, 1] * (words == "yes") + 0.3 * draw.normal(size=len(x))
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["a", "b", "c", "word", "y"])
        rows.writerows(
            [*map(float, values), word, float(target)] for values, word, target in zip(x, words, y, strict=True)
        )
