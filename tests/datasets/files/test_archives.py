"""Reading members of archives: the same from every kind, and refused where an archive is damaged or ill meant."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dlcli.datasets.files import archives
from dlcli.datasets.files.archives import read_members
from dlcli.errors import DataError

FILES = {"top/b.txt": b"two", "top/sub/a.txt": b"one" * 1000, "top/unwanted": b"x"}
WANTED = ["top/sub/a.txt", "top/b.txt"]


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(files: dict[str, bytes], *special: tarfile.TarInfo) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in special:
            tar.addfile(member)
    return packed.getvalue()


def as_folder(folder: Path) -> Path:
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder / "top"


def as_file(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


KINDS = {
    "folder": as_folder,
    "zip": as_file("top.zip", zipped(FILES)),
    "zip in zip": as_file("outer.zip", zipped({"readme": b"x", "top.zip": zipped(FILES)})),
    "tar.gz": as_file("top.tar.gz", tarred(FILES)),
}


@pytest.fixture(params=KINDS)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return KINDS[request.param](tmp_path)


def test_members_are_the_same_from_every_kind_of_archive(archive: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert dict(read_members(archive, WANTED, "top.zip")) == {name: FILES[name] for name in WANTED}
    assert sorted(tmp_path.rglob("*")) == before  # nothing is unpacked to disk


def test_a_missing_member_is_named(archive: Path) -> None:
    with pytest.raises(DataError, match=rf"{archive.name}.* lacks top/c\.txt and 1 more"):
        list(read_members(archive, [*WANTED, "top/d.txt", "top/c.txt"], "top.zip"))


def test_a_member_that_is_too_large_is_named(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MEMBER_BYTES", 2999)
    with pytest.raises(DataError, match=r"top.*: top/sub/a\.txt has 3000 bytes unpacked, expected at most 2999"):
        list(read_members(archive, WANTED, "top.zip"))


def test_members_that_are_too_large_together_are_refused(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "TOTAL_BYTES", 3002)
    with pytest.raises(DataError, match=r"top.*(has 3003 bytes|more than 3002 bytes) unpacked"):
        list(read_members(archive, WANTED, "top.zip"))


def test_a_bomb_in_the_unwanted_part_of_a_tar_does_not_explode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "TOTAL_BYTES", 10**6)
    path = as_file("bomb.tar.gz", tarred({"bomb": bytes(5 * 10**7)} | FILES))(tmp_path)
    assert path.stat().st_size < 10**5
    with pytest.raises(DataError, match=r"bomb\.tar\.gz has more than 1000000 bytes unpacked"):
        list(read_members(path, WANTED))


def test_a_header_that_claims_gigabytes_takes_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "TOTAL_BYTES", 10**6)
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 8 * 10**9
    path = as_file("bomb.tar.gz", gzip.compress(header.tobuf() + bytes(2 * 10**6)))(tmp_path)
    with pytest.raises(DataError, match=r"bomb\.tar\.gz has more than 1000000 bytes unpacked"):
        list(read_members(path, WANTED))


def test_a_zip_inside_a_zip_that_is_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MEMBER_BYTES", 4000)
    inner = zipped(FILES | {"top/noise": np.random.default_rng(0).bytes(5000)})
    path = as_file("outer.zip", zipped({"top.zip": inner}))(tmp_path)
    with pytest.raises(
        DataError, match=rf"outer\.zip: top\.zip has {len(inner)} bytes unpacked, expected at most 4000"
    ):
        list(read_members(path, WANTED, "top.zip"))


def test_a_zip_that_understates_its_members_is_not_unpacked_further(tmp_path: Path) -> None:
    content = bytearray(zipped({"top/bomb": bytes(10**7)}))
    size = content.index(b"PK\x01\x02") + 24  # in the directory at the end
    content[size : size + 4] = struct.pack("<I", 10)
    path = as_file("bomb.zip", bytes(content))(tmp_path)
    with pytest.raises(DataError, match=r"bomb\.zip is damaged or not readable \(Bad CRC-32 for file 'top/bomb'\)"):
        list(read_members(path, ["top/bomb"]))


@pytest.mark.parametrize("name", ["../out.txt", "top/../../out.txt", "/etc/out.txt", "C:/out.txt", "..\\out.txt"])
@pytest.mark.parametrize("kind", ["zip", "zip in zip", "tar.gz"])
def test_names_that_lead_out_are_refused(tmp_path: Path, kind: str, name: str) -> None:
    bad = FILES | {name: b"evil"}
    content = {"zip": zipped(bad), "zip in zip": zipped({"top.zip": zipped(bad)}), "tar.gz": tarred(bad)}[kind]
    path = as_file("bad.tar.gz" if kind == "tar.gz" else "bad.zip", content)(tmp_path)
    with pytest.raises(DataError, match=r"bad\.(zip|tar\.gz).*: the member name '.*out\.txt' leads out of the archive"):
        list(read_members(path, WANTED, "top.zip"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("top/special")
    member.type, member.linkname = kind, "/etc/passwd"
    path = as_file("bad.tar.gz", tarred({}, member))(tmp_path)
    with pytest.raises(DataError, match=r"bad\.tar\.gz: top/special is neither a file nor a folder"):
        list(read_members(path, ["top/special"]))


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("top/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    path = as_file("bad.zip", packed.getvalue())(tmp_path)
    with pytest.raises(DataError, match=r"bad\.zip: top/link is neither a file nor a folder"):
        list(read_members(path, ["top/link"]))


@pytest.mark.parametrize("kind", ["zip", "zip in zip", "tar.gz"])
@pytest.mark.parametrize("damage", ["empty", "text", "half", "flipped"])
def test_damage_is_told_of_the_archive(tmp_path: Path, kind: str, damage: str) -> None:
    path = KINDS[kind](tmp_path)
    content = path.read_bytes()
    first = {"zip": b"top/sub/a.txt", "zip in zip": b"top.zip", "tar.gz": content[-26:]}[kind]
    place = content.index(first) + 20  # in the packed data, or the checksum at the end
    flipped = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
    path.write_bytes({"empty": b"", "text": b"text" * 99, "half": content[: len(content) // 2]}.get(damage, flipped))
    with pytest.raises(DataError, match=rf"{path.name}.* is damaged or not readable \(.*\); fetch it again"):
        list(read_members(path, WANTED, "top.zip"))
