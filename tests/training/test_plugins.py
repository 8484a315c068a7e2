"""Parts of a user's own in training: what they may do wrong is told with their line, before there is a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.errors import DataError, DlcliError, MissingData, TrainingError, UsageError
from dlcli.runs.find import all_runs
from dlcli.runs.run import Run
from dlcli.spec import Experiment, load
from dlcli.training.evaluate import Evaluation, evaluate_run
from dlcli.training.inspection import inspect
from dlcli.training.loading import load_data
from dlcli.training.prepare import prepare
from dlcli.training.train import train
from tests.plugins.parts import ALL, PARTS, write


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def own(here: Path, parts: str = PARTS, spec: str = ALL, *overrides: str) -> Experiment:
    # With the folder in it, so that the line is told in this test's file, not in one before it of the same text.
    return load(write(here, spec, f"{parts}# {here}\n"), overrides)


def trained(experiment: Experiment, here: Path) -> tuple[Run, list[Evaluation]]:
    prepared = prepare(experiment)
    run = Run.create(here / "runs", experiment, source=here / "all.yaml")
    return run, train(prepared, run)


def test_a_part_of_each_family_trains_and_evaluates_to_the_same_scores(here: Path) -> None:
    run, (validation, test) = trained(own(here), here)
    assert test.scores["misses"] == pytest.approx(1 - test.scores["accuracy"])
    assert run.metrics()[0]["learning_rate"] == pytest.approx(0.1)
    (here / "parts.py").write_text("1 / 0")
    for reported in (validation, test):
        assert evaluate_run(run, reported.split).as_json() == reported.as_json()


@pytest.mark.parametrize(
    ("before", "after", "kind", "said"),
    [
        ("x = np.random", "x = numpi.random", DataError, "dataset: board, parts.py:24: NameError: name 'numpi' is not"),
        (
            "return Data(*divide(Split(x, y), target, self), target)",
            "return x",
            DataError,
            "parts.py:18: Board gave ndarray; ex",
        ),
        (
            "Split(x, y)",
            "Split(x, y / 2)",
            DataError,
            "targets of shape (108,), type float64; expected (N,) whole numbers",
        ),
        (
            "Split(x, y)",
            "Split(x[:, 0], y)",
            DataError,
            "examples of shape (108,), type float64; expected (N, ...) numbers",
        ),
        ('activation="relu"', 'activation="rely"', TrainingError, "parts.py:38: ValueError: Could not interpret"),
        (
            'return keras.layers.Dense(outputs, name="head")(x)',
            "pass",
            TrainingError,
            "parts.py:30: Tiny gave NoneType; e",
        ),
        ("(outputs, name=", "(outputs + 1, name=", UsageError, "model: tiny gave the shape (None, 2); expected (B, 1)"),
        ("!= targets)", "!= target)", TrainingError, "metrics: misses, parts.py:49: NameError: name 'target' is"),
        ("!= targets).mean()", "!= targets)", UsageError, "metrics: misses gave array(["),
        (
            'fits: ClassVar = "classes"',
            'fits: ClassVar = "numbers"',
            UsageError,
            "misses is for numbers; this data has cl",
        ),
        (
            "return keras.optimizers.SGD(",
            "return dict(",
            TrainingError,
            "parts.py:52: Plain gave dict; expected an opt",
        ),
        (
            "return learning_rate / 2",
            'return "half"',
            TrainingError,
            "parts.py:62: Half gave str; expected a number or",
        ),
        ("return Transform(", "return (", TrainingError, "parts.py:70: Shift gave tuple; expected a Tran"),
        (
            'return tf.distribute.OneDeviceStrategy("/CPU:0")',
            "return 3",
            TrainingError,
            "parts.py:78: First gave int; expec",
        ),
    ],
)
def test_what_a_part_does_wrong_is_told_before_there_is_a_run(
    here: Path, before: str, after: str, kind: type[DlcliError], said: str
) -> None:
    assert before in PARTS
    with pytest.raises(kind) as caught:
        trained(own(here, PARTS.replace(before, after)), here)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not list(all_runs(here / "runs"))


def test_a_part_that_fails_in_the_middle_of_the_training_ends_the_run_with_its_line(here: Path) -> None:
    head = "def score(self, targets, predictions):\n"
    wrong = "        self.calls.append(1)\n        assert len(self.calls) < 2, 'the second time'\n"
    parts = PARTS.replace(head, f"calls: ClassVar = []\n\n    {head}{wrong}")
    with pytest.raises(TrainingError, match=r"^metrics: misses, parts\.py:\d+: AssertionError: the second time$"):
        trained(own(here, parts), here)
    (run,) = all_runs(here / "runs")
    assert run.info["state"] == "failed"
    assert "the second time" in run.info["reason"]


LAYER = """
import keras


@keras.saving.register_keras_serializable()
class Doubled(keras.layers.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, x):
        return self.factor * x

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}
"""


def with_layer(parts: str, layer: str) -> str:
    """The plugin with another layer in its model, before the head."""
    return parts.replace("return keras.layers.Dense(outputs", f"x = {layer}\n        return keras.layers.Dense(outputs")


def test_a_layer_that_fails_only_in_training_is_told_with_its_line_and_what_it_says(here: Path) -> None:
    layer = LAYER.replace(
        "def call(self, x):\n", "def call(self, x, training=False):\n        assert not training, 'no'\n"
    )
    parts = with_layer(f"{layer}\n{PARTS}", "Doubled(3.0)(x)")
    with pytest.raises(TrainingError, match=r"^parts\.py:12: AssertionError: Exception .* Doubled\.call\(\)\. no$"):
        trained(own(here, parts), here)


def test_a_distortion_that_fails_in_training_is_named(here: Path) -> None:
    parts = PARTS.replace("lambda x, u: x + 0.01 * u", "lambda x, u: x.no")
    with pytest.raises(TrainingError, match=r"^augment: shift, parts\.py:75: AttributeError: "):
        trained(own(here, parts), here)


def test_layers_of_a_plugin_are_known_wherever_its_run_is_opened(here: Path) -> None:
    parts = with_layer(f"{LAYER}\n{PARTS}", "Doubled(3.0)(x)")
    run, (_, test) = trained(own(here, parts), here)
    assert evaluate_run(run, "test").scores == test.scores
    again = own(here, parts, ALL, f"init_from={run.path}")
    initial = prepare(again).initial
    assert initial is not None
    assert initial.run.path == run.path


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("keras.layers.Lambda(lambda x: 2 * x)(x)", "could not be opened again from its file (ValueError: "),
        ("type('Inner', (keras.layers.Layer,), {'call': lambda self, x: x})()(x)", "a class at the top of the plugin"),
    ],
)
def test_a_layer_that_no_file_can_bring_back_is_refused_before_training(here: Path, layer: str, said: str) -> None:
    parts = with_layer(PARTS, layer)
    with pytest.raises(UsageError, match=r"^model: tiny could not be opened again") as caught:
        trained(own(here, parts), here)
    assert said in str(caught.value)


def test_a_smoke_run_without_the_data_of_a_plugin_says_what_is_missing(here: Path) -> None:
    parts = PARTS.replace("        x = np.random", '        from dlcli.errors import MissingData\n'
        '        raise MissingData("board.csv is not here")\n        x = np.random')  # fmt: skip
    with pytest.raises(MissingData, match=r"board\.csv is not here"):
        load_data(own(here, parts), smoke=True)


def test_metrics_of_numbers_see_them_in_their_units(here: Path) -> None:
    (here / "line.csv").write_text("x,y\n" + "".join(f"{i},{100 + 3 * i}.5\n" for i in range(60)))
    parts = PARTS.replace('fits: ClassVar = "classes"', "fits: ClassVar = 'numbers'").replace(
        "return (predictions.argmax(axis=-1) != targets).mean()", "return abs(predictions - targets).mean()"
    )
    spec = "plugins: [parts.py]\ndataset: {type: csv, path: line.csv, target: y}\nmodel: tiny\nmetrics: [misses]\n"
    _, (_, test) = trained(own(here, parts, spec), here)
    assert test.scores["misses"] == pytest.approx(test.scores["mae"])


def test_a_model_that_is_only_looked_at_is_told_with_its_line_too(here: Path) -> None:
    assert [layer.name for layer in inspect(own(here)).layers][-2:] == ["dense_1", "head"]
    with pytest.raises(TrainingError, match=r"^model: tiny, parts\.py:38: ValueError: Could not interpret"):
        inspect(own(here, PARTS.replace('activation="relu"', 'activation="rely"')))
