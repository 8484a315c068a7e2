"""What every part of a spec has in common."""

from __future__ import annotations

import copy
import pickle
from typing import Annotated, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from dlcli.component import ByType, Component, Matching, ReadOnly, a_type_of, examples_of
from dlcli.families import adding, join
from dlcli.spec.structure import classes_of, fields_below


class Cat(Component):
    """A cat."""

    type: Literal["cat"] = "cat"
    lives: int = 9
    """How often."""
    weight: float = 4.0


class Kitten(Cat):
    """A cat with a field of its own."""

    days: int = 1
    """How old,
    in days."""


class Dog(Component):
    """A dog."""

    type: Literal["dog"] = "dog"
    tricks: tuple[str, ...] = ()


class Home(Component):
    """A home."""

    pet: Annotated[Cat | Dog, ByType()] = Cat()
    only: Annotated[Cat, ByType()] = Cat()
    ages: ReadOnly[str, int] = Field(default_factory=dict, validate_default=True)


def refusal(**values: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Home.model_validate(values)
    (only,) = caught.value.errors()
    return only["msg"]


def test_the_type_chooses_the_class() -> None:
    assert Home.model_validate({"pet": {"type": "dog", "tricks": ("sit",)}}).pet == Dog(tricks=("sit",))
    assert Home.model_validate({"pet": {"type": "cat", "lives": 1}}).pet == Cat(lives=1)


def test_a_bare_word_is_short_for_its_type() -> None:
    assert Home.model_validate({"pet": "dog", "only": "cat"}) == Home(pet=Dog(), only=Cat())


def test_a_component_itself_is_taken_as_it_is() -> None:
    dog = Dog(tricks=("sit",))
    assert Home(pet=dog).pet == dog


@pytest.mark.parametrize("wrong", [3, None, ["dog"], {}, {"lives": 3}])
def test_without_a_type_the_types_are_listed(wrong: object) -> None:
    assert refusal(pet=wrong) == "expected a `type` (cat or dog)"


def test_a_component_of_another_kind_is_refused() -> None:
    assert refusal(only=Dog()) == "expected a `type` (cat)"


class Zebra(Component):
    """A zebra, which comes later."""

    type: Literal["zebra"] = "zebra"
    stripes: int = 80


class Stable(Component):
    """A stable, open to animals of plugins."""

    pet: Annotated[Cat | Dog, ByType("test_animal")] = Cat()


def test_a_class_that_joins_a_family_is_chosen_like_the_others_while_it_is_added() -> None:
    join(Zebra, "test_animal")
    with adding([Zebra]):
        stable = Stable.model_validate({"pet": {"type": "zebra", "stripes": 3}})
        with pytest.raises(ValidationError, match="valid integer") as caught:
            Stable.model_validate({"pet": {"type": "zebra", "stripes": "3"}})
        assert caught.value.errors()[0]["loc"] == ("pet", "zebra", "stripes")
        with pytest.raises(ValidationError, match=r"expected a `type` \(cat, dog or zebra\)"):
            Stable.model_validate({"pet": 3})
        with pytest.raises(ValidationError, match="'cat', 'dog', 'zebra'"):
            Stable.model_validate({"pet": "zebu"})
        assert classes_of(Stable.model_fields["pet"]) == (Cat, Dog, Zebra)
        assert {cls for _, cls in fields_below(Stable)} == {Stable, Cat, Dog, Zebra}
        assert Home.model_validate({"pet": "cat"}) == Home()
    assert stable.pet == Zebra(stripes=3)
    assert stable.model_dump() == {"pet": {"type": "zebra", "stripes": 3}}
    assert classes_of(Stable.model_fields["pet"]) == (Cat, Dog)
    assert {cls for _, cls in fields_below(Stable)} == {Stable, Cat, Dog}
    with pytest.raises(ValidationError, match="'cat', 'dog'"):
        Stable.model_validate({"pet": "zebra"})
    assert Stable(pet=stable.pet) == stable


def test_types_are_listed_as_in_a_sentence() -> None:
    assert a_type_of(["a"]) == "a `type` (a)"
    assert a_type_of(["a", "b", "c"]) == "a `type` (a, b or c)"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lifes": 3}, "Extra inputs"),
        ({"lives": "3"}, "valid integer"),
        ({"lives": True}, "valid integer"),
        ({"lives": 3.0}, "valid integer"),
        ({"weight": "4"}, "valid number"),
        ({"weight": True}, "valid number"),
        ({"weight": float("inf")}, "finite"),
        ({"weight": float("nan")}, "finite"),
    ],
)
def test_unknown_keys_and_values_of_another_type_are_refused(values: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Cat.model_validate(values)


def test_fields_cannot_be_changed() -> None:
    cat = Cat()
    with pytest.raises(ValidationError, match="frozen"):
        cat.lives = 3  # type: ignore[misc]


def test_a_read_only_mapping_is_a_copy_that_nobody_can_change() -> None:
    ages = {"tom": 3}
    home = Home(ages=ages)
    ages["tom"] = 4
    assert home.ages == {"tom": 3}
    with pytest.raises(TypeError):
        home.ages["tom"] = 5  # type: ignore[index]
    assert home.model_dump(mode="json")["ages"] == {"tom": 3}


def test_equal_components_have_equal_hashes() -> None:
    assert hash(Home(ages={"tom": 1, "ann": 2})) == hash(Home(ages={"ann": 2, "tom": 1}))
    assert len({Home(), Home(ages={}), Home(ages={"tom": 1})}) == 2


def test_components_can_be_copied_and_sent_to_other_processes() -> None:
    home = Home(pet=Dog(tricks=("sit",)), ages={"tom": 3})
    assert copy.deepcopy(home) == home
    assert pickle.loads(pickle.dumps(home)) == home
    assert repr(home.ages) == "{'tom': 3}"


def test_the_docstring_under_a_field_is_its_help() -> None:
    assert Cat.model_fields["lives"].description == "How often."
    assert Kitten.model_fields["lives"].description == "How often."
    assert Kitten.model_fields["days"].description == "How old,\nin days."


def test_the_docstring_under_a_field_is_in_the_json_schema() -> None:
    described = Kitten.model_json_schema()["properties"]
    assert described["lives"]["description"] == "How often."
    assert "description" not in described["type"]


def test_a_component_without_source_has_no_help() -> None:
    made = type("Made", (Component,), {"__annotations__": {"size": int}, "__module__": "nowhere"})
    assert made.model_fields["size"].description is None


@pytest.mark.parametrize("wrong", ["red1", "", 3, None])
def test_text_that_does_not_match_is_refused_in_words(wrong: object) -> None:
    colour = TypeAdapter(Annotated[str, Matching("^[a-z]+$", "a colour")])
    assert colour.validate_python("red") == "red"
    assert colour.json_schema()["pattern"] == "^[a-z]+$"
    with pytest.raises(ValidationError, match="expected a colour"):
        colour.validate_python(wrong)


def test_the_json_schema_of_a_choice_has_the_words_and_asks_for_a_type() -> None:
    schema = Home.model_json_schema()
    assert schema["properties"]["pet"]["anyOf"] == [
        {"const": "cat", "description": "A cat."}, {"const": "dog", "description": "A dog."},
        {"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"},
    ]  # fmt: skip
    assert schema["$defs"]["Dog"]["required"] == ["type"]
    assert list(schema["$defs"]["Cat"]["properties"]) == ["type", "lives", "weight"]


def test_the_shape_of_examples_is_said_in_words() -> None:
    assert examples_of((128, 9)) == "examples of 128x9"
    assert examples_of((6,)) == "examples of 6 values"
    assert examples_of((None,)) == "examples of F values"
