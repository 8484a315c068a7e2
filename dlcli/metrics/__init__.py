"""Metrics: of batches during training, of whole splits in evaluation; those that a spec asks for by `type`."""

from typing import Annotated

from dlcli.component import ByType
from dlcli.metrics.balanced_accuracy import BalancedAccuracy
from dlcli.metrics.top_k_accuracy import TopKAccuracy

FurtherMetric = Annotated[BalancedAccuracy | TopKAccuracy, ByType("metric")]
