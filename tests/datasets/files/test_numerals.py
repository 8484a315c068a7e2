"""Numbers in text: what is one, and which can be used."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.files.numerals import is_number, number_in, numbers_in, numeric, ordered, usable


@given(st.lists(st.floats()))
def test_numbers_are_read_to_the_bit(values: list[float]) -> None:
    np.testing.assert_array_equal(numbers_in(map(repr, values)), np.array(values))
    assert numeric(map(repr, values))


@pytest.mark.parametrize("text", ["", "a", "1,5", "1_0", "0x10", "1 2", "1e"])
def test_other_text_says_no_number(text: str) -> None:
    assert number_in(text) is None
    assert not is_number(text)
    np.testing.assert_array_equal(numbers_in(["1", text, "2"]), [1, np.nan, 2])


def test_usable_is_what_float32_holds() -> None:
    numbers = numbers_in(["-0.0", "3.4028235e38", "-3.4e38", "1e-300", "1e39", "-1e39", "nan", "inf", "-inf"])
    assert usable(numbers).tolist() == [True] * 4 + [False] * 5


def test_order_is_by_number_only_where_all_are_numbers() -> None:
    assert ordered(["10", "9", "2.5", "9"]) == ("2.5", "9", "10")
    assert ordered({"10", "9", "b"}) == ("10", "9", "b")
