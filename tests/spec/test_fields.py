"""What fields take, in plain words, and docstrings as paragraphs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, PositiveFloat, PositiveInt

from dlcli.component import ByType, Component, Matching, ReadOnly
from dlcli.datasets.holdout import Holdout
from dlcli.models.lstm import LSTM
from dlcli.models.mlp import MLP
from dlcli.models.sequential import Sequential
from dlcli.optimizers.adam import Adam
from dlcli.schedules.cosine import Cosine
from dlcli.spec import Experiment
from dlcli.spec.catalogue import Key, look_up
from dlcli.spec.docstrings import explained, paragraphs
from dlcli.spec.fields import described, described_field, in_one_line, takes
from dlcli.spec.structure import fields_below
from tests.spec.problems import REST, problem

Model = Annotated[LSTM | MLP, ByType()]
CLASSES = list(dict.fromkeys(cls for _, cls in fields_below(Experiment)))


class Size(Component):
    """A size."""

    height: int = 1


IN_WORDS: list[tuple[Any, str]] = [
    (bool, "true or false"),
    (PositiveInt, "a whole number, more than 0"),
    (Annotated[int, Field(ge=0, lt=2**32)], "a whole number, at least 0 and less than 4294967296"),
    (Annotated[float, Field(gt=0, le=1)], "a number, more than 0 and at most 1"),
    (str, "text"),
    (Any, "any value"),
    (Annotated[str, Matching("^[a-z]+$", "a colour")], "a colour"),
    (Literal["best", "last"], "one of best, last"),
    (Literal["a", "b"] | Literal["c"], "one of a, b, c"),
    (Literal["balanced"] | None, "balanced or null"),
    (Literal["a", "b"] | None, "one of a, b, or null"),
    (PositiveFloat | None, "a number, more than 0, or null"),
    (str | int, "text or a whole number"),
    (tuple[int, ...], "a list of whole numbers"),
    (tuple[PositiveInt, ...], "a list of whole numbers, each more than 0"),
    (Annotated[tuple[PositiveInt, ...], Field(min_length=1)], "a list of 1 or more whole numbers, each more than 0"),
    (Annotated[tuple[int, ...], Field(min_length=2, max_length=2)], "a list of 2 whole numbers"),
    (Annotated[tuple[str | int, ...], Field(min_length=1)], "a list of 1 or more, each text or a whole number"),
    (tuple[str, str, str], "a list of 3 texts"),
    (tuple[Literal["a", "b"], ...], "a list, each one of a, b"),
    (ReadOnly[str, PositiveFloat], "keys and values: each key text; each value a number, more than 0"),
    (Model, "a `type` (lstm or mlp)"),
    (tuple[Model, ...], "a list, each a `type` (lstm or mlp)"),
    (Size, "keys and values (height)"),
]


@pytest.mark.parametrize(("annotation", "words"), IN_WORDS, ids=[words for _, words in IN_WORDS])
def test_a_type_is_said_in_plain_words(annotation: Any, words: str) -> None:
    assert takes(annotation) == words


@pytest.mark.parametrize(
    "wrong",
    [
        "train.epochs=ten", "train.epochs=0", "train.label_smoothing=1", "train.label_smoothing=-1", "seed=-1",
        "optimizer.final=x", "normalize=3", "leave_one_group_out=1", "name=3", "folds=1", "model.pooling=3",
        "strategy={type: one_device, device: GPU}", "optimizer=3", "augment=[3]",
    ],
)  # fmt: skip
def test_the_words_are_those_of_the_errors(wrong: str) -> None:
    if "final" in wrong:
        wrong = "optimizer={type: adam, schedule: {type: cosine, final_fraction: x}}"
        name = "cosine.final_fraction"
    else:
        name = "one_device.device" if "device" in wrong else wrong.partition("=")[0].replace("model.", "lstm.")
    (found,) = look_up(name)
    assert isinstance(found, Key)
    said = problem(REST, [wrong]).partition("expected ")[2].partition(", got")[0]
    words = described_field(found.owners[0], found.name).takes
    assert said
    assert said.replace(" or ", ", ") in words.replace(" or ", ", ")


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_field_of_every_component_is_described(cls: type[Component]) -> None:
    assert explained(cls).summary
    for field in described(cls):
        assert field.takes
        assert field.meaning
        assert "Annotated" not in field.takes


def test_a_component_has_its_fields_in_order_those_that_must_be_given_first() -> None:
    fields = described(Experiment)
    assert [field.name for field in fields][:3] == ["dataset", "model", "version"]
    assert [field.default for field in fields][:2] == [None, None]
    assert fields[0].meaning == ("The examples and what is to be predicted.",)
    assert "type" not in [field.name for field in described(LSTM)]


def test_layers_of_a_sequential_model_have_words_of_their_own() -> None:
    (layers,) = described(Sequential)
    assert layers.takes == "a list of 1 or more, each a layer's name, or one name with its arguments"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"), (1e-3, "0.001"), ((32, 32), "[32, 32]"), ({"a": (1,)}, "{a: [1]}"),
        (Adam(), "adam"), (Adam(learning_rate=0.1), "{type: adam, learning_rate: 0.1}"),
        (Adam(schedule=Cosine()), "{type: adam, schedule: cosine}"), (Holdout(), "{fraction: 0.1}"),
        ((Adam(beta_1=0.5),), "[{type: adam, beta_1: 0.5}]"),
    ],
)  # fmt: skip
def test_a_default_is_shown_as_it_is_shortest_in_a_spec(value: object, written: str) -> None:
    assert in_one_line(value) == written


LONG = "word " * 22 + "end"


def test_lines_of_a_docstring_that_were_full_go_on_in_the_next() -> None:
    assert paragraphs(f"Title.\n\n{LONG}\nof it. More.") == ["Title.", f"{LONG} of it. More."]


def test_a_paragraph_begins_after_a_full_stop_with_room_or_where_one_speaks_of_something_else() -> None:
    assert paragraphs("Title.\n\nShort.\nNew.") == ["Title.", "Short.", "New."]
    assert paragraphs(f"{LONG}.\nSource: x.\nRaises y.") == [f"{LONG}.", "Source: x.", "Raises y."]
    assert paragraphs("One,\ntwo.") == ["One, two."]


def test_a_docstring_is_taken_apart() -> None:
    class Thing(Component):
        """A thing.

        x: (B,).
        Raises DataError for anything else.
        Source: Author 1999. Differs: not
        much.
        """

    assert explained(Thing) == ("A thing", ("x: (B,).",), "Author 1999. Differs: not much.")
