"""What is told of every kind of target, wherever it is told."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import pytest

from dlcli.datasets.spec import Outlook
from dlcli.metrics.names import FOLLOWED, SCORES
from dlcli.spec.combinations import metrics

KINDS = {word for part in get_args(get_type_hints(Outlook)["predicts"]) for word in get_args(part)}


@pytest.mark.parametrize("told", [FOLLOWED, SCORES, metrics._WORDS], ids=["FOLLOWED", "SCORES", "_WORDS"])
def test_every_kind_of_target_that_a_spec_tells_of_has_its_scores_and_its_words(told: dict[str, Any]) -> None:
    assert {"classes", "reals"} < KINDS
    assert told.keys() == KINDS
