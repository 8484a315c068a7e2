from __future__ import annotations

import random

import keras
import numpy as np
import pytest

from dlcli.errors import TrainingError
from dlcli.training.checkpoints import Checkpoints, State, newest, read, restore

OF = {"data": "d", "experiment": "e"}


def state(step, *arrays, kept=(), progress=None):
    return State(step, arrays, [f"v{i}" for i in range(len(arrays))], kept, progress or {}, OF)


def variables(*values):
    return [keras.Variable(value, name=f"v{i}") for i, value in enumerate(values)]


def save(folder, *states):
    with Checkpoints(folder) as checkpoints:
        for each in states:
            checkpoints.save(each)
    return checkpoints


def test_what_is_saved_comes_back_bit_for_bit(tmp_path):
    arrays = np.float32([[1 / 3, np.nan]]), np.int64(7), np.uint32([1, 2])
    progress = {"best": 0.1, "stopped": False}
    save(tmp_path / "c", state(12, *arrays, kept=[np.float32([5])], progress=progress))
    back = variables(np.float32([[0, 0]]), np.int64(0), np.uint32([0, 0]))
    checkpoint = newest(tmp_path / "c")
    restore(checkpoint, back)
    assert (checkpoint.step, checkpoint.progress, checkpoint.of) == (12, progress, OF)
    assert [array.tolist() for array in checkpoint.kept] == [[5.0]]
    for one, other in zip(arrays, back, strict=True):
        np.testing.assert_array_equal(one, other.numpy())


def test_bfloat16_comes_back_bit_for_bit(tmp_path):
    saved = keras.Variable([1.5, -2.25], dtype="bfloat16")
    save(tmp_path, state(1, np.array(saved.numpy())))
    back = keras.Variable([0.0, 0.0], dtype="bfloat16")
    restore(newest(tmp_path), [back])
    assert back.numpy().tolist() == [1.5, -2.25]


def test_the_last_two_are_kept_and_nothing_half_written(tmp_path):
    with Checkpoints(tmp_path) as checkpoints:
        for step in (1, 20, 300, 4000):
            checkpoints.save(state(step, np.float32([step])))
        checkpoints.wait()
        assert checkpoints.newest == tmp_path / "step-000004000.npz"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000000300.npz", "step-000004000.npz"]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_a_damaged_newest_is_told_and_passed_over_for_the_one_before(tmp_path, damage):
    save(tmp_path, *(state(step, np.arange(1000, dtype=np.float32)) for step in (1, 2)))
    path = tmp_path / "step-000000002.npz"
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    path.write_bytes({"cut": content[: len(content) // 2], "flipped": content, "empty": b""}[damage])
    said = []
    assert newest(tmp_path, said.append).step == 1
    (line,) = said
    assert line.startswith(f"{path}: this checkpoint is damaged (")
    assert line.endswith("; it is passed over")


def test_no_flipped_byte_and_no_cut_gives_other_numbers(tmp_path):
    arrays = np.arange(50, dtype=np.float32), np.int64(7)
    save(tmp_path, state(3, *arrays, progress={"step": 3}))
    path = tmp_path / "step-000000003.npz"
    content = path.read_bytes()
    draw = random.Random(0)
    damaged = [content[:end] for end in range(0, len(content), 97)]
    damaged += [
        content[:at] + bytes([content[at] ^ draw.randrange(1, 256)]) + content[at + 1 :] for at in range(len(content))
    ]
    told = 0
    for each in damaged:
        path.write_bytes(each)
        try:
            back = read(path)
        except TrainingError:
            told += 1
        else:  # a byte of the archive that says nothing of the content, such as a time
            assert (back.step, back.progress, back.of, list(back.names)) == (3, {"step": 3}, OF, ["v0", "v1"])
            for one, other in zip(arrays, back.variables, strict=True):
                np.testing.assert_array_equal(one, other)
    assert told > 0.8 * len(damaged)


def test_a_resumed_run_knows_the_one_it_goes_on_from(tmp_path):
    assert Checkpoints(tmp_path).newest is None
    save(tmp_path, *(state(step, np.float32([step])) for step in (1, 2)))
    assert Checkpoints(tmp_path, after=tmp_path / "step-000000001.npz").newest == tmp_path / "step-000000001.npz"


@pytest.mark.parametrize(
    ("after", "saved", "left"),
    [
        (None, [3], [3]),  # 10 and 20 are damaged, so training began anew
        (None, [3, 20, 30], [20, 30]),
        (10, [13], [10, 13]),  # 20 is damaged
        (10, [13, 16], [13, 16]),
        (20, [25], [20, 25]),
        (20, [20], [10, 20]),  # asked to stop at once
    ],
)
def test_damaged_ones_neither_outlast_new_ones_nor_push_them_out(tmp_path, after, saved, left):
    save(tmp_path, *(state(step, np.float32([step])) for step in (10, 20)))
    path = None if after is None else tmp_path / f"step-{after:09d}.npz"
    with Checkpoints(tmp_path, after=path) as checkpoints:
        for step in saved:
            checkpoints.save(state(step, np.float32([step])))
            checkpoints.wait()
            assert checkpoints.newest.exists()
    assert [int(each.stem[5:]) for each in sorted(tmp_path.iterdir())] == left


@pytest.mark.parametrize(("place", "bit", "shape"), [(1, 0, 4000), (1, 2, 1000), (4, 4, 500)])
def test_a_flipped_bit_that_shortens_an_array_is_damage(tmp_path, place, bit, shape):
    save(tmp_path, state(1, np.float32([0]), kept=[np.arange(5000, dtype=np.float32)]))
    path = tmp_path / "step-000000001.npz"
    content = bytearray(path.read_bytes())
    at = content.index(b"(5000,)")
    content[at + place] ^= 1 << bit
    assert f"({shape}".encode() in content[at : at + 7]
    path.write_bytes(content)
    with pytest.raises(TrainingError, match=r"step-000000001\.npz: this checkpoint is damaged \(BadZipFile: .*00001"):
        read(path)


def test_none_is_none(tmp_path):
    assert newest(tmp_path / "absent") is None


def test_one_of_another_model_is_refused_with_its_path(tmp_path):
    save(tmp_path, state(1, np.float32([1, 2])))
    with pytest.raises(TrainingError, match=r"step-000000001\.npz: was made of another model"):
        restore(newest(tmp_path), variables(np.float32([1, 2, 3])))


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with Checkpoints(tmp_path / "file") as checkpoints:
        checkpoints.save(state(1, np.float32([1])))
        with pytest.raises(TrainingError, match=r"file: the checkpoint could not be written"):
            checkpoints.wait()


def test_by_steps_one_is_due_at_each_multiple(tmp_path):
    checkpoints = Checkpoints(tmp_path, steps=5)
    assert [step for step in range(1, 17) if checkpoints.is_due(step, 0)] == [5, 10, 15]
    assert [checkpoints.steps_until_due(step) for step in (0, 1, 4, 5, 7)] == [5, 4, 1, 5, 3]


@pytest.mark.parametrize(("given", "least"), [({"seconds": 60.0}, 60), ({}, 127.5)])
def test_by_time_one_is_due_when_it_is_over(tmp_path, monkeypatch, given, least):
    clock = 1000.0
    monkeypatch.setattr("dlcli.training.checkpoints.time.perf_counter", lambda: clock)
    # 100 MB are expected to take a second and a little, which is 0.8% of the time until then.
    checkpoints = Checkpoints(tmp_path, **given)
    assert checkpoints.steps_until_due(3) is None
    clock += least - 0.5
    assert not checkpoints.is_due(3, 10**8)
    clock += 1
    assert checkpoints.is_due(3, 10**8)


def test_what_the_last_one_took_decides_when_the_next_is_due(tmp_path, monkeypatch):
    clock = 1000.0
    monkeypatch.setattr("dlcli.training.checkpoints.time.perf_counter", lambda: clock)
    with Checkpoints(tmp_path) as checkpoints:
        checkpoints.save(state(1, np.float32([1])), started=clock - 3)
        checkpoints.wait()
        clock += 374
        assert not checkpoints.is_due(2, 0)
        clock += 2
        assert checkpoints.is_due(2, 0)
