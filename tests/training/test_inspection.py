"""A model looked at without training it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dlcli.datasets.arrays import Npz
from dlcli.errors import DataError, UsageError
from dlcli.shipped import shipped
from dlcli.spec import Experiment, load
from dlcli.spec.load import check
from dlcli.spec.reading import parse
from dlcli.training.inspection import UncertainError, inspect


@pytest.fixture(autouse=True)
def _no_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLCLI_DATA", str(tmp_path))
    monkeypatch.setenv("DLCLI_RUNS", str(tmp_path / "runs"))


def experiment(text: str) -> Experiment:
    return check(parse(text, "s.yaml"))


def arrays(tmp_path: Path, shape: tuple[int, ...] = (60, 8, 3)) -> None:
    np.savez(tmp_path / "a.npz", x=np.random.default_rng(0).normal(size=shape), y=np.arange(shape[0]) % 3)


def test_layers_and_totals_are_those_of_the_model_that_is_trained() -> None:
    inspected = inspect(load(shipped("configs", "har_lstm.yaml"), ["model.spectrum=null"]))
    assert inspected.example == (128, 9)
    assert not inspected.stand_in
    lstm = next(layer for layer in inspected.layers if layer.name == "lstm_1")
    assert (lstm.kind, lstm.shape, lstm.parameters) == ("LSTM", (128, 32), 4 * 32 * (9 + 32 + 1))
    assert lstm.flops == 2 * 128 * 4 * 32 * (9 + 32)
    assert inspected.flops == sum(layer.flops or 0 for layer in inspected.layers)
    # Masks are drawn by counters, which are no parameters.
    assert (inspected.trainable, inspected.frozen) == (13_894, 0)


def test_a_network_of_known_size_has_it() -> None:
    inspected = inspect(load(shipped("configs", "cifar10_resnet.yaml")))
    assert inspected.stand_in
    # He et al. 2016, table 6: ResNet-20 has 0.27 million parameters; its 41 million products are two operations each.
    assert round(inspected.trainable / 1e6, 2) == 0.27
    assert round(inspected.flops / 2e6) == 41


def test_memory_is_weights_gradients_slots_and_what_is_kept_of_a_batch(tmp_path: Path) -> None:
    arrays(tmp_path)
    text = "dataset: {type: npz, path: a.npz, x: x, y: y}\nmodel: linear\n"
    adam = inspect(experiment(text + "optimizer: {type: adam, ema: 0.9}\ntrain: {batch_size: 20}"))
    weights = 4 * (24 * 3 + 3)
    assert adam.memory["weights"] == adam.memory["gradients"] == weights
    assert 3 * weights <= adam.memory["optimizer"] <= 3 * weights + 64
    assert adam.memory["activations"] == 20 * 4 * (24 + 24 + 24 + 3)
    parts = inspect(experiment(text + "train: {batch_size: 20, accumulation_steps: 4}"))
    assert parts.batch == 5
    assert parts.memory["activations"] * 4 == adam.memory["activations"]


def test_what_is_frozen_is_not_trained_and_weights_that_are_not_there_are_remarked_on(tmp_path: Path) -> None:
    arrays(tmp_path)
    text = "dataset: {type: npz, path: a.npz}\nmodel: {type: mlp, units: [5]}\n"
    inspected = inspect(experiment(text + "init_from: {run: first, freeze: [dense_1]}"))
    assert inspected.frozen == 24 * 5 + 5
    assert inspected.remarks[0].startswith("weights to begin with: first-smoke: is neither a run's folder nor")
    with pytest.raises(UsageError, match=r"^init_from\.freeze: no layer is called `lstm_1`"):
        inspect(experiment(text + "init_from: {run: first, freeze: [lstm_1]}"))


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("train: {class_weights: {'7': 2}}", "train.class_weights: there is no class `7`"),
        ("train: {keep: val_rmse}", r"train.keep \(=val_rmse\): there is no such metric"),
        ("augment: [flip]", "augment: flip distorts images"),
    ],
)
def test_what_only_the_data_shows_to_be_wrong_is_found(rest: str, said: str, tmp_path: Path) -> None:
    text = f"dataset: {{type: npz, path: a.npz}}\nmodel: linear\n{rest}"
    # Made-up examples have made-up classes and shapes: they show nothing.
    assert inspect(experiment(text)).stand_in
    arrays(tmp_path)
    with pytest.raises(UsageError, match=f"^{said}"):
        inspect(experiment(text))


@pytest.mark.parametrize(("vocabulary", "remarks"), [(2, 1), (4, 0), ("null", 0)])
def test_a_vocabulary_that_leaves_much_out_is_remarked_on(vocabulary: object, remarks: int, tmp_path: Path) -> None:
    # Of ten letters, three are neither a nor b; one is neither a, b, c nor d.
    text = "aaaabbbcde" * 20
    dataset = f"{{type: text, text: {text}, vocabulary: {vocabulary}, steps: 10, test: null, validation: null}}"
    said = inspect(experiment(f"dataset: {dataset}\nmodel: {{type: gru, units: [2]}}")).remarks
    assert len(said) == remarks
    assert all(each.startswith("30% of the training tokens are not in the vocabulary, and unknown") for each in said)


def test_a_model_that_does_not_fit_made_up_examples_may_fit_the_data(tmp_path: Path) -> None:
    layers = "[{Conv2D: {filters: 2, kernel_size: 3}}, Flatten]"
    text = f"dataset: {{type: npz, path: a.npz}}\nmodel: {{type: sequential, layers: {layers}}}"
    said = r"cannot read the shape 8x8: .*\(made-up examples: the data is not here\)$"
    with pytest.raises(UncertainError, match=said):
        inspect(experiment(text))
    arrays(tmp_path, (60, 8, 8, 1))
    assert inspect(experiment(text)).layers[2].shape == (6, 6, 2)
    # The shape of a published set is known, whatever stands in for it.
    with pytest.raises(UsageError, match="cannot read the shape 28x28x1") as caught:
        inspect(experiment("dataset: mnist\nmodel: {type: sequential, layers: [{LSTM: {units: 3}}]}"))
    assert not isinstance(caught.value, UncertainError)


def test_data_that_is_wrong_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"no zip")
    with pytest.raises(DataError, match=r"a\.npz"):
        inspect(Experiment(name="s", dataset=Npz(path="a.npz"), model=experiment("dataset: hapt\nmodel: linear").model))


def test_it_is_ready_for_json(tmp_path: Path) -> None:
    arrays(tmp_path)
    values = inspect(experiment("dataset: {type: npz, path: a.npz}\nmodel: linear")).as_json()
    assert values["layers"][-1] == {"name": "head", "kind": "Dense", "shape": (3,), "parameters": 75, "flops": 144}
    assert (values["flops"], values["all_flops_known"]) == (144, True)


def test_arithmetic_that_is_not_known_is_no_part_of_the_total(tmp_path: Path) -> None:
    arrays(tmp_path)
    layers = "[{TimeDistributed: {layer: {Dense: {units: 2}}}}, Flatten]"
    text = f"dataset: {{type: npz, path: a.npz}}\nmodel: {{type: sequential, layers: {layers}}}"
    inspected = inspect(experiment(text))
    assert not inspected.all_flops_known
    assert inspected.flops == 2 * 16 * 3


@pytest.mark.parametrize(
    ("features", "rows"),
    [
        (
            "[size, kind, place]",
            [("inputs", (3,)), ("normalize", (1,)), ("categories", (5,)), ("columns", (6,)), ("head", (2,))],
        ),
        ("[kind, place]", [("inputs", (2,)), ("categories", (5,)), ("columns", (5,)), ("head", (2,))]),
        ("[kind]", [("inputs", (1,)), ("categories", (2,)), ("head", (2,))]),
        ("[size]", [("inputs", (1,)), ("normalize", (1,)), ("head", (2,))]),
    ],
)
def test_categories_that_are_spelled_out_have_a_row_of_their_own(
    tmp_path: Path, features: str, rows: list[tuple[str, tuple[int, ...]]]
) -> None:
    lines = [f"{n},{'ab'[n % 2]},{'xyz'[n % 3]},{n},{-n}" for n in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(["size,kind,place,u,v", *lines, ""]))
    dataset = f"{{type: csv, path: t.csv, target: [u, v], features: {features}, duplicates: allow}}"
    inspected = inspect(experiment(f"dataset: {dataset}\nmodel: linear\nnormalize: range\n"))
    assert [(layer.name, layer.shape) for layer in inspected.layers if layer.name != "in_units"] == rows
