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


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--network", "Bert"], r"^--network Bert: expected VGG16, VGG19, .* or EfficientNetV2L$"),
        (["--network", "MobileNot"], r"^--network MobileNot: expected VGG16, .*; did you mean `MobileNet`\?$"),
        (["--pooling", "median"], r"^--pooling median: expected flatten, mean or max"),
        (["--weights", "${env:NOT_SET_ANYWHERE}"], r"^--weights \$\{env:NOT_SET_ANYWHERE\}: the environment variable"),
        (["--size", "0"], r"^--size: expected a whole number, at least 1, got 0$"),
        (["--size", "31"], r"^--size 31: application \(MobileNetV2\) reads images of at least 32x32 pixels"),
        (["--rate-hz", "nan"], r"^--rate-hz: expected a number, at least 0\.001, got nan$"),
    ],
)
def test_a_value_that_there_is_not_is_told_with_its_option(tmp_path, options, said):
    result = RUN.invoke(app, ["data", "features", str(tmp_path), str(tmp_path / "out"), *options])
    with pytest.raises(UsageError, match=said):
        raise result.exception


@pytest.fixture
def frames(tmp_path):
    """A folder of one recording's frame, and where features go."""
    (tmp_path / "frames" / "anna").mkdir(parents=True)
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "frames" / "anna" / "1.png")
    return [str(tmp_path / "frames"), str(tmp_path / "out")]


def test_weights_that_are_not_there_are_told_with_the_option(frames):
    result = RUN.invoke(app, ["data", "features", *frames, "--weights", "w.h5"])
    with pytest.raises(MissingData, match=r"^--weights w\.h5: there is no such file; expected imagenet .*, random, or"):
        raise result.exception


def test_where_weights_cannot_be_downloaded_the_option_for_random_ones_is_named(frames, monkeypatch):
    def offline(**_):
        raise OSError("no network (at all)")

    monkeypatch.setattr("keras.applications.MobileNetV2", offline)
    result = RUN.invoke(app, ["data", "features", *frames])
    said = (
        r"^--weights imagenet: could not be had \(no network \(at all\)\); expected imagenet .*, random, or a file .*$"
    )
    with pytest.raises(MissingData, match=said):
        raise result.exception


def test_what_has_nothing_to_do_with_weights_is_told_as_it_is(tmp_path):
    result = RUN.invoke(app, ["data", "features", str(tmp_path / "none"), str(tmp_path / "out")])
    with pytest.raises(MissingData, match="none: there is no such folder"):
        raise result.exception


def test_help_says_what_it_takes():
    told = RUN.invoke(app, ["data", "features", "--help"]).output
    assert all(word in told for word in ("FRAMES", "FEATURES", "--network", "--weights", "labels.csv"))
    assert "features" in RUN.invoke(app, ["data", "--help"]).output
