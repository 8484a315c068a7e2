"""`deterministic: true` makes TensorFlow take operations that give the same bits, and all else works with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from tests.devices import several_devices
several_devices()
from tensorflow.python.framework import config
from dlcli.spec.load import checked
from dlcli.spec.reading import parse
from dlcli.training.prepare import prepare
from dlcli.training.train import train
from dlcli.runs.run import Run
from pathlib import Path
import sys
import numpy as np

np.savez("a.npz", x=np.random.default_rng(0).normal(size=(90, 8, 3)), y=np.arange(90) % 3)
for wanted in (False, True):
    text = f"{{name: d, deterministic: {str(wanted).lower()}, " + sys.argv[1] + "}"
    Path("s.yaml").write_text(text)
    experiment = checked(parse(text, "s.yaml"), combined=False)[1]
    prepared = prepare(experiment)
    assert config.is_op_determinism_enabled() is wanted
    if wanted:
        train(prepared, Run.create(Path("runs"), experiment, source=Path("s.yaml")))
        print("trained")
"""


@pytest.mark.slow
def test_it_is_on_where_the_spec_says_so_and_everything_trains_with_it(tmp_path):
    # In a process of its own: it cannot be taken back.
    spec = (
        "dataset: {type: npz, path: a.npz, test: {fraction: 0.2, by: chance}}, train: {epochs: 1}, "
        "augment: [jitter, mixup], model: {type: sequential, layers: [{LSTM: {units: 4, "
        "return_sequences: true}}, {Conv1D: {filters: 4, kernel_size: 3}}, BatchNormalization, MaxPooling1D, "
        "{Dropout: {rate: 0.5}}, Flatten]}"
    )
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, spec],
        capture_output=True,
        text=True,
        timeout=240,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stdout.endswith("trained\n"), done.stderr
