"""Figures of what is given back."""

from __future__ import annotations

import keras
import numpy as np

from dlcli.datasets.data import Data, Inputs, Split
from dlcli.report.figures import draw
from dlcli.report.figures.reconstructions import reconstructions
from dlcli.report.figures.subject import Subject
from dlcli.tasks import task_for
from tests.report.figures.subjects import classified, texts


def subject(x, noise=0.0):
    """Of a model that gives back half of every number."""
    inputs = keras.Input(x.shape[1:])
    h = keras.layers.Normalization(mean=0.0, variance=4.0, axis=None, name="normalize")(inputs)
    h = keras.layers.GaussianNoise(noise, name="noise")(h) if noise else h
    model = keras.Model(inputs, keras.layers.Rescaling(1.0)(h))
    split = Split(x, x)
    data = Data(split, None, split, Inputs())
    task = task_for(data, "none")
    kept = task.kept(x, (x / 2).astype(np.float32))
    return Subject("small · test", data, split, task, task.report(x, kept), kept, kept[:, 0], model)


PICTURES = (np.arange(40)[:, None, None, None] * np.ones((1, 5, 4, 1))).astype(np.uint8)
SIGNALS = (np.arange(9)[:, None, None] * np.sin(np.arange(20))[None, :, None] * np.ones((1, 1, 2))).astype(np.float32)


def test_originals_stand_above_what_is_given_back_and_below_them_the_worst():
    figure = reconstructions(subject(PICTURES))
    assert len(figure.axes) == 4 * 8
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles[:8] == [f"example {i}" for i in (0, 6, 11, 17, 22, 28, 33, 39)]
    assert titles[16:19] == ["example 39", "example 38", "example 37"]
    assert titles[8].startswith("mse ")
    one, other = (figure.axes[place].images[0].get_array()[0, 0] for place in (16, 24))
    np.testing.assert_allclose([one, other], [39 / 255, 39 / 2 / 255], atol=1e-6)


def test_signals_are_curves_of_the_same_heights():
    figure = reconstructions(subject(SIGNALS))
    assert len(figure.axes) == 4 * 4
    above, below = figure.axes[3], figure.axes[7]
    assert above.get_ylim() == below.get_ylim()
    np.testing.assert_allclose(below.lines[0].get_ydata(), above.lines[0].get_ydata() / 2, atol=1e-6)


def test_where_noise_was_taken_away_there_is_a_row_with_it_in_between():
    x = np.zeros((12, 2000, 1), np.float32)
    figure = reconstructions(subject(x, noise=0.3))
    assert len(figure.axes) == 6 * 4
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles[:9:4] == ["example 0", "with noise", "without the noise"]
    drawn = figure.axes[4].lines[0].get_ydata()
    np.testing.assert_allclose(drawn.std(), 2 * 0.3, rtol=0.1)
    again = reconstructions(subject(x, noise=0.3)).axes[4].lines[0].get_ydata()
    np.testing.assert_array_equal(drawn, again)


def test_fewer_examples_than_a_row_holds_are_all_shown():
    assert len(reconstructions(subject(PICTURES[:1])).axes) == 4


def test_the_title_tells_the_score_and_other_tasks_have_no_such_figure():
    shown = subject(PICTURES)
    assert any(f"mse {shown.report.scores['mse']:.4g}" in text for text in texts(reconstructions(shown)))
    assert set(draw(shown)) == {"reconstructions"}
    assert reconstructions(classified(np.eye(2), np.array([0, 1]))) is None
