"""Which texts may be lines with a class each."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.starter import lines
from dlcli.starter.lines import about_lines


def said(folder: Path, text: str) -> str:
    (folder / "a.txt").write_text(text)
    return " ".join(about_lines(folder / "a.txt"))


def test_words_that_begin_many_lines_each_may_be_classes(tmp_path: Path) -> None:
    text = "".join(f"{'good' if n % 3 else 'bad'} film number {n}\n\n" for n in range(10))
    told = said(tmp_path, text)
    assert told.startswith("every line begins with one of 2 words, such as `bad`: if these are classes")
    assert "`label: first` in `dataset`" in told
    assert "`model: {type: text_cnn, filters: 64}`" in told


@pytest.mark.parametrize(
    "text",
    [
        "good film\nbad film\n" * 4 + "fine film\n",
        "good film\n" * 10,
        "good film\nbad film\n" * 10 + "good\n",
        "".join(f"word{n} follows\n" for n in range(200)),
        "".join(f"word{n} follows\n" for n in range(60)) * 9,
        "",
    ],
    ids=["too few of each", "one alone", "nothing after one", "all different", "too many", "empty"],
)
def test_of_other_texts_nothing_is_said(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, text) == ""


def test_a_line_that_is_cut_off_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "good film\nbad film\n" * 10
    monkeypatch.setattr(lines, "_BYTES", len(text) + 2)
    assert "one of 2 words" in said(tmp_path, f"{text}go away")


def test_what_cannot_be_read_is_left_to_who_loads_it(tmp_path: Path) -> None:
    assert about_lines(tmp_path) == about_lines(tmp_path / "none.txt") == ()
