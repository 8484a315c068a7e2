"""Damaged checkpoints and full disks: said in words, and without a trace in what comes out in the end."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random

from dlcli.errors import TrainingError
from dlcli.training.checkpoints import Checkpoint, read
from tests.torture.children import SAVED, Kill, Watch, computed
from tests.torture.rounds import Outcome, Reference, Training, Wrong

PAGE = 4096
FLIPS = 300


def damaged(data: bytes, draw: Random) -> tuple[bytes, str]:
    """A file's bytes with something wrong in them, and what that is."""
    kind = draw.choice(["bits", "bytes", "cut", "page"])
    if kind == "cut":
        length = draw.randrange(0, len(data), PAGE)
        return data[:length], f"cut after {length} bytes"
    changed = bytearray(data)
    if kind == "page":
        start = draw.randrange(0, len(data), PAGE)
        changed[start : start + PAGE] = bytes(len(changed[start : start + PAGE]))
        return bytes(changed), f"nothing but zeros from byte {start} to {start + PAGE}"
    places = [draw.randrange(len(data)) for _ in range(1 if kind == "bits" else 16)]
    for place in places:
        changed[place] ^= 1 << draw.randrange(8)
    return bytes(changed), f"bits flipped at {', '.join(map(str, places))}"


def misread(data: bytes, seed: int, folder: Path) -> list[str]:
    """What is read from damaged copies of a checkpoint as if nothing had happened, but is not what was written.

    Cut at every page, and with bits flipped in many places, more of them in what describes the arrays.
    """
    draw, path = Random(seed), folder / "step-000000001.npz"
    path.write_bytes(data)
    whole = read(path)
    headers = [place for place in range(len(data)) if data.startswith(b"\x93NUMPY", place)]
    tries = [(data[:length], f"cut after {length} bytes") for length in range(0, len(data), PAGE)]
    for i in range(FLIPS):
        place = draw.randrange(len(data)) if i % 2 else draw.choice(headers) + draw.randrange(128)
        bit = draw.randrange(8)
        flipped = data[place] ^ 1 << bit
        tries.append((data[:place] + bytes([flipped]) + data[place + 1 :], f"bit {bit} flipped at byte {place}"))
    wrong = []
    for each, what in tries:
        path.write_bytes(each)
        try:
            found = read(path)
        except TrainingError:
            continue
        if not same(found, whole):
            wrong.append(f"{what}: read without a word, and other than it was")
    path.unlink()
    return wrong


def same(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether two checkpoints hold the same."""
    arrays = [[*each.variables, *each.kept] for each in (one, other)]
    described = [[(a.shape, a.dtype.str, a.tobytes()) for a in each] for each in arrays]
    told = [(each.step, each.names, each.progress, each.of) for each in (one, other)]
    return described[0] == described[1] and told[0] == told[1]


def damage_round(draw: Random, spec: Path, reference: Reference, folder: Path) -> Outcome:
    """Kills a training, damages its newest checkpoints, and lets it go on."""
    training = Training(spec, folder, "10 steps")
    number = draw.randint(4, max(4, reference.touched["checkpoint"] - 6))
    ended = training.go_on(kill=Kill("file", kind="checkpoint", number=number))
    there = training.run
    if ended.code == 0 or there is None:
        raise Wrong(f"exit code {ended.code} before the {number}th touch of a checkpoint:\n{ended.output}")
    files = sorted(there.checkpoint_folder.glob("step-*.npz"), reverse=True)
    wrong = computed(lambda: misread(files[0].read_bytes(), draw.randrange(2**32), folder), folder / "misread")
    if wrong:
        raise Wrong("\n".join(wrong))
    told, spoilt = [], []
    for file in files[: draw.choice([1, 1, 1, 2])]:
        data, what = damaged(file.read_bytes(), draw)
        file.write_bytes(data)
        told.append(f"{file.name} {what}")
        if not computed(partial(_reads, file), folder / "reads"):
            spoilt.append(file)
    if draw.random() < 0.5:
        again = training.go_on(kill=Kill("moment", seconds=draw.uniform(0.3, 1) * reference.seconds))
        ended, training.outcome.kills["moment"] = again, 1
    else:
        ended = training.go_on()
    said = "resumed   after step" in ended.output or "begins anew" in ended.output
    missing = [file for file in spoilt if said and f"{file}: this checkpoint is damaged" not in ended.output]
    if missing or (ended.code > 0):
        raise Wrong(f"{told}: exit code {ended.code}, and {missing} passed over without a word:\n{ended.output}")
    training.finish(reference)
    training.outcome.kills |= {"damage": 1}
    training.outcome.told = f"{spec.stem}, killed before touch {number} of a checkpoint; {'; '.join(told)}"
    shutil.rmtree(folder)
    return training.outcome


def disk_round(draw: Random, spec: Path, reference: Reference, folder: Path) -> Outcome:
    """Fills the disk while a training writes to it, makes room again and lets it go on."""
    folder.mkdir(parents=True)
    with small_disk(folder / "disk") as disk:
        if disk is None:
            return Outcome(told="no small disk can be mounted here: skipped")
        training = Training(spec, folder / "training", f"{draw.randint(5, 20)} steps", runs=disk / "runs")
        number, spare = draw.randint(1, 8), draw.choice([0, 0, draw.randrange(200_000)])
        ballast = disk / "ballast"
        ended = training.go_on(watch=_filling(training, ballast, number, spare))
        error = _check_told(ended.code, ended.output)
        there = training.run
        for file in sorted(there.checkpoint_folder.glob("step-*.npz")) if there else []:
            if not computed(partial(_reads, file), folder / "reads"):
                raise Wrong(f"{file}: is damaged after the disk was full")
        ballast.unlink(missing_ok=True)
        training.finish(reference)
    training.outcome.kills |= {"disk": 1}
    training.outcome.told = (
        f"{spec.stem}, {spare} bytes left on the disk after checkpoint {number}, exit {ended.code} {error}"
    )
    shutil.rmtree(folder)
    return training.outcome


RULES = (damage_round, damage_round, disk_round)
"""What is done in turn."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A disk of its own of 8 MB, mounted at a folder; None where this user cannot mount one."""
    folder.mkdir()
    mounted = shutil.which("mount") is not None and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)], capture_output=True, check=False
    ).returncode  # fmt: skip
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def _filling(training: Training, ballast: Path, checkpoints: int, spare: int) -> Watch:
    def watch(process: int, seconds: float) -> None:
        if training.counts[SAVED] >= checkpoints and not ballast.exists():
            with ballast.open("wb", buffering=0) as file:
                try:
                    while file.write(bytes(PAGE)):
                        pass
                except OSError:
                    file.truncate(max(0, file.tell() - spare))

    return watch


def _check_told(code: int, output: str) -> str:
    """The one line in which a process that found the disk full says so; empty where it had written everything before.

    Raises Wrong where it does anything else.
    """
    errors = [line for line in output.splitlines() if line.startswith("error:")]
    clear = (
        len(errors) == 1 and re.match("error: .*/.*No space left on device", errors[0]) and "Traceback" not in output
    )
    if code not in (0, 1) or (code == 1 and not clear):
        raise Wrong(f"exit code {code} on a full disk, not told in one clear line:\n{output}")
    return errors[0] if errors else ""


def _reads(path: Path) -> bool:
    try:
        read(path)
    except TrainingError:
        return False
    return True
