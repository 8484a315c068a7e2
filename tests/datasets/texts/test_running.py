from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.datasets.texts.running import windows


@given(st.integers(2, 60), st.integers(1, 20))
def test_without_a_stride_every_token_but_the_first_is_predicted_once_from_all_before_it_in_its_window(count, steps):
    codes = np.arange(2, 2 + count, dtype=np.int32)
    split = windows(codes, steps, steps)
    assert split.y[split.y >= 0].tolist() == codes[1:].tolist()
    assert split.x[split.y >= 0].tolist() == codes[:-1].tolist()
    assert (split.x[split.y < 0] == 0).all()
    assert split.x.shape[1] == steps


@given(st.integers(2, 60), st.integers(1, 20), st.data())
def test_with_a_stride_windows_begin_so_far_apart_and_reach_the_end_once(count, steps, data):
    stride = data.draw(st.integers(1, steps))
    codes = np.arange(2, 2 + count, dtype=np.int32)
    split = windows(codes, steps, stride)
    assert (np.diff(split.x[:, 0]) == stride).all()
    ends = split.y.max(axis=1) == codes[-1]
    assert ends.sum() == 1
    assert ends[-1]
    assert set(split.y[split.y >= 0].tolist()) == set(codes[1:].tolist())


@pytest.mark.parametrize("by", ["characters", "words"])
def test_the_parts_of_a_text_follow_one_another(by, tmp_path):
    from dlcli.datasets.text import Text

    words = " ".join(f"w{number}" for number in range(100))
    data = Text(text=words, by=by, steps=7).load(tmp_path)
    n = len(words) if by == "characters" else 100
    sizes = {name: int((split.y >= 0).sum()) + 1 for name, split in data.splits.items()}
    assert sizes["test"] == round(0.2 * n)
    assert sizes["validation"] == round(0.1 * (n - sizes["test"]))
    assert sum(sizes.values()) == n
    if by == "words":
        assert data.vocabulary[2:] == tuple(sorted(f"w{number}" for number in range(72)))
        assert (data.test.x[data.test.y >= 0] == 1).all()
        assert data.remarks == ("words that are not in the vocabulary: 20 of 20 in test, 8 of 8 in validation",)
