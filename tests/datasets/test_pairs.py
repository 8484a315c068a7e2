from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from dlcli.datasets.checks import check
from dlcli.datasets.data import BEGIN, END, UNKNOWN, with_known_tokens
from dlcli.datasets.pairs import Pairs
from dlcli.errors import DataError, MissingData

LINES = [f"{word}{number}\t{number}{word.upper()}\tCC-BY" for number in range(10) for word in ("ab", "c", "dde")]
NOTHING_HELD_OUT = {"test": None, "validation": None}


def written(folder: Path, lines=LINES, name="pairs.txt") -> str:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(folder / name)


def load(folder, **fields):
    return Pairs(path=written(folder), **fields).load(folder)


def test_a_pair_is_its_source_and_the_target_one_step_later(tmp_path):
    data = load(tmp_path, **NOTHING_HELD_OUT)
    check(data, "pairs")
    S = data.target.source_steps
    assert data.train.x.shape == (30, S + 5)
    assert data.train.y.shape == (30, 5)
    for row, line in enumerate(LINES):
        source, target, _ = line.split("\t")
        read = [data.vocabulary[token] for token in data.train.x[row, :S] if token]
        assert "".join(read) == source
        tokens = [data.target.names.index(letter) for letter in target]
        nothing = 5 - len(tokens) - 1
        assert data.train.y[row].tolist() == [*tokens, END, *[-1] * nothing]
        assert data.train.x[row, S:].tolist() == [BEGIN, *tokens, *[0] * nothing]
        assert data.train.name_of(row) == f"pairs.txt, line {row + 1}"


def test_words_are_tokens_and_read_with_spaces_between(tmp_path):
    lines = ["I go.\tJe vais.", "I went.\tJe suis allé."]
    data = Pairs(path=written(tmp_path, lines), by="words", lowercase=True, **NOTHING_HELD_OUT).load(tmp_path)
    assert set(data.vocabulary[2:]) == {"i", "go", "went", "."}
    assert set(data.target.names[4:]) == {"je", "vais", "suis", "allé", "."}
    assert data.target.separator == " "


def test_reversed_the_second_text_is_the_source(tmp_path):
    data = load(tmp_path, reverse=True, **NOTHING_HELD_OUT)
    assert "A" in data.vocabulary
    assert "A" not in data.target.names


def test_vocabularies_are_those_of_training(tmp_path):
    path, other = written(tmp_path), written(tmp_path, ["zab\tZ1"], "test.txt")
    data = Pairs(path=path, test_path=other, validation=None).load(tmp_path)
    assert "z" not in data.vocabulary
    assert "Z" not in data.target.names
    assert data.test.x[0, 0] == UNKNOWN
    assert data.test.y[0, 0] == UNKNOWN
    assert "1 of 3 in sources and 1 of 3 in targets of test" in data.remarks[0]
    assert data.train.x.shape[1] == data.test.x.shape[1]


def test_of_a_fold_what_training_does_not_have_is_unknown_in_each_vocabulary(tmp_path):
    data = load(tmp_path, **NOTHING_HELD_OUT)
    S, train = data.target.source_steps, data.train
    whole = with_known_tokens(
        type(data)(train.take(np.arange(2)), None, train, data.target, vocabulary=data.vocabulary)
    )
    known = [set(part.ravel()) for part in np.split(train.x[:2], [S], axis=1)]
    for part, there, before in zip(np.split(whole.test.x, [S], 1), known, np.split(train.x, [S], 1), strict=True):
        np.testing.assert_array_equal(part, np.where(np.isin(before, list(there)), before, UNKNOWN))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no target", r"pairs.txt, line 2: 'no target' has no two texts with '\\t' between"),
        ("\tonly one", r"pairs.txt, line 2: '\\tonly one' has no two texts"),
    ],
)
def test_a_line_without_two_texts_is_told(tmp_path, line, said):
    with pytest.raises(DataError, match=said):
        Pairs(path=written(tmp_path, [LINES[0], line])).load(tmp_path)


def test_equal_pairs_on_two_sides_are_refused(tmp_path):
    path, other = written(tmp_path), written(tmp_path, LINES[:1], "test.txt")
    with pytest.raises(DataError, match=r"test.txt, line 1 of the test split equals pairs.txt, line 1 of the train"):
        Pairs(path=path, test_path=other, validation=None).load(tmp_path)


def test_a_file_that_is_not_here_is_told(tmp_path):
    with pytest.raises(MissingData, match=r"fra\.txt"):
        Pairs(path="fra.txt").load(tmp_path)


def test_a_test_file_and_a_test_share_do_not_go_together():
    with pytest.raises(ValidationError, match=r"`test` \(=None\) must not be given with `test_path` \(=b.txt\)"):
        Pairs(path="a.txt", test_path="b.txt", test=None)
