"""Keras callbacks around our loop, and what of them goes into a checkpoint."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from dlcli.errors import UsageError

_PLAIN = (bool, int, float, str, type(None))


def states(callbacks: Sequence[keras.callbacks.Callback]) -> list[dict[str, Any]]:
    """The states of the callbacks that have one, ready for JSON, each with its class.

    A callback of a user's own gives it by a method `get_state()`, which returns what JSON can hold, and takes it back
    by `set_state(state)`. Of Keras' own it is their plain attributes, such as for how long EarlyStopping has waited,
    but for those that they were made with.
    Raises UsageError where a state is not what JSON can hold, or could not be given back.
    """
    found = [{"class": type(callback).__name__, "state": _state(callback)} for callback in callbacks]
    return [each for each in found if each["state"]]


def restore(callbacks: Sequence[keras.callbacks.Callback], stored: Sequence[dict[str, Any]]) -> None:
    """Gives callbacks their states back, after `on_train_begin`; raises UsageError where one has no owner any more."""
    waiting = list(callbacks)
    for each in stored:
        owner = next((callback for callback in waiting if type(callback).__name__ == each["class"]), None)
        if owner is None:
            raise UsageError(f"callbacks: the run was begun with {each['class']} and cannot go on without it")
        waiting.remove(owner)
        if hasattr(owner, "set_state"):
            owner.set_state(each["state"])
        else:
            vars(owner).update(each["state"])


def want_batches(callbacks: Sequence[keras.callbacks.Callback]) -> bool:
    """Whether one of them has something to do at every step."""
    base = keras.callbacks.Callback
    hooks = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
    return any(
        hook in vars(callback) or getattr(type(callback), hook) is not getattr(base, hook)
        for callback in callbacks
        for hook in hooks
    )


def _state(callback: keras.callbacks.Callback) -> Any:
    if hasattr(callback, "get_state"):
        state, name = callback.get_state(), type(callback).__name__
        if not hasattr(callback, "set_state"):
            raise UsageError(f"callbacks: {name} has get_state but no set_state, which would take the state back")
        try:
            json.dumps(state)
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"callbacks: get_state of {name} gave {state!r:.60}, which JSON cannot hold ({error})"
            ) from error
        return state
    if not _is_keras_own(callback):
        return None
    values = {name: value.item() if isinstance(value, np.generic) else value for name, value in vars(callback).items()}
    # What it was made with is no state: EarlyStopping turns the sign of its `min_delta` round when it is first called.
    given = {"params", *inspect.signature(type(callback)).parameters}
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, _PLAIN) and not name.startswith("_") and name not in given
    }


def _is_keras_own(callback: keras.callbacks.Callback) -> bool:
    return type(callback).__module__.startswith("keras.")
