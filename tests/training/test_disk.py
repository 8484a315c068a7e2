"""A full disk is told with the file and the command that goes on."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import numpy as np
import pytest

from dlcli.errors import TrainingError
from dlcli.runs.run import Run
from dlcli.training.checkpoints import Checkpoints, State
from dlcli.training.disk import disk_faults


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_it_names_the_file_and_how_the_run_goes_on(tmp_path: Path, number: int) -> None:
    told = f"{tmp_path}/a.json: cannot be written ({os.strerror(number)}); "
    goes_on = f"go on with: dlcli train --resume {tmp_path}"
    with pytest.raises(TrainingError, match=f"^{re.escape(told)}.*{re.escape(goes_on)}$"), disk_faults(Run(tmp_path)):
        raise OSError(number, os.strerror(number), f"{tmp_path}/a.json")


def test_without_a_file_it_names_the_run(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=f"^{re.escape(str(tmp_path))}: cannot"), disk_faults(Run(tmp_path)):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_other_errors_of_the_system_stay_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(PermissionError, match="no"), disk_faults(Run(tmp_path)):
        raise PermissionError(errno.EACCES, "no")


def test_a_checkpoint_for_which_there_is_no_room_is_named_and_the_one_before_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def state(step: int) -> State:
        return State(step, [np.zeros(3)], ["a"], [], {}, {})

    with Checkpoints(tmp_path) as checkpoints:
        checkpoints.save(state(1))
        checkpoints.wait()
        monkeypatch.setattr(np, "savez", full)
        checkpoints.save(state(2))
        with pytest.raises(OSError, match=r"No space left on device: '.*step-000000002\.npz'"):
            checkpoints.wait()
    assert [path.name for path in tmp_path.iterdir()] == ["step-000000001.npz"]
