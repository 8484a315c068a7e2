"""Segments of recordings: made of the probabilities of each step, and how well they meet those that are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Segment(NamedTuple):
    """Steps of one class in a row. end: the step after the last; score: how sure a model is of it."""

    recording: int
    first: int
    end: int
    label: int
    score: float


def smoothed(probabilities: NDArray[np.float64], there: NDArray[np.bool_], width: int) -> NDArray[np.float64]:
    """Each step's mean with its neighbours, `width` steps in all and one more where that is even; fewer at the edges.

    probabilities: (T, K); there: (T,), the steps that are known, others stay out of every mean -> (T, K).
    """
    if width < 2:
        return probabilities
    values = np.concatenate([probabilities * there[:, None], there[:, None]], axis=1)
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    places, half = np.arange(len(values)), width // 2
    around = sums[np.minimum(places + half + 1, len(values))] - sums[np.maximum(places - half, 0)]
    means: NDArray[np.float64] = around[:, :-1] / np.maximum(around[:, -1:], 1)
    return means


def segments_of(labels: NDArray[np.integer], recording: int) -> list[Segment]:
    """Every run of equal labels (T,), of score 1; negative labels are none."""
    edges = np.flatnonzero(np.diff(labels)) + 1
    firsts, ends = np.append(0, edges), np.append(edges, len(labels))
    return [
        Segment(recording, int(first), int(end), int(labels[first]), 1.0)
        for first, end in zip(firsts, ends, strict=True)
        if labels[first] >= 0
    ]


def found_segments(
    probabilities: NDArray[np.float64], there: NDArray[np.bool_], least: int, recording: int
) -> list[Segment]:
    """Runs of steps with the same most probable class, in time's order; the score is its mean probability there.

    probabilities: (T, K); there: (T,), the steps that are known: no segment reaches over others.
    The shortest run of less than `least` steps becomes a part of a neighbour, of that whose class is more probable in
    it, and so on until none is shorter; one without neighbours is left out.
    """
    runs = segments_of(np.where(there, probabilities.argmax(axis=1), -1), recording)
    sums = np.concatenate([np.zeros((1, probabilities.shape[1])), np.cumsum(probabilities, axis=0)])
    while runs and (short := min(runs, key=lambda run: run.end - run.first)).end - short.first < least:
        i = runs.index(short)
        beside = [run for run in runs[max(0, i - 1) : i + 2] if run.end == short.first or run.first == short.end]
        if not beside:
            del runs[i]
            continue
        within = sums[short.end] - sums[short.first]
        runs[i] = short._replace(label=max(beside, key=lambda run: within[run.label]).label)
        runs = _joined(runs)
    return [
        run._replace(score=float((sums[run.end] - sums[run.first])[run.label] / (run.end - run.first))) for run in runs
    ]


def _joined(runs: list[Segment]) -> list[Segment]:
    """The same with neighbours of one class made one."""
    joined = runs[:1]
    for run in runs[1:]:
        last = joined[-1]
        if (last.end, last.label) == (run.first, run.label):
            joined[-1] = last._replace(end=run.end)
        else:
            joined.append(run)
    return joined


def overlap(one: Segment, other: Segment) -> float:
    """Steps that two segments of a recording share, over those that are in one of them or in both."""
    shared = max(0, min(one.end, other.end) - max(one.first, other.first))
    return shared / (one.end - one.first + other.end - other.first - shared)


def detection_average_precision(true: Sequence[Segment], found: Sequence[Segment], least_overlap: float) -> float:
    """How well the segments of one class were found: the area under precision over recall.

    By falling score, each segment found takes that of its recording that it overlaps most, of those not taken yet;
    where that is by less than `least_overlap`, it is wrong. Precision at a recall is the best at that or a higher one.
    0 where there is nothing to be found, or nothing was.
    Source: the evaluation of ActivityNet (Caba Heilbron et al. 2015),
    https://github.com/activitynet/ActivityNet/blob/master/Evaluation/eval_detection.py.
    """
    if not true or not found:
        return 0.0
    taken: set[Segment] = set()
    right = []
    for segment in sorted(found, key=lambda each: -each.score):
        free = [each for each in true if each.recording == segment.recording and each not in taken]
        best = max(free, key=lambda each: overlap(each, segment), default=None)
        hit = best is not None and overlap(best, segment) >= least_overlap
        right.append(hit)
        if best is not None and hit:
            taken.add(best)
    hits = np.cumsum(right)
    precision = hits / np.arange(1, len(hits) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best_from_here[np.array(right)].sum() / len(true))
