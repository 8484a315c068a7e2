from __future__ import annotations

import pytest

from dlcli.errors import UsageError
from dlcli.training import prepare as prepare_module
from dlcli.training.prepare import prepare


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            "{type: sequential, layers: [{Conv2D: {filters: 2, kernel_size: 3}}]}",
            r"layer 1 \(Conv2D\) cannot read .*12x3",
        ),
        ("{type: sequential, layers: [Dens]}", "layer 1: Keras has no layer `Dens`"),
    ],
)
def test_a_model_that_does_not_fit_the_data_is_refused_before_there_is_a_run(
    experiment, data, monkeypatch, model, message
):
    monkeypatch.setattr(prepare_module, "load_data", lambda experiment, smoke: data)
    with pytest.raises(UsageError, match=f"^model: {message}"):
        prepare(experiment(model=model))
