from __future__ import annotations

import pytest

from dlcli.models.linear import Linear
from tests.models.networks import kinds, network, parameters


@pytest.mark.parametrize(("shape", "inputs", "layers"), [((9,), 9, ["Dense"]), ((5, 3), 15, ["Flatten", "Dense"])])
def test_it_is_one_dense_layer(shape, inputs, layers):
    model = network(Linear(), shape)
    assert kinds(model) == layers
    assert parameters(model) == inputs * 3 + 3
    assert not model.losses


def test_penalties_are_weighted_sums_over_the_kernel():
    model = network(Linear(l1=0.5, l2=0.25), (9,))
    kernel = model.get_layer("head").kernel.numpy()
    assert float(sum(model.losses)) == pytest.approx(0.5 * abs(kernel).sum() + 0.25 * (kernel**2).sum(), rel=1e-5)
