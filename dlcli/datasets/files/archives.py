"""Reads chosen members of a folder, a zip, a zip inside a zip or a tar.gz, without unpacking anything to disk."""

from __future__ import annotations

import gzip
import io
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dlcli.errors import DataError

MEMBER_BYTES = 2**27
"""Most that one member may have once it is unpacked."""
TOTAL_BYTES = 2**29
"""Most that all the members asked for may have, and all that lies before them in a tar.gz."""

_DAMAGE = (OSError, EOFError, RuntimeError, ValueError, LookupError)


def read_members(path: Path, wanted: Collection[str], inner: str | None = None) -> Iterator[tuple[str, bytes]]:
    """Name and content of the members wanted, one at a time, in the archive's order.

    path: an archive, or a folder unpacked from one; the members' names begin with its name.
    inner: the zip inside the zip that has them; where the outer has no such member, it has them itself.
    Raises DataError where one is missing, the archive is damaged, a name leads out of the archive, a member is
    neither file nor folder, or one or all are larger than `MEMBER_BYTES` and `TOTAL_BYTES`.
    """
    left = set(wanted)
    for name, content in _members(path, left, inner):
        left.discard(name)
        yield name, content
    if left:
        raise DataError(f"{path} lacks {min(left)}" + (f" and {len(left) - 1} more" if len(left) > 1 else ""))


def _members(path: Path, wanted: Collection[str], inner: str | None) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        return _of_folder(path, sorted(wanted))
    if path.name.endswith(".zip"):
        return _of_zip(path, frozenset(wanted), inner)
    return _of_tar(path, frozenset(wanted))


def _of_folder(path: Path, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
    budget = _Budget(path)
    for name in wanted:
        file = path.parent / name
        if file.is_file():
            budget.spend(name, file.stat().st_size)
            with _damage(path):
                content = file.read_bytes()
            yield name, content


def _of_zip(path: Path, wanted: Collection[str], inner: str | None) -> Iterator[tuple[str, bytes]]:
    with _damage(path), zipfile.ZipFile(path) as archive:
        nested = [info for info in archive.infolist() if info.filename == inner]
        if not nested:
            yield from _of_open_zip(path, archive, wanted)
            return
        _refuse_unsafe(path, archive)
        _Budget(path).spend(nested[0].filename, nested[0].file_size)
        content = io.BytesIO(archive.read(nested[0]))
    inside = path / nested[0].filename
    with _damage(inside), zipfile.ZipFile(content) as archive:
        yield from _of_open_zip(inside, archive, wanted)


def _of_open_zip(path: Path, archive: zipfile.ZipFile, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
    _refuse_unsafe(path, archive)
    budget = _Budget(path)
    for info in archive.infolist():
        if info.filename in wanted:
            # No more than this is unpacked, whatever the member holds.
            budget.spend(info.filename, info.file_size)
            yield info.filename, archive.read(info)


def _of_tar(path: Path, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
    budget = _Budget(path)
    with _damage(path), gzip.open(path) as unpacked, tarfile.open(fileobj=_Bounded(path, unpacked), mode="r|") as tar:
        for member in tar:
            if not (member.isreg() or member.isdir()):
                raise DataError(f"{path}: {member.name} is neither a file nor a folder (a link or a device)")
            _refuse_leading_out(path, member.name)
            if member.name in wanted:
                budget.spend(member.name, member.size)
                file = tar.extractfile(member)
                assert file is not None, f"{member.name} is a regular file"
                yield member.name, file.read()
        while unpacked.read(2**20):  # to the end, where gzip compares its checksum
            pass


class _Budget:
    """Counts the bytes of the members of one archive."""

    def __init__(self, path: Path) -> None:
        self._path, self._spent = path, 0

    def spend(self, name: str, size: int) -> None:
        self._spent += size
        if size > MEMBER_BYTES:
            raise DataError(f"{self._path}: {name} has {size} bytes unpacked, expected at most {MEMBER_BYTES}")
        if self._spent > TOTAL_BYTES:
            raise DataError(f"{self._path}: with {name} it has {self._spent} bytes unpacked, expected at most "
                            f"{TOTAL_BYTES}")  # fmt: skip


class _Bounded(io.RawIOBase):
    """A stream that ends in a DataError once it has given more than `TOTAL_BYTES`."""

    def __init__(self, path: Path, stream: IO[bytes] | gzip.GzipFile) -> None:
        self._path, self._stream, self._given = path, stream, 0

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        self._given += len(content)
        if self._given > TOTAL_BYTES:
            raise DataError(f"{self._path} has more than {TOTAL_BYTES} bytes unpacked, the most expected")
        return content


def _refuse_unsafe(path: Path, archive: zipfile.ZipFile) -> None:
    for info in archive.infolist():
        _refuse_leading_out(path, info.filename)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise DataError(f"{path}: {info.filename} is neither a file nor a folder (a link or a device)")


def _refuse_leading_out(path: Path, name: str) -> None:
    parts = re.split(r"[/\\]", name)
    if not parts[0] or parts[0].endswith(":") or ".." in parts:
        raise DataError(f"{path}: the member name {name!r} leads out of the archive")


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    """Says of an archive that cannot be read which one it is."""
    try:
        yield
    except (*_DAMAGE, zlib.error, struct.error, zipfile.BadZipFile, tarfile.TarError) as error:
        raise DataError(f"{path} is damaged or not readable ({error}); fetch it again") from error
