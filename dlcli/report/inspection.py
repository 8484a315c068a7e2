"""A model layer by layer, as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dlcli.component import examples_of, shape_text

if TYPE_CHECKING:
    from dlcli.training.inspection import Inspection, Layer

_COLUMNS = 80
_LEAST = 12
"""Letters of a layer's name and kind that are shown even where a line is longer than that."""


def inspection_text(inspected: Inspection) -> str:
    """The table of layers, the totals and what they are estimates of."""
    head = [f"{inspected.model} on {inspected.dataset}: {examples_of(inspected.example)}, {inspected.predicts}"]
    head += ["made-up examples: the data is not here"] if inspected.stand_in else []
    total = f"{inspected.flops:,}" if inspected.all_flops_known else f"at least {inspected.flops:,}"
    frozen = f", {inspected.frozen:,} of them not trained" if inspected.frozen else ""
    uses = ", ".join(f"{name} {_size(size)}" for name, size in inspected.memory.items())
    totals = [
        f"parameters  {inspected.trainable + inspected.frozen:,}{frozen}",
        f"FLOPs       {total} for one example, forwards (products with kernels)",
        f"memory      about {_size(sum(inspected.memory.values()))} to train, estimated for batches of "
        f"{inspected.batch}:\n            {uses}",
        *(f"remark      {remark}" for remark in inspected.remarks),
    ]
    return "\n".join([*head, *_table(inspected.layers), *totals])


def _table(layers: Sequence[Layer]) -> list[str]:
    rows = [("layer", "kind", "output", "parameters", "FLOPs"), *map(_row, layers)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    while sum(widths) + 2 * (len(widths) - 1) > _COLUMNS and max(widths[:2]) > _LEAST:
        widths[widths.index(max(widths[:2]))] -= 1
    return ["  ".join(_cell(row[i], widths[i], i < 3) for i in range(len(row))).rstrip() for row in rows]


def _row(layer: Layer) -> tuple[str, str, str, str, str]:
    arithmetic = "?" if layer.flops is None else f"{layer.flops:,}" if layer.flops else "-"
    parameters = f"{layer.parameters:,}" if layer.parameters else "-"
    return layer.name, layer.kind, shape_text(layer.shape), parameters, arithmetic


def _cell(text: str, width: int, is_text: bool) -> str:
    text = text if len(text) <= width else f"{text[: width - 3]}..."
    return text.ljust(width) if is_text else text.rjust(width)


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} GB"
