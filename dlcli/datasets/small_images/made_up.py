"""Made-up examples that a model can learn something from, in the place of data that is not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def balanced_labels(examples: int, classes: int, seed: int) -> NDArray[np.uint8]:
    """Labels (N,) from 0 in a random order, each as often as any other."""
    import numpy as np

    return np.random.default_rng(seed).permutation(np.arange(examples) % classes).astype(np.uint8)


def blobs(labels: NDArray[np.uint8], size: int, channels: int, seed: int) -> NDArray[np.uint8]:
    """Images (N, size, size, channels) of a bright blob, whose place on a circle tells which of ten classes it is."""
    import numpy as np

    rng = np.random.default_rng([seed, 1])
    angle = 2 * np.pi * labels / 10 + rng.normal(0, 0.1, len(labels))
    radius = size / 3.5
    row, column = (size / 2 + radius * turn(angle)[:, None, None] for turn in (np.sin, np.cos))
    grid = np.arange(size) + 0.5
    distance = (grid[:, None] - row) ** 2 + (grid - column) ** 2
    blob = 220 * np.exp(-distance / (2 * (size / 9) ** 2))
    strength = rng.uniform(0.7, 1.0, (len(labels), 1, 1, channels))
    noise = rng.uniform(0, 35, (len(labels), size, size, channels))
    return (blob[..., None] * strength + noise).astype(np.uint8)
