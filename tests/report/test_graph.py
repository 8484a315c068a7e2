"""What the graph page gets to draw."""

from __future__ import annotations

from itertools import pairwise

from dlcli.backend import load_tensorflow

load_tensorflow()

import keras  # noqa: E402 (after load_tensorflow)
from tensorboard.compat.proto.graph_pb2 import GraphDef  # noqa: E402
from tensorboard.compat.proto.node_def_pb2 import NodeDef  # noqa: E402

from dlcli.models.bilstm import BiLSTM  # noqa: E402
from dlcli.report.graph import layer_graph  # noqa: E402


def drawn(model: keras.Model) -> dict[str, NodeDef]:
    nodes = GraphDef.FromString(layer_graph(model)).node
    assert len({node.name for node in nodes}) == len(nodes)
    return {node.name: node for node in nodes}


def shape(node: NodeDef) -> list[int]:
    return [dim.size for dim in node.attr["_output_shapes"].list.shape[0].dim]


def test_layers_are_boxes_in_their_order_with_their_weights() -> None:
    x = inputs = keras.Input((12, 3), name="inputs")
    x = keras.layers.Normalization(mean=[0.0] * 3, variance=[1.0] * 3, name="normalize")(x)
    model = keras.Model(inputs, BiLSTM(units=(5,), dropout=0.5).build(x, 4), name="bilstm")
    nodes = drawn(model)
    layers = [name for name, node in nodes.items() if node.op != "Variable"]
    assert [name.partition("/")[0] for name in layers] == ["inputs", "normalize", "bilstm_1", "dropout_1", "head"]
    for before, name in pairwise(layers):
        assert nodes[name].input[0] == before
    assert shape(nodes["inputs"]) == [-1, 12, 3]
    assert shape(nodes[layers[2]]) == [-1, 10]
    assert shape(nodes["head/kernel"]) == [10, 4]
    assert "head/kernel" in nodes["head/Dense"].input
    variables = [name for name, node in nodes.items() if node.op == "Variable"]
    assert len(variables) == len(model.weights)
    assert nodes["head/Dense"].attr["units"].i == 4


def test_branches_and_operations_are_joined() -> None:
    inputs = keras.Input((6,), name="inputs")
    left, right = keras.layers.Dense(2, name="left")(inputs), keras.layers.Dense(2, name="right")(inputs)
    joined = keras.layers.Concatenate(name="joined")([left, keras.ops.multiply(right, 2.0)])
    nodes = drawn(keras.Model(inputs, joined))
    (product,) = [name for name in nodes if name.endswith("/Multiply")]
    assert list(nodes["joined/Concatenate"].input) == ["left/Dense", product]
    assert list(nodes[product].input) == ["right/Dense"]
    known = nodes.keys()
    assert all(source in known for node in nodes.values() for source in node.input)
