"""Run folders as training leaves them, made without training."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def put_run(
    root: Path,
    name: str = "a/20260131-120000",
    *,
    state: str = "done",
    accuracies: Sequence[float] = (0.5, 0.75),
    test: float | None = 0.7,
    checkpoints: Sequence[int] = (10, 20),
    days_old: float = 0,
    size: int = 1000,
    **info: Any,
) -> Path:
    """A run that ended so many days before noon; its epochs have ten steps."""
    path = root / name
    path.mkdir(parents=True)
    ended = (NOON - timedelta(days=days_old)).isoformat()
    record = {
        "state": state, "name": path.parent.name, "smoke": False, "started": ended, "ended": ended, "reason": None,
        "keep": "val_accuracy", "epochs": 5,
    }  # fmt: skip
    (path / "run.json").write_text(json.dumps(record | info))
    (path / "model.keras").write_bytes(bytes(size))
    rows = [
        {
            "epoch": i, "step": 10 * i, "loss": 1 / i, "accuracy": 0.9, "val_loss": 1 / i, "val_accuracy": accuracy,
            "learning_rate": 1e-3, "time": NOON.timestamp(),
        }
        for i, accuracy in enumerate(accuracies, start=1)
    ]  # fmt: skip
    (path / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    if test is not None:
        result = {"kept": {"epoch": 1, "of": 5, "by": "val_accuracy"}, "test": {"loss": 0.4, "accuracy": test}}
        (path / "result.json").write_text(json.dumps(result))
    (path / "checkpoints").mkdir()
    for step in checkpoints:
        (path / "checkpoints" / f"step-{step:09d}.npz").write_bytes(bytes(10))
    (path.parent / "latest").write_text(f"{path.name}\n")
    return path


def put_folds(root: Path, states: Sequence[str], *, folds: int = 3, name: str = "cv", **info: Any) -> list[Path]:
    """The runs of a cross-validation as far as it came; test accuracies 0.1, 0.2, ..."""
    first = "20260131-120000"
    made = [
        put_run(
            root, f"{name}/{first}" if i == 1 else f"{name}/{first}-{i}", state=state, fold=i, folds=folds,
            fold_set=first, test=i / 10 if state == "done" else None, **info,
        )
        for i, state in enumerate(states, start=1)
    ]  # fmt: skip
    if list(states) == ["done"] * folds:
        (root / name / f"folds-{first}.json").write_text("{}")
    return made
