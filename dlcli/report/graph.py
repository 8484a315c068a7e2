"""A model as TensorBoard's graph page draws it: a box for every layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras
    from tensorboard.compat.proto.node_def_pb2 import NodeDef


def layer_graph(model: keras.Model) -> bytes:
    """A serialised GraphDef of a functional model: a box for every layer, with its weights and settings inside.

    Edges carry shapes. A traced graph would show how kernels are called instead, under names made unique.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    graph = GraphDef()
    layers = {layer.name: layer for layer in model.operations}
    for entry in model.get_config()["layers"]:
        layer, kind = layers[entry["name"]], entry["class_name"]
        if kind == "InputLayer":
            _shaped(graph.node.add(name=layer.name, op=kind), layer.output)
            continue
        node = graph.node.add(name=_node(layer), op=kind)
        node.input.extend(_node(layers[source]) for source in dict.fromkeys(_sources(entry["inbound_nodes"])))
        _shaped(node, layer.output)
        _describe(node, entry["config"])
        for weight in getattr(layer, "weights", ()):
            name = f"{layer.name}/{weight.path.removeprefix(layer.name + '/')}"
            _shaped(graph.node.add(name=name, op="Variable"), weight)
            node.input.append(name)
    data: bytes = graph.SerializeToString()
    return data


def _node(layer: Any) -> str:
    kind = type(layer).__name__
    return str(layer.name) if kind == "InputLayer" else f"{layer.name}/{kind}"


def _sources(arguments: Any) -> Iterator[str]:
    """Names of the layers whose outputs stand anywhere among a layer's arguments."""
    if isinstance(arguments, dict):
        if "keras_history" in arguments:
            yield arguments["keras_history"][0]
        for below in arguments.values():
            yield from _sources(below)
    elif isinstance(arguments, list | tuple):
        for below in arguments:
            yield from _sources(below)


def _shaped(node: NodeDef, tensors: Any) -> None:
    """Notes the shapes of a node's outputs, -1 for any size."""
    for tensor in tensors if isinstance(tensors, list | tuple) else [tensors]:
        shape = node.attr["_output_shapes"].list.shape.add()
        for size in tensor.shape:
            shape.dim.add(size=-1 if size is None else size)


def _describe(node: NodeDef, config: dict[str, Any]) -> None:
    """Notes a layer's plain settings."""
    for key, value in config.items():
        if isinstance(value, bool):
            node.attr[key].b = value
        elif isinstance(value, int):
            node.attr[key].i = value
        elif isinstance(value, float):
            node.attr[key].f = value
        elif isinstance(value, str) and key != "name":
            node.attr[key].s = value.encode()
