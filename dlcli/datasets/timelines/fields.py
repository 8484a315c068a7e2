"""What a spec says of how segments are made of what a model predicts at each step of a whole recording."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, NonNegativeFloat

from dlcli.component import Component


class Sought(Component):
    """The fields of a dataset in whose recordings segments are sought."""

    smooth_seconds: NonNegativeFloat = 1.0
    """Over how much time the probabilities of each class are averaged before segments are made of them; 0: none."""
    least_seconds: NonNegativeFloat = 1.0
    """Shortest segment: a shorter one is given to the neighbour that is more probable there."""
    excerpt_seconds: Annotated[float, Field(gt=0)] = 30.0
    """Length of the excerpts of which it is scored what occurs in them, beside whole recordings."""
