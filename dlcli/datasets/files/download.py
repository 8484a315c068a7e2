"""Fetches the files of a published dataset, and says what to do where that cannot be.

The environment's DLCLI_OFFLINE=1 forbids downloads.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from dlcli.errors import MissingData
from dlcli.runs.lock import Lock

TIMEOUT_SECONDS = 20
_ATTEMPTS = 3
_BLOCK_BYTES = 2**16
_LIMIT_BYTES = 2**31
_allowed = ContextVar("downloads are allowed", default=True)


@contextmanager
def offline() -> Iterator[None]:
    """While entered, nothing is downloaded."""
    token = _allowed.set(False)
    try:
        yield
    finally:
        _allowed.reset(token)


@dataclass(frozen=True)
class PublishedFile:
    """A file as its publishers offer it.

    size_bytes: its size; whatever turns out larger is not this file. Where it is not known, 2 GiB are the limit, and a
    download that was cut off begins anew.
    digest: the checksum its publishers name, such as "sha256:440f..." or "md5:8d4f...".
    at: what is added to a mirror's address, where that is not the name.
    """

    name: str
    size_bytes: int | None
    digest: str
    at: str | None = None

    def address(self, mirror: str) -> str:
        """Where a mirror has it."""
        return mirror + (self.name if self.at is None else self.at)


def obtain(
    dataset: str, files: Sequence[PublishedFile], mirrors: Sequence[str], into: Path, looked_in: Path, instead: str
) -> None:
    """Downloads those of the files that are not in the folder `into`.

    mirrors: addresses to which a file's name is added, in the order in which they are tried.
    looked_in, instead: the data folder, in which nothing was found, and what else would have done; for the message.
    Raises MissingData where one cannot be had: what is missing, why, and what to type.
    """
    for file in files:
        try:
            if not (into / file.name).exists():
                download(file, mirrors, into)
        except MissingData as error:
            raise MissingData(_what_to_do(dataset, files, mirrors[0], looked_in, instead, str(error))) from error


def download(file: PublishedFile, mirrors: Sequence[str], folder: Path) -> Path:
    """Path of the file, fetched from the first mirror that has it.

    Until it is whole and its checksum right, it is called `<name>.part`; the next attempt goes on where that ends.
    Raises MissingData with the reason of each mirror.
    """
    if os.environ.get("DLCLI_OFFLINE") == "1":
        raise MissingData("DLCLI_OFFLINE=1 forbids downloads")
    if not _allowed.get():
        raise MissingData("nothing is downloaded for a smoke run")
    target, part = folder / file.name, folder / f"{file.name}.part"
    lock = Lock(part)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = lock.acquire()
    except OSError as error:
        raise MissingData(f"{folder} cannot be written to: {error.strerror}") from error
    if not free:
        raise MissingData(f"another process is downloading {part}; start again when it is done")
    reasons = []
    try:
        with _progress(file) as report:
            for mirror in mirrors:
                reason = _fetch(file.address(mirror), file, part, report)
                if reason is None:
                    part.replace(target)
                    return target
                reasons.append(f"{file.address(mirror)}: {reason}")
    finally:
        lock.release()
        if part.exists() and part.stat().st_size == 0:
            part.unlink()
    raise MissingData("\n".join(reasons))


def _fetch(url: str, file: PublishedFile, part: Path, report: Callable[[int], None]) -> str | None:
    """Completes the part from one mirror; why not, or None. Goes on as long as it gets further."""
    import http.client

    reason: str | None = None
    for _ in range(_ATTEMPTS):
        before = part.stat().st_size
        try:
            if file.size_bytes is None:
                os.truncate(part, 0)
            if file.size_bytes is None or before < file.size_bytes:
                _transfer(url, file, part, report)
            reason = _wrong(file, part)
            if reason is None:
                return None
            os.truncate(part, 0)
            if before == 0:
                break
            # What was there before may have been of another file: once more from the start.
        except (OSError, http.client.HTTPException) as error:
            reason = _reason(error)
            if part.stat().st_size <= before:
                break
    return reason


def _transfer(url: str, file: PublishedFile, part: Path, report: Callable[[int], None]) -> None:
    """Adds to the part what it lacks, or all of it where the server does not serve parts."""
    import http
    import urllib.request

    start = part.stat().st_size
    headers = {"User-Agent": "dlcli"} | ({"Range": f"bytes={start}-"} if start else {})
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT
        if resumed and not re.match(rf"bytes {start}-", response.headers.get("Content-Range", "")):
            raise OSError(f"bytes from {start} were asked for, got {response.headers.get('Content-Range')}")
        done = start if resumed else 0
        with part.open("ab" if resumed else "wb") as out:
            while block := response.read(_BLOCK_BYTES):
                done += len(block)
                if done > (file.size_bytes or _LIMIT_BYTES):
                    out.truncate(0)
                    has = f"which {file.name} has" if file.size_bytes else "the limit"
                    raise OSError(f"it is larger than {file.size_bytes or _LIMIT_BYTES} bytes, {has}")
                out.write(block)
                report(done)
            out.flush()
            os.fsync(out.fileno())
    if file.size_bytes is not None and done < file.size_bytes:
        raise OSError(f"it ended after {done} of {file.size_bytes} bytes")


def _wrong(file: PublishedFile, part: Path) -> str | None:
    """What is wrong with a complete part, or None."""
    kind, wanted = file.digest.split(":")
    with part.open("rb") as content:
        found = hashlib.file_digest(content, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
    return None if found == wanted else f"its {kind} is {found}, expected {wanted}; it was deleted"


def _reason(error: Exception) -> str:
    import urllib.error

    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__


@contextmanager
def _progress(file: PublishedFile) -> Iterator[Callable[[int], None]]:
    """A live line on a terminal, nothing elsewhere; takes the number of bytes that are here."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as live:
        task = live.add_task(f"downloading {file.name}", total=file.size_bytes)
        yield lambda done: live.update(task, completed=done)


def _what_to_do(
    dataset: str, files: Sequence[PublishedFile], mirror: str, looked_in: Path, instead: str, why: str
) -> str:
    one = len(files) == 1
    return "\n".join(
        [
            f"dataset {dataset}: {'its file is' if one else 'its files are'} not here and could not be downloaded",
            f"looked in {looked_in.absolute()} and the folders one down in it for",
            *(line for file in files for line in _described(file, mirror)),
            *([f"  (or {instead})"] if instead else []),
            "it failed because",
            *(f"  {line}" for line in why.splitlines()),
            f"What to do: put {'that file' if one else 'these files'} there, or name the folder where "
            f"{'it is' if one else 'they are'}: --data-dir DIR, or DLCLI_DATA=DIR in the environment.",
            "Without this data, --smoke runs the spec on made-up examples, and this command works right now,",
            "as its data comes with dlcli:",
            "  dlcli train configs/har_lstm.yaml",
        ]
    )


def _described(file: PublishedFile, mirror: str) -> list[str]:
    size = "" if file.size_bytes is None else f", {file.size_bytes} bytes"
    return [f"  {file.address(mirror)}", f"    {file.digest.replace(':', ' ')}{size}"]
