"""Takes steps, and undoes one that would spoil the weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcli.training.batches import training_batches
from dlcli.training.pace import Pace
from dlcli.training.prepare import Prepared
from dlcli.training.progress import Progress
from dlcli.training.steps import Steps

SKIPS_IN_A_ROW = 20
"""Steps after one another that `on_nan: skip` passes over; of a model that is spoilt it would pass over all."""


class SpoilingStep(Exception):  # noqa: N818 (what the loop makes of it is the error)
    """The next step's loss, gradient or new weights are not finite, and training is not to go on without it."""


class Advance:
    """Takes a training from step to step.

    Weights, optimizer and moving averages are copied before each call of many steps. Where one of those turns out to
    have a loss, gradient or new weights that are not finite, they are put back and the steps are taken again one by
    one, which gives the same numbers, up to that one. So a good step is not slowed down by what a bad one needs.
    """

    def __init__(self, prepared: Prepared, steps: Steps, variables: Sequence[Any], *, every_step: bool) -> None:
        self.prepared, self.steps, self.variables = prepared, steps, variables
        self._pace = Pace(every_step=every_step)
        self._batches: tuple[int, Any] = (-1, None)

    def __call__(self, progress: Progress, most: int) -> dict[str, float]:
        """Takes at most `most` steps, at least one, and notes them in `progress`; returns the logs so far.

        Raises SpoilingStep, with everything as it was before that step.
        """
        with self._pace.measured(most) as count:
            good = self._take(progress, count)
        if not good and (count == 1 or not all(self._take(progress, 1) for _ in range(count))):
            self._pass_over(progress)
        return self.steps.logs(np.asarray(progress.totals))

    def _take(self, progress: Progress, count: int) -> bool:
        """Takes so many steps, all or, where one would spoil the weights, none; returns whether it has."""
        with self._pace.overhead():
            before = [np.array(variable.numpy()) for variable in self.variables]
        at, batches = self._batches
        if at != progress.step:
            batches = batches_from(self.prepared, progress.step)
        good, totals = self.steps.train(batches, count, self.steps.no_totals + progress.totals)
        if good:
            progress.step += count
            progress.totals = totals.tolist()
            progress.skipped_in_a_row = 0
            self._batches = progress.step, batches
        else:
            for variable, value in zip(self.variables, before, strict=True):
                variable.assign(value)
            # After one step it is known where the iterator stands.
            self._batches = (progress.step + 1, batches) if count == 1 else (-1, None)
        return good

    def _pass_over(self, progress: Progress) -> None:
        """Goes on behind the next step."""
        if self.prepared.experiment.train.on_nan != "skip" or progress.skipped_in_a_row >= SKIPS_IN_A_ROW:
            raise SpoilingStep
        # What was put back are the states before the step: where it begins an epoch, those of the epoch before.
        self.steps.begin(progress.step)
        progress.step += 1
        progress.skipped += 1
        progress.skipped_in_a_row += 1


def batches_from(prepared: Prepared, step: int) -> Any:
    """An iterator over a training's batches from a step on."""
    train = prepared.experiment.train
    batches = training_batches(
        prepared.data.train, prepared.order, first_step=step, strategy=prepared.strategy,
        parts=train.accumulation_steps, augment=prepared.augment,
    )  # fmt: skip
    return iter(batches)
