from __future__ import annotations

import keras
import numpy as np
import pytest

from dlcli.errors import TrainingError
from dlcli.training.checkpoints import Checkpoints, newest, read, restore


def variables(*values):
    return [keras.Variable(value, name=f"v{i}") for i, value in enumerate(values)]


def test_what_is_saved_comes_back_bit_for_bit(tmp_path):
    saved = variables(np.float32([[1 / 3, np.nan]]), np.int64(7), np.uint32([1, 2]))
    with Checkpoints(tmp_path / "c") as checkpoints:
        checkpoints.save(12, saved, {"best": 0.1, "stopped": False})
    back = variables(np.float32([[0, 0]]), np.int64(0), np.uint32([0, 0]))
    checkpoint = newest(tmp_path / "c")
    restore(checkpoint, back)
    assert (checkpoint.step, checkpoint.progress) == (12, {"best": 0.1, "stopped": False})
    for one, other in zip(saved, back, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_bfloat16_comes_back_bit_for_bit(tmp_path):
    saved = keras.Variable([1.5, -2.25], dtype="bfloat16")
    with Checkpoints(tmp_path) as checkpoints:
        checkpoints.save(1, [saved], {})
    back = keras.Variable([0.0, 0.0], dtype="bfloat16")
    restore(newest(tmp_path), [back])
    assert back.numpy().tolist() == [1.5, -2.25]


def test_the_copy_is_taken_at_once(tmp_path):
    (variable,) = saved = variables(np.float32([1]))
    with Checkpoints(tmp_path) as checkpoints:
        checkpoints.save(1, saved, {})
        variable.assign([2])
    assert newest(tmp_path).arrays[0].tolist() == [1]


def test_the_last_two_are_kept_and_nothing_half_written(tmp_path):
    with Checkpoints(tmp_path) as checkpoints:
        for step in (1, 20, 300, 4000):
            checkpoints.save(step, variables(np.float32([step])), {})
        checkpoints.wait()
        assert checkpoints.newest == tmp_path / "step-000004000.npz"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000000300.npz", "step-000004000.npz"]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_a_damaged_newest_is_passed_over_for_the_one_before(tmp_path, damage):
    with Checkpoints(tmp_path) as checkpoints:
        for step in (1, 2):
            checkpoints.save(step, variables(np.arange(1000, dtype=np.float32)), {})
    path = tmp_path / "step-000000002.npz"
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    path.write_bytes({"cut": content[: len(content) // 2], "flipped": content, "empty": b""}[damage])
    assert newest(tmp_path).step == 1


def test_a_resumed_run_knows_the_newest_that_was_there(tmp_path):
    assert Checkpoints(tmp_path).newest is None
    with Checkpoints(tmp_path) as checkpoints:
        for step in (1, 2):
            checkpoints.save(step, variables(np.float32([step])), {})
    assert Checkpoints(tmp_path).newest == tmp_path / "step-000000002.npz"


def test_none_is_none(tmp_path):
    assert newest(tmp_path / "absent") is None


def test_one_of_another_model_is_refused_with_its_path(tmp_path):
    with Checkpoints(tmp_path) as checkpoints:
        checkpoints.save(1, variables(np.float32([1, 2])), {})
    checkpoint = read(tmp_path / "step-000000001.npz")
    with pytest.raises(TrainingError, match=r"step-000000001\.npz: was made of another model"):
        restore(checkpoint, variables(np.float32([1, 2, 3])))


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with Checkpoints(tmp_path / "file") as checkpoints:
        checkpoints.save(1, variables(np.float32([1])), {})
        with pytest.raises(TrainingError, match=r"file: the checkpoint could not be written"):
            checkpoints.wait()
