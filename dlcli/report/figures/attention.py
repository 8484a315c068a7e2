"""Where a model that writes looks in its source, token by token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import BEGIN, NO_LABEL, PADDING, TokenSequence
from dlcli.metrics.sequences import SequenceReport
from dlcli.report.figures.page import Panel, sheet, shortened
from dlcli.report.figures.subject import Subject

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SHOWN, _COLUMNS = 6, 2
_ATTENTION = "attention"
"""The layer of `seq2seq` that looks at the source."""
_TOKENS = 50
"""Of a source or of what was written, as many as are drawn."""
_TOKEN_LETTERS = 10
_LETTERS = 60


def attention_map(subject: Subject) -> Figure | None:
    """The weights of the source at each token that was written, of the first examples: mistakes first.

    Rows are what was written, columns the source; dark is a large weight. Of an ensemble, those of its first member
    that looks at all.
    """
    report, target = subject.report, subject.data.target
    looking = {
        whose: model
        for whose, model in subject.single_models.items()
        if any(layer.name == _ATTENTION for layer in model.layers)
    }
    if not looking or not isinstance(report, SequenceReport) or not isinstance(target, TokenSequence):
        return None
    whose, model = next(iter(looking.items()))
    written = report.written[max(report.written)]
    wrong = (written != report.true).any(axis=1)
    rows = np.argsort(~wrong, kind="stable")[:_SHOWN]
    weights = _weights(subject, model, written[rows], rows)
    sources = np.asarray(subject.split.x[rows])[:, : target.source_steps]
    title = f"{subject.title} · where {whose.rstrip('/') or 'it'} looks while it writes"
    # Room for the tokens of the longest; all panels are of one size.
    longest = (
        min(_TOKENS, int((part >= least).sum(axis=1).max())) for part, least in ((sources, 1), (written[rows], 0))
    )
    wide, high = (max(1.5, 0.14 * count) for count in longest)
    figure, panels = sheet(title, len(rows), _COLUMNS, Panel(wide, high, above=0.5, below=0.7, left=0.8))
    for i, axes in enumerate(panels):
        of_source = [(subject.data.vocabulary or ())[token] for token in sources[i] if token != PADDING]
        of_text = [target.names[token] for token in written[rows[i]] if token != NO_LABEL]
        draw_map(axes, weights[i], of_source[:_TOKENS], of_text[:_TOKENS], "source", "written")
        name, true = subject.split.name_of(int(rows[i])), report.text(report.true[rows[i]])
        said = f"{name}: {report.text(written[rows[i]])}" + (f"\nis {true}" if wrong[rows[i]] else "")
        axes.set_title(
            "\n".join(shortened(line, _LETTERS) for line in said.split("\n")), fontsize=8, loc="left", parse_math=False
        )
    return figure


def _weights(subject: Subject, model: keras.Model, written: NDArray[np.int32], rows: NDArray[np.int64]) -> NDArray[Any]:
    """What the layer `attention` gives beside its sums when it reads what the model has written itself, (n, T, S)."""
    import keras

    target = subject.data.target
    assert isinstance(target, TokenSequence)
    before = np.where(written == NO_LABEL, PADDING, written)[:, :-1]
    begin = np.full((len(rows), 1), BEGIN)
    sources = np.asarray(subject.split.x[rows])[:, : target.source_steps]
    x = np.concatenate([sources, begin, before], axis=1).astype(np.float32)
    looking = keras.Model(model.input, model.get_layer(_ATTENTION).output[1])
    return np.asarray(looking(x, training=False))


def draw_map(axes: Axes, weights: NDArray[Any], across: list[str], down: list[str], below: str, beside: str) -> None:
    """Weights (T, S) of at most 1, a row for each of the tokens `down`, a column for each `across`; dark is large.

    below, beside: what the tokens across and down are.
    """
    shown = weights[: max(1, len(down)), : max(1, len(across))]
    axes.imshow(shown, cmap="Greys", vmin=0, vmax=1, aspect="auto")
    style: dict[str, Any] = {"fontsize": 6, "parse_math": False}
    turned = {"rotation": 90} if any(len(token) > 1 for token in across) else {}
    axes.set_xticks(range(len(across)), [shortened(token, _TOKEN_LETTERS) for token in across], **style, **turned)
    axes.set_yticks(range(len(down)), [shortened(token, _TOKEN_LETTERS) for token in down], **style)
    axes.tick_params(length=0)
    axes.set_xlabel(below, fontsize=7, labelpad=1)
    axes.set_ylabel(beside, fontsize=7)
