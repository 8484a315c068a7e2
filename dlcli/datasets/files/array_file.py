"""Named arrays in an .npz file or a folder of .npy files, without pickles; examples may stay on disk."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from dlcli.datasets.hints import did_you_mean
from dlcli.datasets.rows import Rows
from dlcli.errors import DataError

_MAP_BYTES = 256 * 2**20
"""Members of an archive are left on disk from this size on, if they are stored there as they are."""


class ArrayFile:
    """An .npz file or a folder of .npy files. Raises DataError where it is neither."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.is_dir():
            self.names = sorted(file.stem for file in path.glob("*.npy"))
        else:
            try:
                with zipfile.ZipFile(path) as archive:
                    self.names = sorted(name.removesuffix(".npy") for name in archive.namelist())
            except (OSError, zipfile.BadZipFile) as error:
                raise DataError(
                    f"{path}: is not an .npz file ({error}); expected one that numpy.savez wrote, or a folder "
                    "of .npy files"
                ) from None

    def at(self, name: str) -> str:
        """What an array is called in messages."""
        return f"{self.path}: `{name}`"

    def read(self, name: str) -> NDArray[Any]:
        """Targets or groups: whole numbers as int64, decimals as float32, text as str.

        (N, 1) becomes (N,). Raises DataError where it is not there, or not numbers or text in one or two dimensions.
        """
        array = np.array(self.array(name))
        if array.dtype.kind == "S":
            array = np.char.decode(array, "utf-8", "replace")
        if array.dtype.kind in "biu":
            array = array.astype(np.int64)
        if array.ndim == 2 and array.shape[1] == 1:
            array = array[:, 0]
        if array.dtype.kind not in "ifU" or array.ndim not in (1, 2) or len(array) == 0:
            raise DataError(
                f"{self.at(name)} has shape {array.shape}, type {array.dtype}; expected numbers or text in one or two "
                "dimensions, a row for each example"
            )
        return array.astype(np.float32) if array.dtype.kind == "f" else array

    def rows(self, name: str) -> NDArray[Any] | Rows:
        """Examples (N, ...), still unread where they can stay on disk; (N,) becomes (N, 1).

        Raises DataError where they are not there, or not numbers.
        """
        array = self.array(name)
        if array.dtype.kind not in "biuf" or array.ndim == 0 or array.size == 0:
            raise DataError(
                f"{self.at(name)} has shape {array.shape}, type {array.dtype}; expected numbers, a row for each example"
            )
        if array.ndim == 1:
            array = array.reshape(-1, 1)
        return Rows(array) if isinstance(array, np.memmap) else array

    def refuse_absent(self, name: str, *field: str) -> None:
        """Raises DataError where there is no array of this name, as the dataset's field has it, if one does."""
        if name not in self.names:
            raise DataError(
                f"{self.path}: there is no array `{name}`{did_you_mean(name, self.names)}; "
                f"there are: {', '.join(self.names) or 'none'}",
                at=("dataset", *field) if field else (),
            )

    def array(self, name: str) -> NDArray[Any]:
        """An array as it stands. Raises DataError where it is not there, is damaged or holds Python objects."""
        self.refuse_absent(name)
        try:
            if self.path.is_dir():
                array = np.load(self.path / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            else:
                array = self._member(f"{name}.npy")
        except (OSError, ValueError, EOFError, KeyError, SyntaxError, zipfile.BadZipFile, zlib.error) as error:
            raise DataError(
                f"{self.at(name)} cannot be read ({error}); it must be saved again, as numbers or text (no Python "
                "objects, which only pickles hold)"
            ) from None
        return np.asanyarray(array)

    def _member(self, member: str) -> NDArray[Any]:
        with zipfile.ZipFile(self.path) as archive:
            info = archive.getinfo(member)
            with archive.open(info) as file:
                if info.compress_type == zipfile.ZIP_STORED and info.file_size >= _MAP_BYTES:
                    return _mapped(self.path, info, file)
                array: NDArray[Any] = npy.read_array(file, allow_pickle=False)
                return array


def _mapped(path: Path, info: zipfile.ZipInfo, file: IO[bytes]) -> NDArray[Any]:
    """A member that is stored as it is, left on disk: it lies behind its own header and that of the archive.

    Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7.
    """
    version = npy.read_magic(file)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = header(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects")
    within = file.tell()
    with path.open("rb") as archive:
        archive.seek(info.header_offset + 26)
        name_bytes, extra_bytes = (int.from_bytes(archive.read(2), "little") for _ in range(2))
    offset = info.header_offset + 30 + name_bytes + extra_bytes + within
    return np.memmap(path, dtype, "r", offset, shape, "F" if fortran else "C")
