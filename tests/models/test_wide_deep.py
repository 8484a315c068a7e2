"""Wide and deep: parameters by their formula, crosses of columns, embeddings, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import keras
import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.data import Classes, Column, Data, Split
from dlcli.datasets.table import Csv
from dlcli.errors import UsageError
from dlcli.models.columns import columns_of
from dlcli.models.wide_deep import WideDeep
from dlcli.training.build import portable
from dlcli.training.inputs import prepare_inputs
from tests.models.networks import OUTPUTS, parameters

COLUMNS = (Column("sex", ("f", "m")), Column("age"), Column("port", ("a", "b", "c")), Column("fare"))
X = np.array([[0, 20, 2, 1], [1, 30, 0, 2], [1, 40, 1, 3], [0, 50, 2, 4]], np.float32)
C, SEX, PORT = 7, 2, 3


def model_of(spec: WideDeep, columns: Sequence[Column] = COLUMNS, x: np.ndarray = X) -> keras.Model:
    """The model between the layers that spell a table's columns out, as training puts it together."""
    keras.utils.set_random_seed(0)
    data = Data(Split(x, np.arange(len(x)) % OUTPUTS), None, None, Classes(("p", "q", "r")), tuple(columns))
    inputs = keras.Input(x.shape[1:])
    return keras.Model(inputs, spec.build(prepare_inputs(inputs, data, "standard"), OUTPUTS))


def test_the_columns_of_a_row_are_known_after_they_were_spelled_out() -> None:
    data = Data(Split(X, np.arange(4) % 3), None, None, Classes(("p", "q", "r")), COLUMNS)
    found = columns_of(prepare_inputs(keras.Input((4,)), data, "standard"))
    assert [(each.name, each.first, each.end, each.categorical) for each in found] == [
        ("age", 0, 1, False), ("fare", 1, 2, False), ("sex", 2, 4, True), ("port", 4, 7, True),
    ]  # fmt: skip
    numbers = Data(Split(X[:, [1, 3]], np.arange(4) % 3), None, None, Classes(("p", "q", "r")), COLUMNS[1::2])
    assert [each.name for each in columns_of(prepare_inputs(keras.Input((2,)), numbers, "none"))] == ["age", "fare"]
    assert columns_of(keras.Input((4,))) == ()


def test_parameters_are_those_of_a_perceptron_and_of_a_linear_model() -> None:
    plain = model_of(WideDeep(units=(8, 6)))
    perceptron = (C + 1) * 8 + (8 + 1) * 6
    assert parameters(plain) == perceptron + (6 + C + 1) * OUTPUTS
    decks, rows = (*COLUMNS, Column("deck", ("x", "y"))), np.c_[X, [0, 1, 0, 1]].astype(np.float32)
    plain = model_of(WideDeep(units=(8, 6)), decks, rows)
    crossed = model_of(WideDeep(units=(8, 6), crosses=(("sex", "port"), ("port", "deck", "sex"))), decks, rows)
    assert parameters(crossed) == parameters(plain) + (SEX * PORT + PORT * 2 * SEX) * OUTPUTS
    embedded = model_of(WideDeep(units=(8, 6), column_embedding=4))
    assert parameters(embedded) == (SEX + PORT) * 4 + (2 + 2 * 4 + 1) * 8 + (8 + 1) * 6 + (6 + C + 1) * OUTPUTS


def test_a_cross_tells_every_combination_apart() -> None:
    model = model_of(WideDeep(units=(1,), crosses=(("sex", "port"),)))
    wide = keras.Model(model.input, model.get_layer("wide_and_deep").output)(X).numpy()
    crossed = wide[:, C : C + SEX * PORT]
    np.testing.assert_array_equal(crossed, np.eye(SEX * PORT)[[2, 3, 4, 2]])
    np.testing.assert_array_equal(wide[:, 2:4], np.eye(2)[[0, 1, 1, 0]])


def test_a_category_that_training_has_not_seen_is_in_no_combination() -> None:
    model = model_of(WideDeep(units=(1,), crosses=(("sex", "port"),)))
    wide = keras.Model(model.input, model.get_layer("wide_and_deep").output)(np.array([[0, 20, 9, 1]], np.float32))
    assert wide.numpy()[0, 4 : C + SEX * PORT].tolist() == [0.0] * (PORT + SEX * PORT)


def test_the_head_adds_the_linear_part_to_the_perceptrons() -> None:
    model = model_of(WideDeep(units=(5,), crosses=(("sex", "port"),)))
    kernel, bias = model.get_layer("head").get_weights()
    both = keras.Model(model.input, model.get_layer("wide_and_deep").output)(X).numpy()
    wide, deep = both[:, : C + SEX * PORT] @ kernel[:-5], both[:, -5:] @ kernel[-5:]
    np.testing.assert_allclose(model(X), wide + deep + bias, atol=1e-5)


def test_a_portable_copy_gives_the_same(tmp_path) -> None:
    model = model_of(WideDeep(units=(5,), crosses=(("sex", "port"),), column_embedding=3, dropout=0.5, batch_norm=True))
    portable(model).save(tmp_path / "m.keras")
    np.testing.assert_allclose(keras.models.load_model(tmp_path / "m.keras")(X), model(X), atol=1e-6)


@pytest.mark.parametrize(
    ("crosses", "message", "place"),
    [
        ((("sex", "prt"),), r"no column `prt` \(did you mean `port`\?\); the columns of categories are: `sex`, `p", 1),
        ((("age", "sex"),), r"column `age` holds numbers; the columns of categories are: .*`sex`", 0),
    ],
)
def test_columns_that_cannot_be_crossed_are_refused(crosses, message: str, place: int) -> None:
    with pytest.raises(UsageError, match=rf"model\.crosses: .*{message}") as error:
        model_of(WideDeep(crosses=crosses))
    assert error.value.at == ("model", "crosses", 0, place)


def test_a_column_is_not_crossed_with_itself() -> None:
    with pytest.raises(ValidationError, match=r"a cross is of different columns; got \['sex', 'port', 'sex'\]"):
        WideDeep(crosses=(("sex", "port", "sex"),))


def test_only_of_rows_of_a_table_columns_are_embedded_to_begin_with() -> None:
    outlook = Csv(path="a.csv", target="y").outlook()
    assert WideDeep.first_values(outlook)["column_embedding"] == 8
    assert "column_embedding" not in WideDeep.first_values(replace(outlook, shape=(28, 28, 1)))


@pytest.mark.parametrize("fields", [{"crosses": (("a", "b"),)}, {"column_embedding": 3}])
def test_what_asks_for_columns_reads_rows_alone(fields) -> None:
    with pytest.raises(UsageError, match=rf"wide_deep with `{next(iter(fields))}` reads rows .* examples of 8x2"):
        WideDeep(**fields).build(keras.Input((8, 2)), OUTPUTS)
