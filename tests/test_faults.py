"""Mistakes in a plugin's code are told with their line there; mistakes of dlcli's own are not hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlcli.errors import DataError, UsageError
from dlcli.faults import is_plugin_source, made, place_of_class, plugin_faults, said


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What a plugin of five lines defines, of which one calls back."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "p.py"
    path.write_text("def fail():\n    return 1 / 0\n\ndef call(other):\n    other()\n")
    is_plugin_source(path)
    found: dict[str, object] = {}
    exec(compile(path.read_text(), str(path), "exec"), found)
    return found


def test_an_error_has_the_last_line_of_the_plugin_it_came_through(calls: dict[str, object]) -> None:
    with pytest.raises(DataError, match=r"^p\.py:2: ZeroDivisionError: division by zero$"), plugin_faults(DataError):
        calls["fail"]()  # type: ignore[operator]
    with pytest.raises(DataError, match=r"^p\.py:5: ValueError: of a library$"), plugin_faults(DataError):
        calls["call"](lambda: (_ for _ in ()).throw(ValueError("of a library")))  # type: ignore[operator]


def test_what_dlcli_can_explain_and_what_no_plugin_did_stay_as_they_are(calls: dict[str, object]) -> None:
    def refuse() -> None:
        raise UsageError("no")

    with pytest.raises(UsageError, match=r"^no$"), plugin_faults(DataError):
        calls["call"](refuse)  # type: ignore[operator]
    with pytest.raises(ZeroDivisionError), plugin_faults(DataError):
        _ = 1 / 0


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("", "ValueError"),
        ("one\ntwo", "ValueError: one two"),
        ("one\n\ntwo", "ValueError: one"),
        (
            "Exception encountered when calling A.call().\n\n\x1b[1mno\x1b[0m\n\nArguments received",
            "ValueError: Exception encountered when calling A.call(). no",
        ),
        (
            'in user code:\n\n    File "a.py", line 3, in f  *\n        g()\n\n    ValueError: Exception encountered '
            "when calling A.call().\n    \n    no\n    \n    Arguments received by A.call():\n      • x=3\n",
            "ValueError: Exception encountered when calling A.call(). no",
        ),
        ("x" * 500, f"ValueError: {'x' * 397}..."),
    ],
)
def test_long_errors_are_told_in_one_line(text: str, short: str) -> None:
    assert said(ValueError(text)) == short


def test_what_a_part_builds_is_looked_at() -> None:
    assert made(Path("p"), 3, int, "a number") == 3
    with pytest.raises(Exception, match=r"pathlib\.py:\d+: \w+ gave str; expected a number$"):
        made(Path("p"), "3", int, "a number")
    assert place_of_class(Path).split(":")[0].endswith("pathlib.py")
