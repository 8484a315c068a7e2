"""Downloads from a server on this machine: resumed, from the next mirror, checked; and what is said in the end."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from dlcli.datasets.files import download as module
from dlcli.datasets.files.download import PublishedFile, download, obtain, offline
from dlcli.errors import MissingData
from dlcli.runs.lock import Lock

CONTENT = np.random.default_rng(0).bytes(300_000)
FILE = PublishedFile("set.bin", len(CONTENT), f"sha256:{hashlib.sha256(CONTENT).hexdigest()}")


class Server(ThreadingHTTPServer):
    """Serves CONTENT, each first folder of an address in another way; keeps the requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[tuple[str, str | None]] = []
        self.cuts = 0

    def at(self, way: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{way}/"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        """Not on the screen of the tests."""

    def do_GET(self) -> None:
        way, wanted = self.path.split("/")[1], self.headers.get("Range")
        self.server.requests.append((way, wanted))
        if way == "missing":
            self.send_error(404)
            return
        content = {"wrong": CONTENT[::-1], "large": CONTENT + b"x", "short": CONTENT[:-5]}.get(way, CONTENT)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and way != "no_ranges" else 0
        shift = 7 if way == "shifted" else 0
        if wanted and way != "no_ranges":
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start + shift}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        body = content[start + shift :]
        if way != "large":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if way == "cut" or (way == "cut_once" and self.server.cuts == 0):
            self.server.cuts += 1
            body = body[: len(body) // 2]
        self.wfile.write(body)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.delenv("DLCLI_OFFLINE", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "set.bin.part"


def test_a_file_arrives_whole_in_a_folder_that_is_made(server: Server, tmp_path: Path) -> None:
    path = download(FILE, [server.at("good")], tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "set.bin"
    assert path.read_bytes() == CONTENT
    assert [each.name for each in path.parent.iterdir()] == ["set.bin"]


def test_a_cut_connection_is_taken_up_where_it_ended(server: Server, tmp_path: Path) -> None:
    assert download(FILE, [server.at("cut_once")], tmp_path).read_bytes() == CONTENT
    assert server.requests == [("cut_once", None), ("cut_once", "bytes=150000-")]


def test_the_next_run_goes_on_where_the_last_one_ended(server: Server, tmp_path: Path, part: Path) -> None:
    with pytest.raises(MissingData, match=r"/cut/set\.bin: it ended after 262500 of 300000 bytes"):
        download(FILE, [server.at("cut")], tmp_path)
    assert not (tmp_path / "set.bin").exists()
    assert part.read_bytes() == CONTENT[:262500]
    assert download(FILE, [server.at("good")], tmp_path).read_bytes() == CONTENT
    assert server.requests[-1] == ("good", "bytes=262500-")


def test_a_server_without_ranges_sends_all_of_it_again(server: Server, tmp_path: Path, part: Path) -> None:
    part.write_bytes(CONTENT[:1000])
    assert download(FILE, [server.at("no_ranges")], tmp_path).read_bytes() == CONTENT
    assert server.requests == [("no_ranges", "bytes=1000-")]


def test_another_range_than_asked_for_is_not_taken(server: Server, tmp_path: Path, part: Path) -> None:
    part.write_bytes(CONTENT[:1000])
    with pytest.raises(MissingData, match=r"bytes from 1000 were asked for, got bytes 1007-"):
        download(FILE, [server.at("shifted")], tmp_path)
    assert part.read_bytes() == CONTENT[:1000]


@pytest.mark.parametrize("first", ["missing", "wrong", "short", "cut", "large"])
def test_where_the_first_mirror_fails_the_second_is_used(server: Server, tmp_path: Path, first: str) -> None:
    assert download(FILE, [server.at(first), server.at("good")], tmp_path).read_bytes() == CONTENT
    assert {way for way, _ in server.requests} == {first, "good"}
    assert [each.name for each in tmp_path.iterdir()] == ["set.bin"]


def test_a_part_that_is_whole_needs_no_server(tmp_path: Path, part: Path) -> None:
    part.write_bytes(CONTENT)
    assert download(FILE, ["http://127.0.0.1:9/"], tmp_path).read_bytes() == CONTENT


def test_a_part_of_another_file_is_thrown_away(server: Server, tmp_path: Path, part: Path) -> None:
    part.write_bytes(b"<html>" * 100)
    assert download(FILE, [server.at("good")], tmp_path).read_bytes() == CONTENT
    assert server.requests == [("good", "bytes=600-"), ("good", None)]


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("missing", "HTTP 404 Not Found"),
        ("wrong", f"its sha256 is {hashlib.sha256(CONTENT[::-1]).hexdigest()}, expected {FILE.digest[7:]}"),
        ("large", "it is larger than 300000 bytes, which set.bin has"),
    ],
)
def test_nothing_is_left_of_what_is_not_the_file(server: Server, tmp_path: Path, way: str, reason: str) -> None:
    with pytest.raises(MissingData, match=reason):
        download(FILE, [server.at(way)], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_md5_is_checked_where_publishers_name_that(server: Server, tmp_path: Path) -> None:
    right = PublishedFile("a", len(CONTENT), f"md5:{hashlib.md5(CONTENT).hexdigest()}")
    wrong = PublishedFile("b", len(CONTENT), f"md5:{'0' * 32}")
    assert download(right, [server.at("good")], tmp_path).read_bytes() == CONTENT
    with pytest.raises(MissingData, match=f"its md5 is {right.digest[4:]}, expected {'0' * 32}; it was deleted"):
        download(wrong, [server.at("good")], tmp_path)


def test_a_file_address_is_a_mirror_too(server: Server, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "set.bin").write_bytes(CONTENT)
    path = download(FILE, [f"{(tmp_path / 'there').as_uri()}/"], tmp_path / "here")
    assert path.read_bytes() == CONTENT


def test_a_server_that_does_not_answer_is_given_up(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr(Handler, "do_GET", lambda self: threading.Event().wait(0.5))
    with pytest.raises(MissingData, match=r"/silent/set\.bin: timed out"):
        download(FILE, [server.at("silent")], tmp_path)


def test_two_processes_do_not_write_one_part(server: Server, tmp_path: Path, part: Path) -> None:
    other = Lock(part)
    assert other.acquire()
    with pytest.raises(MissingData, match=r"another process is downloading .*set\.bin\.part; start again"):
        download(FILE, [server.at("good")], tmp_path)
    other.release()
    assert download(FILE, [server.at("good")], tmp_path).read_bytes() == CONTENT


def test_a_folder_that_cannot_be_made_is_named(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MissingData, match=r"file/below cannot be written to: Not a directory"):
        download(FILE, [server.at("good")], tmp_path / "file" / "below")


def test_offline_asks_no_server(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLCLI_OFFLINE", "1")
    with pytest.raises(MissingData, match="DLCLI_OFFLINE=1 forbids downloads"):
        download(FILE, [server.at("good")], tmp_path / "folder")
    assert server.requests == []
    assert not (tmp_path / "folder").exists()


def test_only_what_is_absent_is_fetched(server: Server, tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    mine = PublishedFile("mine", 4, "sha256:0")
    obtain("toy", [mine, FILE], [server.at("good")], tmp_path, tmp_path, "nothing")
    assert (tmp_path / "mine").read_bytes() == b"mine"
    assert (tmp_path / "set.bin").read_bytes() == CONTENT
    assert len(server.requests) == 1


def test_one_screen_says_what_is_missing_why_and_what_to_type(server: Server, tmp_path: Path) -> None:
    mirrors = [server.at("missing"), server.at("wrong")]
    with pytest.raises(MissingData) as caught:
        obtain("toy", [FILE], mirrors, tmp_path / "toy", tmp_path, "the folder set/")
    assert caught.value.exit_code == 3
    text = str(caught.value)
    for needed in (
        "dataset toy",
        str(tmp_path.absolute()),
        f"{mirrors[0]}set.bin",
        f"sha256 {FILE.digest[7:]}",
        "the folder set/",
        "HTTP 404",
        f"{mirrors[1]}set.bin: its sha256 is",
        "--data-dir DIR",
        "DLCLI_DATA=DIR",
        "--smoke",
        "dlcli train configs/har_lstm.yaml",
    ):
        assert needed in text
    assert len(text.splitlines()) <= 24


def test_progress_is_for_terminals_only(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    download(FILE, [server.at("good")], tmp_path / "silent")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    download(FILE, [server.at("good")], tmp_path / "live")
    out, err = capsys.readouterr()
    assert out == ""
    assert "downloading set.bin" in err


def test_a_file_of_unknown_size_begins_anew_and_has_a_limit(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = PublishedFile("set.bin", None, FILE.digest, at=server.at("whole") + "set.bin?raw=1")
    (tmp_path / "set.bin.part").write_bytes(b"half of something")
    assert download(file, [""], tmp_path).read_bytes() == CONTENT
    assert server.requests == [("whole", None)]
    (tmp_path / "set.bin").unlink()
    monkeypatch.setattr(module, "_LIMIT_BYTES", 1000)
    with pytest.raises(MissingData, match="larger than 1000 bytes, the limit"):
        download(file, [""], tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_is_downloaded_where_that_is_forbidden_for_a_while(server: Server, tmp_path: Path) -> None:
    with offline(), pytest.raises(MissingData, match="nothing is downloaded for a smoke run"):
        download(FILE, [server.at("whole")], tmp_path)
    assert not server.requests
    assert download(FILE, [server.at("whole")], tmp_path).exists()
