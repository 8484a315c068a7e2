"""A running text, of which the next token is predicted at every step."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import NO_LABEL, PADDING, Data, NextToken, Split
from dlcli.datasets.holdout import Holdout
from dlcli.datasets.splits import hold_out
from dlcli.datasets.texts.fields import By, unit
from dlcli.datasets.texts.tokens import coded, of_training, tokens_of
from dlcli.errors import DataError


class Spec(Protocol):
    """What is known of a running text."""

    @property
    def lowercase(self) -> bool: ...
    @property
    def vocabulary(self) -> int | None: ...
    @property
    def steps(self) -> int: ...
    @property
    def stride(self) -> int | None: ...
    @property
    def validation(self) -> Holdout | None: ...
    @property
    def test(self) -> Holdout | None: ...


def running_text(text: str, spec: Spec, by: By, where: str) -> Data:
    """The windows of a text: its beginning for training, what follows for validation, its end for the test.

    where: what the text is called in messages. Raises DataError where a part is too short to predict anything in.
    """
    (codes,), names = coded([tokens_of(text, by, lowercase=spec.lowercase)])
    parts = _divided(codes, spec)
    for name, part in parts.items():
        if len(part) < 2:
            raise DataError(
                f"{where}: the {name} split has {len(part)} {unit(by)}; expected 2 or more. Hold out another share, or "
                f"nothing: dataset.{'validation' if name == 'train' else name}=null"
            )
    number_of, vocabulary = of_training(parts["train"], names, spec.vocabulary)
    steps = min(spec.steps, len(parts["train"]) - 1)
    splits = {
        name: windows(number_of[part], steps, (spec.stride or steps) if name == "train" else steps)
        for name, part in parts.items()
    }
    remarks = _about_unknown({name: number_of[part] for name, part in parts.items()}, by)
    target = NextToken(vocabulary)
    return Data(
        splits["train"], splits.get("validation"), splits.get("test"), target, vocabulary=vocabulary, remarks=remarks
    )


def windows(codes: NDArray[np.int32], steps: int, stride: int) -> Split:
    """Windows of consecutive tokens (N, steps), and the tokens that follow each, which begin `stride` apart.

    codes: (n,). The last ones may be filled up. With a stride of `steps`, every token but the first is predicted once.
    """
    following = len(codes) - 1
    stride = min(stride, steps)
    starts = np.arange(0, max(1, following - steps + stride), stride)
    places = starts[:, None] + np.arange(steps)
    there = places < following
    places = np.minimum(places, following - 1)
    x = np.where(there, codes[places], PADDING).astype(np.int32)
    return Split(x, np.where(there, codes[places + 1], NO_LABEL).astype(np.int32))


def _divided(codes: NDArray[np.int32], spec: Spec) -> dict[str, NDArray[np.int32]]:
    """The parts of a text, in its order."""
    rest: Split | None = Split(codes, codes)
    parts = {}
    for name, holdout in (("test", spec.test), ("validation", spec.validation)):
        if holdout is not None and rest is not None:
            in_order = holdout.model_copy(update={"by": "time"})
            rest, part = hold_out(rest, NextToken(()), in_order, 0, name)
            parts[name] = part
    kept = {"train": rest} | parts
    return {name: part.y for name, part in kept.items() if part is not None}


def _about_unknown(parts: dict[str, NDArray[np.int32]], by: By) -> tuple[str, ...]:
    """What users should know of tokens that are not in the vocabulary."""
    unknown = {name: int((codes == 1).sum()) for name, codes in parts.items()}
    said = [f"{count} of {len(parts[name])} in {name}" for name, count in unknown.items() if count]
    return (f"{unit(by)} that are not in the vocabulary: {', '.join(said)}",) if said else ()
