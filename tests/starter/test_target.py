"""What is predicted is what the column holds, and what it does not hold is refused with a value of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from dlcli.errors import UsageError
from dlcli.starter.table import open_table, suggest

RANKS = ["low", "mid", "high"] * 6
NUMBERS = [f"{i}.5" for i in range(30)]


def predicted(folder: Path, values: Sequence[str], task: str | None, target: str | None = "y") -> tuple[object, str]:
    (folder / "t.csv").write_text("a,y\n" + "".join(f"{i % 5},{value}\n" for i, value in enumerate(values)))
    look = suggest(open_table(folder / "t.csv"), target, task)
    return look.fields["task"], look.notes[1]


@pytest.mark.parametrize(
    ("values", "task", "found", "why"),
    [
        (RANKS, None, "classes", "as classes: it holds text"),
        (NUMBERS, None, "reals", "as numbers: it holds numbers with decimals"),
        (["1", "2", "3"] * 10, None, "classes", "as classes: it holds 3 different whole numbers in 30 examples"),
        (["1", "2", "3"] * 10, "reals", "reals", "as numbers: --task reals says so"),
        (["1", "2", "?x"] * 10, None, "classes", "as classes: it holds text"),
        (["1", "2"] * 30 + ["none"], None, "classes", "as classes: it holds text"),
    ],
)
def test_the_task_is_found_or_taken_as_given(
    values: list[str], task: str | None, found: str, why: str, tmp_path: Path
) -> None:
    assert predicted(tmp_path, values, task) == (found, f"predicts `y` {why}")


@pytest.mark.parametrize(
    ("values", "task", "said"),
    [
        (
            RANKS, "reals",
            r"^--task reals: the target `y` holds text, such as 'low' \({path}, line 2\); predict classes with "
            r"--task classes, or name another column with --target$",
        ),
        (
            [*NUMBERS, "n/a"], None,
            r"^the target `y` holds numbers, but in 1 of 31 rows none, such as 'n/a' \({path}, line 32\); mend",
        ),
        ([*NUMBERS, "n/a"], "reals", r"^the target `y` holds numbers, but in 1 of 31 rows none, such as 'n/a'"),
        (
            NUMBERS, "classes",
            r"^--task classes: the target `y` holds 30 different values in 30 rows, such as '0\.5' \({path}, line 2\), "
            r"but each class needs several examples; predict numbers with --task reals, or name another column",
        ),
        (
            [f"p{i}" for i in range(30)], None,
            r"^the target `y` holds 30 different values in 30 rows, such as 'p0' .* examples; name another column",
        ),
        (["one"] * 20, None, r"{path}: the target `y` holds 'one' in every row, so there is nothing to predict; name"),
        (["NA"] * 20, "reals", r"{path}: the target `y` holds no value in any row, so there is nothing to predict"),
    ],
)  # fmt: skip
def test_what_the_column_does_not_hold_is_refused(
    values: list[str], task: str | None, said: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=said.replace("{path}", str(tmp_path / "t.csv"))):
        predicted(tmp_path, values, task)


def test_a_column_that_nobody_named_is_said_to_be_the_last(tmp_path: Path) -> None:
    assert "predicts `y`, the last column, as classes" in predicted(tmp_path, RANKS, None, target=None)[1]
    with pytest.raises(UsageError, match=r"the target `y`, the last column, holds text, such as 'low'"):
        predicted(tmp_path, RANKS, "reals", target=None)
