"""Files are whole or absent."""

from __future__ import annotations

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcli.runs.files import naming, read_json, remove_temporary, replacing, write_json, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_new_content_is_there_when_the_block_ends_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("before", ["old", None])
def test_a_failure_leaves_what_was_there_and_no_trace(
    tmp_path: Path, error: type[BaseException], before: str | None
) -> None:
    path = tmp_path / "a.txt"
    if before is not None:
        path.write_text(before)

    def fail() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise error("stop")

    with pytest.raises(error, match="stop"):
        fail()
    assert (path.read_text() if path.exists() else None) == before
    assert names(tmp_path) == (["a.txt"] if before else [])


def test_a_failure_to_move_the_file_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError, match="no"):
        write_text(tmp_path / "a.txt", "x")
    assert names(tmp_path) == []


def test_a_failure_that_names_no_file_gets_the_name_of_the_one_that_was_to_be_written(tmp_path: Path) -> None:
    def fill() -> None:
        with replacing(tmp_path / "a.txt"):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match=r"No space left on device: '.*/a\.txt'"):
        fill()
    with pytest.raises(OSError, match="'other'"), naming(tmp_path / "a.txt"):
        raise OSError(errno.ENOSPC, "No space left on device", "other")


def test_content_is_on_disk_before_the_name_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (done.append("sync"), fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append("name"), replace(a, b)))
    write_text(tmp_path / "a.txt", "x")
    assert done == ["sync", "name"]


def test_nothing_is_made_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_text(tmp_path / "gone" / "a.txt", "x")
    assert names(tmp_path) == []


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_files_get_the_rights_that_the_user_gives_new_files(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_text(tmp_path / "a.txt", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o666 & ~mask


def test_threads_that_write_at_once_disturb_neither_each_other_nor_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda i: write_text(tmp_path / "one.txt", str(i) * 1000), range(100)))
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    text = (tmp_path / "one.txt").read_text()
    assert text == text[:1] * 1000 or text == text[:2] * 1000
    assert names(tmp_path) == ["one.txt"]
    assert stat.S_IMODE((tmp_path / "one.txt").stat().st_mode) == 0o644


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    kept = ["a.tmp", "b.json", "sub/.hidden", "sub/model.keras"]
    for name in [*kept, ".b.json.0a1b2c3d.tmp", ".model.tmp.keras", "sub/.step-1.npz.0a1b2c3d.tmp"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    remove_temporary(tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == kept


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(_json)
def test_json_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.getbasetemp() / "value.json"
    write_json(path, value)
    assert read_json(path) == value


def test_json_is_written_for_people_to_read(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"name": "ü", "n": [1]})
    assert (tmp_path / "a.json").read_bytes() == '{\n  "name": "ü",\n  "n": [\n    1\n  ]\n}\n'.encode()
