"""What every report on a whole split can tell."""

from __future__ import annotations

from typing import Any, Protocol


class Report(Protocol):
    """The scores of a model on a whole split."""

    @property
    def scores(self) -> dict[str, float]:
        """The headline scores by name."""

    def as_json(self) -> dict[str, Any]:
        """Everything besides the headline scores, ready for json.dumps."""
