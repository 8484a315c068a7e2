from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from dlcli.datasets.data import Classes, Data, NextToken
from dlcli.datasets.splits import folds
from dlcli.datasets.text import Text
from dlcli.errors import DataError

REVIEWS = [f"{'yes' if i % 2 else 'no'} film number w{i} was {'Good' if i % 2 else 'bad'} ." for i in range(40)]


def lines(folder: Path, content: str, encoding: str = "utf-8", **fields: object) -> Data:
    (folder / "reviews.txt").write_bytes(content.encode(encoding))
    return Text(path=str(folder / "reviews.txt"), label="first", encoding=encoding, **fields).load(folder)


def texts(data: Data) -> dict[str, list[str]]:
    assert data.vocabulary is not None
    return {
        name: [" ".join(data.vocabulary[number] for number in row if number) for row in split.x]
        for name, split in data.splits.items()
    }


def test_a_text_in_the_spec_is_one_window(tmp_path):
    data = Text(text="hihello", test=None, validation=None).load(tmp_path)
    assert data.vocabulary == ("<padding>", "<unknown>", "h", "l", "e", "i", "o")
    assert data.target == NextToken(data.vocabulary)
    assert "".join(data.vocabulary[number] for number in data.train.x[0]) == "hihell"
    assert "".join(data.vocabulary[number] for number in data.train.y[0]) == "ihello"
    assert data.validation is data.test is None


def test_lines_with_a_class_each(tmp_path):
    data = lines(tmp_path, "\n".join(REVIEWS) + "\n\n")
    assert data.target == Classes(("no", "yes"))
    assert [len(split) for split in data.splits.values()] == [29, 3, 8]
    assert data.train.x.shape[1] == 6
    for name, split in data.splits.items():
        for row, text in enumerate(texts(data)[name]):
            place = int(split.name_of(row).rpartition("line ")[2].rstrip(",")) - 1
            label, _, written = REVIEWS[place].partition(" ")
            assert data.target.names[split.y[row]] == label
            assert text.split()[-2:] == written.split()[-2:]
            known = name == "train"
            assert text.split()[2] == (written.split()[2] if known else "<unknown>")
    assert "of which" not in str(data.remarks)
    assert data.remarks[0].startswith("words that are not in the vocabulary: 16.7% in validation, 16.7% in test")


def test_fields_of_lines(tmp_path):
    data = lines(tmp_path, "\n".join(REVIEWS), lowercase=True, length=5, vocabulary=4)
    assert data.vocabulary is not None
    assert len(data.vocabulary) == 6
    assert data.vocabulary[-1] in ("good", "bad")
    assert data.train.x.shape[1] == 5
    data = lines(tmp_path, "1\tab\n10\tcd\n2\tef\n" * 4, delimiter="\t", by="characters", duplicates="allow")
    assert data.target == Classes(("1", "2", "10"))
    (tmp_path / "more.txt").write_text("no film\nyes film\n")
    data = lines(tmp_path, "\n".join(REVIEWS), test_path=str(tmp_path / "more.txt"))
    assert texts(data)["test"] == ["film", "film"]


def test_lines_end_at_newlines_alone_and_windows_ones_are_newlines(tmp_path):
    data = lines(tmp_path, "no caf\xe9 \x85 one\r\nyes two\r\n" * 5, "latin-1", validation=None, test=None)
    assert len(data.train) == 10
    assert set(texts(data)["train"]) == {"caf\xe9 one", "two"}


def test_a_fold_does_not_know_the_words_that_only_others_have(tmp_path):
    data = lines(tmp_path, "\n".join(REVIEWS), validation=None, test=None)
    for fold in folds(data, 4, seed=0):
        assert fold.test is not None
        assert (fold.test.x[:, 2] == 1).all()
        assert len(fold.vocabulary or ()) == len(data.vocabulary or ())


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        ("no film\nyes\n", "utf-8", r"reviews.txt, line 2: 'yes' has no text after a label and ' '"),
        ("no film\n  film\n", "utf-8", r"line 2: '  film' has no label"),
        ("\n \n", "utf-8", r"reviews.txt holds no text"),
        (
            "no film\nyes caf\xe9\n",
            "latin-1",
            r"reviews.txt, line 2: the byte 0xe9 cannot be read as utf-8; name .* latin-1",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path, content, encoding, message):
    (tmp_path / "reviews.txt").write_bytes(content.encode(encoding))
    with pytest.raises(DataError, match=message):
        Text(path=str(tmp_path / "reviews.txt"), label="first").load(tmp_path)


def test_a_part_too_short_to_predict_in_is_named(tmp_path):
    with pytest.raises(DataError, match=r"`text`: the validation split has 1 characters; .* dataset.validation=null"):
        Text(text="hihello", test=None).load(tmp_path)
    with pytest.raises(DataError, match=r"`test` \(={fraction: 0.9, by: time}\) leaves nothing"):
        Text(text="abc", test={"fraction": 0.9}).load(tmp_path)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, r"either `path` \(=None\) or `text` \(=None\)"),
        ({"text": "abc", "path": "a.txt"}, r"either `path` \(=a.txt\) or `text` \(=abc\)"),
        ({"text": "abc", "label": "first"}, r"`text` \(=abc\) must be a running text"),
        ({"path": "a.txt", "length": 5}, r"`length` \(=5\) is for lines with a class"),
        ({"path": "a.txt", "test_path": "b.txt"}, r"`test_path` \(=b.txt\) is for lines with a class"),
        ({"path": "a.txt", "label": "first", "steps": 9}, r"`steps` \(=9\) is for a running text"),
        ({"path": "a.txt", "stride": 65}, r"`stride` \(=65\) must be at most `steps` \(=64\)"),
        ({"path": "a.txt", "validation": {"by": "chance"}}, r"`validation` \(={by: chance}\) must be a fraction alone"),
        ({"path": "a.txt", "test": {"groups": (1,)}}, r"`test` \(={groups: \[1\]}\) must be a fraction alone"),
        ({"path": "a.txt", "encoding": "utf-9"}, r"`encoding` \(='utf-9'\) must be a text encoding"),
        (
            {"path": "a.txt", "label": "first", "test_path": "b.txt", "test": {"fraction": 0.3}},
            r"`test` \(=.*\) must not be given with `test_path` \(=b.txt\)",
        ),
    ],
)
def test_fields_that_do_not_fit_together_are_refused(fields, message):
    with pytest.raises(ValidationError, match=message):
        Text(**fields)


@pytest.mark.parametrize("fields", [{"path": "a.txt"}, {"path": "a.txt", "label": "first", "test_path": "b.txt"}])
def test_the_stand_in_is_read_as_the_file_would_be(tmp_path, fields, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spec = Text(**fields)
    spec.write_stand_in(tmp_path)
    data = spec.load(tmp_path)
    assert len(data.train) > 50
    assert set(data.splits) == {"train", "validation", "test"}
    assert spec.outlook().predicts == ("classes" if spec.label else "tokens")
