"""Files in the idx format: a few bytes that say how many numbers follow, and the numbers."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from dlcli.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_UNSIGNED_BYTES = 0x08
_GZIP = b"\x1f\x8b"
_MOST_BYTES = 2**30


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The unsigned bytes in an idx file with so many dimensions, compressed with gzip or not.

    Raises DataError where the file is not such a file, or shorter or longer than it says.
    Source: LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist/ (the format, at the end).
    """
    import numpy as np

    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == _GZIP
        with gzip.open(path) if packed else path.open("rb") as file:
            shape = _shape(path, file.read(4 * (1 + dimensions)), dimensions)
            # One byte more than there should be: it shows whether any follow, and makes gzip compare its checksum.
            content = file.read(math.prod(shape) + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged or not readable ({error}); delete it to have it downloaded") from error
    if len(content) != math.prod(shape):
        less = len(content) < math.prod(shape)
        raise DataError(
            f"{path} {f'has {len(content)} bytes' if less else 'has more bytes'} after its header, expected "
            f"{math.prod(shape)} ({' x '.join(map(str, shape))}); delete it to have it downloaded"
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """What an idx file of the array holds, not compressed."""
    return struct.pack(f">{1 + array.ndim}I", _magic(array.ndim), *array.shape) + array.tobytes()


def _magic(dimensions: int) -> int:
    return _UNSIGNED_BYTES << 8 | dimensions


def _shape(path: Path, header: bytes, dimensions: int) -> tuple[int, ...]:
    if len(header) < 4 * (1 + dimensions):
        raise DataError(f"{path} has {len(header)} bytes, expected an idx header of {4 * (1 + dimensions)}")
    found, *shape = struct.unpack(f">{1 + dimensions}I", header)
    if found != _magic(dimensions):
        raise DataError(
            f"{path} begins with 0x{found:08x}, expected 0x{_magic(dimensions):08x} (idx, unsigned bytes, "
            f"{dimensions} {'dimension' if dimensions == 1 else 'dimensions'})"
        )
    if math.prod(shape) > _MOST_BYTES:
        raise DataError(f"{path} says it holds {' x '.join(map(str, shape))} bytes, expected at most {_MOST_BYTES}")
    return tuple(shape)
