"""What a model can read and predict, as far as that does not depend on the shape of the examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from dlcli.component import Component
from dlcli.datasets.spec import Outlook
from dlcli.errors import UsageError
from dlcli.models.embedding import reads_tokens

Predicts = Literal["whole examples", "steps", "next tokens", "sequences", "inputs"]
"""What is predicted of each example: one thing of the whole, something at each step, each step's following token, a
sequence of another length, or the example itself.
"""


_PREDICTED: dict[str | None, Predicts] = {"tokens": "next tokens", "sequences": "sequences", "inputs": "inputs"}


def predicted_of(outlook: Outlook) -> Predicts:
    """What is predicted of each example of such data."""
    return _PREDICTED.get(outlook.predicts, "steps" if outlook.per_step else "whole examples")


def outlook_for(model: Component, outlook: Outlook) -> Outlook:
    """What a model makes of such data: one that gives back its inputs predicts nothing else."""
    if not getattr(model, "reconstructs", False):
        return outlook
    return replace(outlook, predicts="inputs", classes=None, per_step=False)


def refuse_unfit(model: Component, *, tokens: bool, predicts: Predicts) -> None:
    """Raises UsageError where a model cannot read texts that it is given, or cannot predict at every step.

    A model can that has a `build_steps`; of following tokens, if it is also `causal`: what it predicts at a step
    depends on that step and those before it alone. Sequences are written by those that have a `build_sequences`, and
    nothing else is. Inputs are given back by those that say so (`reconstructs`), and nothing else is predicted by them.
    """
    kind = type(model).__pydantic_fields__["type"].default
    if tokens and not reads_tokens(type(model)):
        raise UsageError(f"model: {kind} reads numbers; here examples are texts, which {_listed(reads_tokens)} read")
    if predicts == "inputs":
        return
    if predicts == "sequences" and not hasattr(model, "build_sequences"):
        raise UsageError(
            f"model: {kind} writes no sequences; here one is written for each example, which "
            f"{_listed(_has('build_sequences'))} can"
        )
    if predicts != "sequences" and not hasattr(model, "build"):
        raise UsageError(f"model: {kind} writes a sequence for each example; here {predicts} are predicted")
    if predicts in ("whole examples", "sequences"):
        return
    if getattr(model, "spectrum", None) is not None:
        raise UsageError(
            "model: spectrum: frequencies are read of the whole example; here each step is predicted; leave it out",
            at=("model", "spectrum"),
        )
    if not hasattr(model, "build_steps"):
        raise UsageError(
            f"model: {kind} makes one prediction for the whole example; here each step is predicted, which "
            f"{_listed(_has('build_steps'))} can"
        )
    if predicts == "next tokens" and not getattr(model, "causal", False):
        if "causal" in type(model).__pydantic_fields__:
            raise UsageError(
                f"model: {kind} sees what comes later; here the token that follows each step is predicted: give it "
                "`causal: true`"
            )
        raise UsageError(
            f"model: {kind} sees what comes later; here the token that follows each step is predicted, which "
            f"{_listed(_has('causal'))} can, as they see only what comes before"
        )
    if predicts == "next tokens" and getattr(model, "both_ways", False):
        raise UsageError(
            f"model: {kind} with `bidirectional: true` sees what comes later; here the token that follows each step is "
            "predicted",
            at=("model", "bidirectional"),
        )


def readers_of(shape: tuple[int | None, ...]) -> str:
    """The types of dlcli's models that by default read numbers of this shape: `linear and mlp`."""
    return _listed(lambda cls: hasattr(cls, "build") and _reads(cls, shape))


def _reads(cls: type[Component], shape: tuple[int | None, ...]) -> bool:
    # What needs values before there can be one refuses nothing by its shape.
    if not hasattr(cls, "refuse_unfit"):
        return True
    try:
        cls().refuse_unfit(shape)  # type: ignore[attr-defined]
    except UsageError:
        return False
    return True


def _has(ability: str) -> Callable[[type[Component]], bool]:
    """Whether a class has a field, a method or a property of this name."""
    return lambda cls: bool(ability in cls.__pydantic_fields__ or getattr(cls, ability, False))


def _listed(able: Callable[[type[Component]], bool]) -> str:
    """The types of dlcli's models of which something is true."""
    from dlcli.models import Model
    from dlcli.spec.structure import classes_in, type_name

    *others, last = [str(type_name(cls)) for cls in classes_in(Model) if able(cls)]
    return f"{', '.join(others)} and {last}" if others else last
