"""Pickles of plain values and arrays of bytes, as Python 2 wrote them: read without running anything in them."""

from __future__ import annotations

import io
import pickle
import pickletools
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dlcli.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def read_pickle(content: bytes, source: str) -> Any:
    """The dicts, lists, tuples, numbers, bytes and arrays of bytes in a pickle; text of Python 2 becomes bytes.

    source: what the pickle is called in messages.
    Raises DataError where it names anything else (naming that), or is damaged.
    """
    try:
        _refuse_distant_memory(content)
        return _plain(_Unpickler(io.BytesIO(content), encoding="bytes").load())
    except DataError as error:
        raise DataError(f"{source}: {error}") from error
    # Bytes that are no pickle are instructions all the same, and can fail in as many ways.
    except Exception as error:
        raise DataError(f"{source} is damaged ({error or type(error).__name__}); fetch it again") from error


def python2_pickle(values: Mapping[bytes, bytes | list[int] | NDArray[np.uint8]]) -> bytes:
    """A pickle of these values such as Python 2 and its NumPy wrote."""
    items = b"".join(_text(key) + _value(value) for key, value in values.items())
    return b"\x80\x02}(" + items + b"u."


class _Dtype:
    """Stands for a pickled dtype: keeps its name."""

    def __init__(self, code: Any, *_: Any) -> None:
        self.code = code

    def __setstate__(self, state: Any) -> None:
        """The byte order, which single bytes do not have."""


class _Array:
    """Stands for a pickled array: keeps its shape, type and content."""

    def __init__(self, *_: Any) -> None:
        """An empty array, as NumPy's `_reconstruct` makes it; what it holds is set later."""

    def __setstate__(self, state: Any) -> None:
        _, self.shape, self.dtype, self.column_major, self.content = state

    def values(self) -> NDArray[np.uint8]:
        import numpy as np

        if not isinstance(self.dtype, _Dtype) or self.dtype.code not in (b"u1", "u1"):
            raise DataError(f"an array has the type {getattr(self.dtype, 'code', self.dtype)!r}, expected 'u1'")
        values = np.frombuffer(self.content, np.uint8)
        return values.reshape(self.shape, order="F" if self.column_major else "C")


# Classes that take their state by `__setstate__` alone: a pickle can change nothing else in this process.
_KNOWN: dict[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
}


class _Unpickler(pickle.Unpickler):
    """Knows the three names of a pickled array, which mean classes of this module; any other is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise DataError(f"the pickle names {module}.{name}, which could run anything; only arrays are expected")
        return _KNOWN[module, name]


def _refuse_distant_memory(content: bytes) -> None:
    """Refuses to remember a value under a number that is out of reach: the unpickler would make room for all below."""
    for instruction, argument, _ in pickletools.genops(content):
        if instruction.name.endswith("PUT") and int(argument or 0) > len(content):
            raise DataError(f"the pickle remembers a value under {argument}, expected at most {len(content)}")


def _plain(value: Any) -> Any:
    """The value with arrays in the places of what stands for them."""
    if isinstance(value, _Array):
        return value.values()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _value(value: bytes | list[int] | NDArray[np.uint8]) -> bytes:
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, list):
        return b"](" + b"".join(map(_integer, value)) + b"e"
    shape = b"(" + b"".join(map(_integer, value.shape)) + b"t"
    empty = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n" + _integer(0) + b"\x85" + _text(b"b") + b"\x87R"
    dtype = b"cnumpy\ndtype\n" + _text(b"u1") + _integer(0) + _integer(1) + b"\x87R"
    order = b"(" + _integer(3) + _text(b"|") + b"NNN" + _integer(-1) * 2 + _integer(0) + b"tb"
    return empty + b"(" + _integer(1) + shape + dtype + order + b"\x89" + _text(value.tobytes()) + b"tb"


def _integer(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def _text(value: bytes) -> bytes:
    return b"T" + struct.pack("<i", len(value)) + value
