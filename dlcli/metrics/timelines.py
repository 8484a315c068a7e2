"""How well it is told when something happens, over a whole split of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcli.datasets.data import NO_LABEL, Timelines
from dlcli.metrics.classification import ClassificationReport
from dlcli.metrics.labels import average_precision
from dlcli.metrics.segments import Segment, detection_average_precision, found_segments, segments_of, smoothed

OVERLAPS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
"""Temporal overlaps from which a segment counts as found, as in THUMOS (Idrees et al. 2017)."""


@dataclass(frozen=True)
class Timeline:
    """One recording of T steps.

    true: (T,) class numbers, -1 where a step has no label. probabilities: (T, K).
    known: (T,), the steps that the model has judged.
    """

    recording: int
    true: NDArray[np.int32]
    probabilities: NDArray[np.float64]
    known: NDArray[np.bool_]

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The most probable class of each step, (T,); -1 where none is known."""
        return np.where(self.known, self.probabilities.argmax(axis=1), NO_LABEL)


def timelines(
    places: NDArray[np.int32], y: NDArray[np.int32], probabilities: NDArray[np.float64]
) -> tuple[Timeline, ...]:
    """The recordings that windows were cut of, in the order of their numbers, put together again.

    places: (N, 4), as in a split; y: (N, T) class numbers, -1 for none; probabilities: (N, T, K). A step that several
    windows judge has their mean.
    """
    whole = []
    for recording in np.unique(places[:, 0]).tolist():
        rows = np.flatnonzero(places[:, 0] == recording)
        end = int(places[rows, 3].max())
        true = np.full(end, NO_LABEL, np.int32)
        sums, counts = np.zeros((end, probabilities.shape[2])), np.zeros(end)
        for row in rows:
            _, first, judged, last = places[row].tolist()
            there, within = slice(judged, last), slice(judged - first, last - first)
            true[there] = np.maximum(true[there], y[row, within])
            sums[there] += probabilities[row, within]
            counts[there] += 1
        whole.append(Timeline(recording, true, sums / np.maximum(counts, 1)[:, None], counts > 0))
    return tuple(whole)


@dataclass(frozen=True)
class TimelineReport(ClassificationReport):
    """Classes step by step, the segments that were found, and what occurs at all, in whole recordings."""

    target: Timelines
    recordings: tuple[Timeline, ...]

    @classmethod
    def of_timelines(cls, target: Timelines, recordings: tuple[Timeline, ...]) -> TimelineReport:
        """The report on these recordings; the confusion matrix is of all labelled steps that were judged."""
        judged = [(each.true >= 0) & each.known for each in recordings]
        true = np.concatenate([each.true[there] for each, there in zip(recordings, judged, strict=True)])
        predicted = np.concatenate([each.predicted[there] for each, there in zip(recordings, judged, strict=True)])
        frames = ClassificationReport.of(target.names, true, predicted)
        return cls(frames.names, frames.confusion, target, recordings)

    @property
    def scores(self) -> dict[str, float]:
        """Of single steps: macro F1, accuracy, and macro F1 over the classes that are sought as segments. Of segments:
        mean average precision, the mean over all overlaps, and the same of labelled time alone. Of what occurs in
        recordings and in excerpts of them: mean average precision.
        """
        return {
            "macro_f1": self.macro_f1,
            "accuracy": self.accuracy,
            "activity_f1": self.activity_f1,
            "segment_map": float(np.mean(list(self.segment_map.values()))),
            "labelled_segment_map": float(np.mean(list(self.labelled_segment_map.values()))),
            "occurrence_map": _mean_of_there(self.occurrences),
            "excerpt_map": _mean_of_there(self.excerpts),
        }

    def as_json(self) -> dict[str, Any]:
        """The scores of each class and of each overlap, and the confusion matrix."""
        return {
            **super().as_json(),
            "segments": {f"{least:g}": value for least, value in self.segment_map.items()},
            "labelled_segments": {f"{least:g}": value for least, value in self.labelled_segment_map.items()},
            "segments_of_classes": {
                name: {f"{least:g}": value for least, value in of_class.items()}
                for name, of_class in self.of_each(self.found).items()
            },
        }

    @property
    def sought(self) -> tuple[str, ...]:
        """The classes that are sought as segments."""
        return self.names[: self.target.sought]

    @property
    def activity_f1(self) -> float:
        """Mean F1 over the sought classes that occur or were predicted."""
        kept = [
            self.classes[k].f1 for k in range(len(self.sought)) if self.confusion[k].any() or self.confusion[:, k].any()
        ]
        return float(np.mean(kept)) if kept else 0.0

    @cached_property
    def true(self) -> tuple[Segment, ...]:
        """The labelled segments of sought classes."""
        return self._of_sought(segments_of(each.true, each.recording) for each in self.recordings)

    @cached_property
    def found(self) -> tuple[Segment, ...]:
        """The segments of sought classes that were found, in the order of recordings and time; labels play no part."""
        return self._found([each.known for each in self.recordings])

    @cached_property
    def found_where_labelled(self) -> tuple[Segment, ...]:
        """Those that are found where time without labels is cut out: it belongs to no segment and judges none."""
        return self._found([each.known & (each.true >= 0) for each in self.recordings])

    @cached_property
    def segment_map(self) -> dict[float, float]:
        """Mean average precision over the sought classes there are, by overlap. Time without labels is background."""
        return self._mean_of_each(self.found)

    @cached_property
    def labelled_segment_map(self) -> dict[float, float]:
        """The same of `found_where_labelled`."""
        return self._mean_of_each(self.found_where_labelled)

    @cached_property
    def occurrences(self) -> dict[str, float]:
        """Average precision, for each sought class, of whether it occurs in a recording."""
        return self._occurring(None)

    @cached_property
    def excerpts(self) -> dict[str, float]:
        """The same of excerpts of recordings."""
        return self._occurring(max(1, self._steps(self.target.excerpt_seconds)))

    def of_each(self, found: Sequence[Segment]) -> dict[str, dict[float, float]]:
        """Average precision of these segments by sought class, of those that there are, and overlap."""
        scores = {}
        for k, name in enumerate(self.sought):
            there, of_class = ([each for each in some if each.label == k] for some in (self.true, found))
            if there:
                scores[name] = {least: detection_average_precision(there, of_class, least) for least in OVERLAPS}
        return scores

    def _mean_of_each(self, found: Sequence[Segment]) -> dict[float, float]:
        of_each = self.of_each(found).values()
        return {least: float(np.mean([scores[least] for scores in of_each])) if of_each else 0.0 for least in OVERLAPS}

    def _found(self, there: Sequence[NDArray[np.bool_]]) -> tuple[Segment, ...]:
        least = max(1, self._steps(self.target.least_seconds))
        return self._of_sought(
            found_segments(probabilities, steps, least, each.recording)
            for each, probabilities, steps in zip(self.recordings, self._smoothed, there, strict=True)
        )

    def _of_sought(self, segments: Any) -> tuple[Segment, ...]:
        return tuple(each for some in segments for each in some if each.label < len(self.sought))

    def _occurring(self, length: int | None) -> dict[str, float]:
        """length: of the excerpts in steps; None: whole recordings. What has no labelled step is left out."""
        true, scores = [], []
        K = len(self.sought)
        for each, probabilities in zip(self.recordings, self._smoothed, strict=True):
            judged = (each.true >= 0) & each.known
            for first in range(0, len(judged), length or len(judged)):
                part = np.flatnonzero(judged[first : first + (length or len(judged))]) + first
                if len(part):
                    true.append(np.isin(np.arange(K), each.true[part]))
                    scores.append(probabilities[part, :K].max(axis=0))
        there, sure = np.array(true, np.float64).reshape(-1, K), np.array(scores).reshape(-1, K)
        return {
            name: average_precision(there[:, k], sure[:, k]) for k, name in enumerate(self.sought) if there[:, k].any()
        }

    @cached_property
    def _smoothed(self) -> list[NDArray[np.float64]]:
        width = self._steps(self.target.smooth_seconds)
        return [smoothed(each.probabilities, each.known, width) for each in self.recordings]

    def _steps(self, seconds: float) -> int:
        return round(seconds * self.target.rate_hz)


def _mean_of_there(scores: dict[str, float]) -> float:
    return float(np.mean(list(scores.values()))) if scores else 0.0
