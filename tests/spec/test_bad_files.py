"""Files that are no specs, or are made to break what reads them: each is refused at once, with a place in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dlcli.cli import main
from dlcli.spec import load
from dlcli.spec.reading import parse
from tests.spec.problems import REST, problem, problems

BOMB = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10)
)
DEEP = "values are nested too deeply, or hold themselves"
MUCH = "this is more than 10000 values, aliases counted in full"
SIXTY_FOUR_BITS = "expected a whole number from -2^63 to 2^63 - 1, got"

BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "1:1: the file is empty; expected keys"),
    "only comments": (b"# nothing\n", "1:1: the file is empty; expected keys"),
    "a list": (b"- dataset\n- model\n", "1:1: the file holds a list; expected keys"),
    "tabs": (b"dataset: hapt\nmodel:\n\ttype: lstm\n", "3:1: not YAML: a tab cannot indent; use spaces"),
    "levels of lists": (b"a: " + b"[" * 10_000, f"1:44: {DEEP}"),
    "levels of mappings": (b"a: " + b"{a: " * 10_000 + b"}" * 10_000, f"1:161: {DEEP}"),
    "levels of dashes": (b"a:\n  " + b"- " * 10_000 + b"x", f"2:83: {DEEP}"),
    "levels of indentation": (b"".join(b" " * i + b"a:\n" for i in range(400)), f"41:41: {DEEP}"),
    "levels of keys": (b"? " * 10_000, f"1:83: {DEEP}"),
    "a billion laughs": (BOMB.encode(), f"1:16: {MUCH}"),
    "a mapping in itself": (b"a: &a {b: *a}", f"1:4: {DEEP}"),
    "more values than any spec has": (b"a: [" + b"8, " * 60_000 + b"]", f"1:29996: {MUCH}"),
    "a Python object": (
        b"dataset: hapt\nmodel: lstm\nname: !!python/object/apply:os.system [exit]\n",
        "3:7: the tag !!python/object/apply:os.system does not fit here",
    ),
    "NUL bytes": (b"dataset: hapt\nmodel: ls\0tm\n", "2:10: not YAML: the character '\\x00' is not allowed"),
    "latin-1": ("dataset: hapt\nname: Prüfung\n".encode("latin-1"), "2:9: this is not UTF-8 text (byte 0xfc"),
    "UTF-16": ("dataset: hapt\n".encode("utf-16"), "1:1: this is not UTF-8 text (byte 0xff"),
    "UTF-16 without a mark": ("dataset: hapt\n".encode("utf-16-le"), "1:2: not YAML: the character '\\x00'"),
    "a list as a key": (b"[a, b]: 1\n", "1:1: a key must be a single word or number"),
    "a mapping as a key": (b"{a: b}: 1\n", "1:1: a key must be a single word or number"),
}


@pytest.fixture(scope="module")
def long_enough() -> float:
    """Seconds that reading the largest of specs takes here, five times over."""
    start = time.process_time()
    parse(f"a: [{'8, ' * 9990}]", "s.yaml")
    return 5 * (time.process_time() - start)


def refused(path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, long_enough: float) -> str:
    """What `dlcli validate` says of a file, in one line for each problem."""
    monkeypatch.setattr("sys.argv", ["dlcli", "validate", "--json", str(path)])
    start = time.process_time()
    with pytest.raises(SystemExit) as ended:
        main()
    assert time.process_time() - start < long_enough
    assert ended.value.code == 2
    (listed,) = json.loads(capsys.readouterr().out)
    lines = path.read_bytes().decode("utf-8", errors="replace").split("\n") if path.is_file() else [""]
    for each in listed["problems"]:
        assert 1 <= each["line"] <= len(lines)
        assert 1 <= each["column"] <= len(lines[each["line"] - 1]) + 1
    return "\n".join(f"{each['line']}:{each['column']}: {each['message']}" for each in listed["problems"])


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_no_spec_is_refused_at_once_with_a_place_in_it(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, long_enough: float
) -> None:
    content, said = BAD[kind]
    path = tmp_path / "s.yaml"
    path.write_bytes(content)
    assert refused(path, capsys, monkeypatch, long_enough).startswith(said)


def test_what_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, long_enough: float
) -> None:
    big = tmp_path / "big.yaml"
    big.write_bytes(b"# 10 MB\n" * 1_250_000)
    assert "is larger than 200 kB" in refused(big, capsys, monkeypatch, long_enough)
    assert "cannot be read (Is a directory)" in refused(tmp_path, capsys, monkeypatch, long_enough)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_nobody_may_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(REST)
    path.chmod(0)
    monkeypatch.setattr("sys.argv", ["dlcli", "validate", str(path)])
    with pytest.raises(SystemExit):
        main()
    assert f"{path}:1:1: cannot be read (Permission denied)" in capsys.readouterr().err


def test_the_ends_of_lines_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(REST)
    plain = load(path)
    for content in (REST.replace("\n", "\r\n"), f"\ufeff{REST}", REST.replace("\n", "\r")):
        path.write_bytes(content.encode())
        assert load(path) == plain


@pytest.mark.parametrize("number", [".inf", "-.inf", ".nan", "1e400"])
def test_a_number_that_is_not_finite_is_refused_where_it_stands(number: str) -> None:
    said = problem(f"{REST}optimizer: {{type: adam, learning_rate: {number}}}")
    assert said.startswith("s.yaml:3:40: `optimizer.learning_rate`: expected a finite number, got ")
    assert problem(f"{REST}train: {{epochs: {number}}}").startswith(
        "s.yaml:3:17: `train.epochs`: expected a whole number, got "
    )


@pytest.mark.parametrize(
    "spec",
    [
        "dataset: hapt\nmodel: lstm\nseed: {}",
        "dataset: hapt\nmodel: lstm\nfolds: {}",
        "dataset: hapt\nmodel: lstm\ntrain: {{epochs: {}}}",
        "dataset: hapt\nmodel: lstm\ntrain: {{batch_size: {}}}",
        "dataset: hapt\nmodel: {{type: mlp, units: [{}]}}",
        "dataset: hapt\nmodel: {{type: sequential, layers: [Dense: {{units: {}}}]}}",
        "dataset: {{type: mnist, split_seed: {}}}\nmodel: lstm",
        "dataset: {{type: images, path: a, size: [{0}, 2]}}\nmodel: cnn",
    ],
)
def test_a_whole_number_of_more_than_64_bits_is_refused_where_it_stands(spec: str) -> None:
    for number in (99999999999999999999, 2**63, -(2**63) - 1, 10**300):
        text = spec.format(number)
        said = problem(text)
        line = next(i for i, line in enumerate(text.split("\n"), start=1) if str(number) in line)
        column = text.split("\n")[line - 1].index(str(number)) + 1
        assert said.startswith(f"s.yaml:{line}:{column}: {SIXTY_FOUR_BITS} {str(number)[:20]}")


def test_letters_that_only_look_like_others_are_named() -> None:
    (said,) = problems(f"{REST}tr\N{CYRILLIC SMALL LETTER A}in: {{epochs: 3}}")
    assert said == "s.yaml:3:1: unknown key `tr\N{CYRILLIC SMALL LETTER A}in`"
    assert problem("dataset: hapt\nmodel: l\N{CYRILLIC SMALL LETTER DZE}tm").startswith("s.yaml:2:8: `model`: unknown")


def test_of_very_many_mistakes_the_first_hundred_are_told_and_the_others_counted() -> None:
    said = problems(REST + "".join(f"k{i}: {i}\n" for i in range(4000)))
    assert said[99] == "s.yaml:102:1: unknown key `k99`"
    assert said[100:] == ["s.yaml:103:1: here begin 3900 more problems, which are not shown"]


def test_a_very_long_name_is_cut_in_the_message() -> None:
    assert problem(f"{REST}? {'x' * 9000}\n: 1") == f"s.yaml:3:3: unknown key `{'x' * 57}...`"


def test_a_path_of_very_many_keys_on_the_command_line_is_refused() -> None:
    argument = ".".join("a" * 5000) + "=1"
    assert problems(REST, [argument]) == [f"--set {argument}:1:1: {DEEP}"]


def test_a_file_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff.yaml"
    done = subprocess.run([sys.executable, "-m", "dlcli", "validate", path], capture_output=True, timeout=60)
    assert done.returncode == 2
    assert b"there is no such file" in done.stderr
    assert b"Traceback" not in done.stderr
