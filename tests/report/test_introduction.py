"""What a run says of its data before it trains, and what its record keeps of it."""

from __future__ import annotations

import numpy as np

from dlcli.datasets.data import Classes, Column, Data, Reals, Split
from dlcli.report.introduction import groups, notes, record_of


def split(y: list[int], *who: str) -> Split:
    return Split(np.zeros((len(y), 2), np.float32), np.array(y, np.int32), np.array(who) if who else None)


def test_the_record_says_who_and_how_many_of_each_class_stand_on_which_side() -> None:
    data = Data(split([0, 1, 1], "anna", "anna", "ben"), None, split([1, 1], "fay", "fay"), Classes(("no", "yes")))
    record = record_of(data)
    assert record["examples"] == {"train": {"no": 1, "yes": 2}, "test": {"no": 0, "yes": 2}}
    assert record["groups"] == groups(data) == {"train": ["anna", "ben"], "test": ["fay"]}
    assert record["target"] == ["no", "yes"]
    assert "columns" not in record


def test_the_record_has_the_categories_in_the_order_of_their_codes() -> None:
    columns = (Column("age"), Column("ward", ("north", "south", "(missing)")))
    data = Data(Split(np.zeros((2, 2)), np.zeros((2, 1))), None, None, Reals(("y",)), columns)
    assert record_of(data)["columns"] == {"age": "numbers", "ward": ["north", "south", "(missing)"]}
    assert record_of(data)["examples"] == {"train": 2}


def test_made_up_examples_are_said_to_be_made_up_before_anything_else() -> None:
    data = Data(split([0, 1]), None, None, Classes(("a", "b")), stand_in=True, remarks=("something",))
    first, second = notes(data)
    assert "made-up" in first
    assert second == "something"
