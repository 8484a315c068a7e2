"""`dlcli data`: its options reach what they are for, and what is wrong with them is told."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from dlcli.cli import app
from dlcli.errors import MissingData, UsageError

RUN = CliRunner()


def test_features_are_written_and_told(tmp_path):
    place = tmp_path / "frames" / "anna"
    place.mkdir(parents=True)
    for n in range(3):
        Image.fromarray(np.full((8, 8, 3), 60 * n, np.uint8)).save(place / f"{n}.png")
    arguments = [str(tmp_path / "frames"), str(tmp_path / "features")]
    options = ["--network", "MobileNet", "--weights", "random", "--size", "32", "--pooling", "max", "--rate-hz", "25"]
    result = RUN.invoke(app, ["data", "features", *arguments, *options], catch_exceptions=False)
    assert result.exit_code == 0
    assert result.output == "anna: 3 frames of 1024 features\n"
    with np.load(tmp_path / "features" / "anna.npz") as file:
        assert file["signals"].shape == (3, 1024)
        assert file["rate_hz"] == 25


@pytest.mark.parametrize(("option", "value"), [("network", "MobileNot"), ("pooling", "median")])
def test_a_value_that_there_is_not_is_told_with_its_option(tmp_path, option, value):
    result = RUN.invoke(app, ["data", "features", str(tmp_path), str(tmp_path / "out"), f"--{option}", value])
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(f"--{option} {value}: Input should be ")


def test_weights_that_are_not_there_are_missing(tmp_path):
    (tmp_path / "frames" / "anna").mkdir(parents=True)
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "frames" / "anna" / "1.png")
    arguments = [
        "data",
        "features",
        str(tmp_path / "frames"),
        str(tmp_path / "out"),
        "--weights",
        str(tmp_path / "w.h5"),
    ]
    result = RUN.invoke(app, arguments)
    assert isinstance(result.exception, MissingData)
    assert "w.h5): there is no such file" in str(result.exception)


def test_help_says_what_it_takes():
    told = RUN.invoke(app, ["data", "features", "--help"]).output
    assert all(word in told for word in ("FRAMES", "FEATURES", "--network", "--weights", "labels.csv"))
    assert "features" in RUN.invoke(app, ["data", "--help"]).output
