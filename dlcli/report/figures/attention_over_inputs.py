"""Where a model looks in its own input, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import PADDING
from dlcli.metrics.classification import ClassificationReport
from dlcli.report.figures.attention import draw_map
from dlcli.report.figures.examples import Examples
from dlcli.report.figures.mistakes import told
from dlcli.report.figures.page import Panel, sheet, shortened
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHOWN = 4
_LAYERS = 2
"""Layers whose weights are drawn: the first."""
_TOKENS = 40
_ALIKE = 4
"""So many times the mean weight is black at least."""
_LETTERS = 34
_PANELS = {
    "picture": Panel(1.6, 1.6, above=0.75, below=0.45, left=0.5),
    "curves": Panel(2.6, 1.7, above=0.52, below=0.35, left=0.5),
    "text": Panel(3.6, 3.6, above=0.75, below=0.7, left=0.8),
}


def attention_over_inputs(subject: Subject) -> Figure | None:
    """How much each step of the input weighs at each step of the model, of an example of each of the first classes.

    A picture's rows are its steps, and stand beside their weights; a signal's stand above them. Dark is a large weight;
    what is black stands above.
    """
    rows = _chosen(subject)
    maps = _maps(subject, rows)
    if not maps:
        return None
    examples = Examples(subject.data, subject.split.x[rows])
    look, kinds = examples.look, len(maps) + (examples.look != "text")
    # Pictures and texts: an example's panels side by side, two examples in a row; signals: below one another.
    columns = len(rows) if look == "curves" else kinds * min(2, len(rows))
    title = f"{subject.title} · where it looks in its input"
    figure, panels = sheet(title, kinds * len(rows), columns, _PANELS[look])
    for i in range(len(rows)):
        of_example = panels[i :: len(rows)] if look == "curves" else panels[i * kinds : (i + 1) * kinds]
        if look != "text":
            examples.draw(of_example[0], i)
        for axes, (name, weights) in zip(of_example[-len(maps) :], maps.items(), strict=True):
            black = _draw(axes, subject, examples, i, weights[i])
            axes.set_title(f"{name} · black: {black:.2g}", fontsize=7, loc="right", pad=3)
        lines = "\n".join(shortened(line, _LETTERS) for line in _about(subject, int(rows[i])))
        of_example[0].set_title(lines, fontsize=7, loc="left", pad=3, parse_math=False)
    return figure


def _chosen(subject: Subject) -> NDArray[np.int64]:
    """The first example of each of the first classes; where something else is predicted, some evenly spaced."""
    if isinstance(subject.report, ClassificationReport) and not subject.task.per_step:
        first = np.unique(subject.split.y, return_index=True)[1]
        return np.asarray(first[:_SHOWN], np.int64)
    return np.unique(np.linspace(0, len(subject.split) - 1, _SHOWN).round().astype(np.int64))


def _about(subject: Subject, row: int) -> tuple[str, ...]:
    name = subject.split.name_of(row)
    if isinstance(subject.report, ClassificationReport) and not subject.task.per_step:
        return name, *told(subject, row)
    return (name,)


def _maps(subject: Subject, rows: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The weights of the first layers that look over their inputs, (n, T, T) each, by the layers' names.

    Of an ensemble, those of its members, in their order.
    """
    import keras

    x = np.asarray(subject.split.x[rows]).astype(np.float32)
    maps: dict[str, NDArray[Any]] = {}
    for whose, model in subject.single_models.items():
        if len(maps) == _LAYERS:
            break
        symbols = {layer.name: found for layer in model.layers if (found := _weights(model, layer)) is not None}
        symbols = dict(list(symbols.items())[: _LAYERS - len(maps)])
        given = keras.Model(model.input, symbols)(x, training=False) if symbols else {}
        for name, each in given.items():
            weights = np.asarray(each)
            # Of several heads, the mean.
            maps[f"{whose}{name}"] = weights.mean(axis=1) if weights.ndim == 4 else weights
    return maps


def _weights(model: keras.Model, layer: keras.layers.Layer) -> keras.KerasTensor | None:
    """The weights of a layer, (B, T, T) or (B, heads, T, T); None of one that looks over nothing, or elsewhere."""
    import keras

    from dlcli.layers.attention import AttentionRNN
    from dlcli.layers.inline import arguments_of

    if isinstance(layer, AttentionRNN):
        return layer.output[1]
    if not isinstance(layer, keras.layers.MultiHeadAttention):
        return None
    # Keras' layer gives them only where it is called for them: so a copy is, on the same inputs.
    arguments, named = arguments_of(model, layer.name)
    copy = type(layer).from_config(layer.get_config() | {"name": f"weights_of_{layer.name}"})
    weights = copy(*arguments, **named, return_attention_scores=True)[1]
    copy.set_weights(layer.get_weights())
    return weights


def _draw(axes: Axes, subject: Subject, examples: Examples, i: int, weights: NDArray[Any]) -> float:
    """The weights (T, T) of an example: of a picture an input a row, as in the picture; else an input a column.

    Returns the weight that is black.
    """
    steps = examples.x.shape[1]
    # Fewer where convolutions have pooled; one more where a step that is learned stands in front.
    weights = weights[1:, 1:] if len(weights) == steps + 1 else weights
    if examples.look == "text":
        vocabulary = subject.data.vocabulary or ()
        tokens = [vocabulary[int(token)] for token in examples.x[i] if token != PADDING]
        # Where convolutions have pooled, several tokens are one step.
        together = -(-steps // len(weights))
        parts = [" ".join(tokens[j : j + together]) for j in range(0, len(tokens), together)][:_TOKENS]
        shown = weights[: len(parts), : len(parts)]
        draw_map(axes, shown / _black(shown), parts, parts, "looks at", "at")
        return _black(shown)
    shown = weights.T if examples.look == "picture" else weights
    extent = (0, steps, steps, 0)
    axes.imshow(shown, cmap="Greys", vmin=0, vmax=_black(weights), aspect="auto", extent=extent)
    axes.tick_params(labelsize=6, length=2)
    x, y = ("at step", "looks at row") if examples.look == "picture" else ("looks at time step", "at step")
    axes.set_xlabel(x, fontsize=7, labelpad=1)
    axes.set_ylabel(y, fontsize=7, labelpad=1)
    return _black(weights)


def _black(weights: NDArray[Any]) -> float:
    """The weight that is black: the largest, but where all are nearly alike, none is."""
    largest = float(weights.max(initial=0))
    least: float = _ALIKE / max(1, weights.shape[-1])
    return max(largest, least)
