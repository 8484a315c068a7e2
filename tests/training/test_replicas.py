"""One device and many: the same weights and the same numbers told, whatever the batches leave for each."""

from __future__ import annotations

import pytest

from dlcli.strategies.mirrored import Mirrored
from dlcli.training.signals import StopRequest
from tests.training.conftest import furthest

OPTIMIZER = "{type: adam, learning_rate: 0.01, clip_norm: 0.05}"
# Many layers of batch normalisation spread what rounding does; large steps would carry it past what is asked here.
SMALL_STEPS = "{type: adam, learning_rate: 0.003, clip_norm: 0.05}"
CNN = (
    "{type: cnn, filters: [6, 8], batch_norm: true, dropout: 0.3, dense_units: [10], dense_dropout: 0.4, l2: 0.001, "
    "pooling: mean}"
)
MLP = "{type: mlp, units: [12, 8], activation: maxout, batch_norm: true, dropout: 0.3, input_dropout: 0.1, l2: 0.001}"
RESNET = "{type: resnet, depth: 8, filters: 4, l2: 0.001, dropout: 0.2}"
GRU = "{type: gru, units: [6], bidirectional: true, dropout: 0.3, pooling: max, l2: 0.001}"
ATTENTION = "{type: attention_rnn, filters: [4], pool: 4, batch_norm: true, units: [6], dropout: 0.3, l2: 0.001}"
SPECTRUM = (
    "{type: lstm, units: [6], dropout: 0.3, "
    "spectrum: {frame: 8, hop: 4, filters: [6], input_dropout: 0.2, dropout: 0.3, l2: 0.001}}"
)
TRANSFORMER = "{type: transformer, width: 8, heads: 2, feed_forward: 12, dropout: 0.3}"

# 40 steps over 150 examples. Of batches of 32, the last has 22 rows, and of four devices one has none of them; of
# batches of 44 it has 18, and of two devices one has none.
EPOCHS = {32: 8, 44: 10}


@pytest.mark.parametrize(
    ("model", "optimizer", "batch_size", "devices"),
    [
        pytest.param(CNN, OPTIMIZER, 44, (4,), id="cnn-44"),
        pytest.param(TRANSFORMER, SMALL_STEPS, 44, (2,), id="transformer-44"),
        *(
            pytest.param(*each, (2, 4), id=id, marks=pytest.mark.slow)
            for id, *each in (
                ("cnn-32", CNN, OPTIMIZER, 32),
                ("mlp-32", MLP, OPTIMIZER, 32),
                ("gru-44", GRU, OPTIMIZER, 44),
                ("attention-44", ATTENTION, OPTIMIZER, 44),
                ("spectrum-44", SPECTRUM, SMALL_STEPS, 44),
                ("resnet-32", RESNET, SMALL_STEPS, 32),
            )
        ),
    ],
)
def test_several_devices_agree_with_one(experiment, make_loop, model, optimizer, batch_size, devices):
    spec = experiment(model, optimizer, f"{{epochs: {EPOCHS[batch_size]}, batch_size: {batch_size}}}")
    one = make_loop(spec)
    one.run(StopRequest())
    assert one.progress.step == 40
    for count in devices:
        several = make_loop(spec, Mirrored(devices=tuple(f"CPU:{i}" for i in range(count))).build())
        assert several.steps.strategy.num_replicas_in_sync == count
        several.run(StopRequest())
        assert furthest(one.steps.model.get_weights(), several.steps.model.get_weights()) < 1e-5
        for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
            told, told_by_one = ([row[key] for row in loop.listener.rows] for loop in (several, one))
            assert told == pytest.approx(told_by_one, abs=1e-6)
