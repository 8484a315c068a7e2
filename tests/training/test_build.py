from __future__ import annotations

import pytest

from dlcli.tasks import task_for
from dlcli.training.build import build_model, recurrent_kernels


@pytest.mark.parametrize(
    ("model", "kernels"),
    [
        ("type: lstm, units: [8, 65]", {"lstm_1": "block", "lstm_2": "keras (over 64 units)"}),
        ("type: bilstm, units: [8]", {"forward_lstm_1": "block"}),
        ("type: gru, units: [8]", {}),
    ],
)
def test_the_kernels_that_run_are_told(experiment, data, model, kernels):
    built = build_model(experiment(model=f"{{{model}}}"), data, task_for(data))
    assert recurrent_kernels(built) == kernels
