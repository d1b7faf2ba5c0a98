"""Performance: realised from labels, and estimated before they arrive. Everything but ``tables`` is pure."""

from bellwether.drift.performance.base import Metric
from bellwether.drift.performance.binary import BINARY
from bellwether.drift.performance.multiclass import MULTICLASS
from bellwether.drift.performance.regression import REGRESSION

METRICS: tuple[Metric, ...] = (*BINARY, *MULTICLASS, *REGRESSION)
"""Every metric of every task; the first of a task that can be computed is its key metric."""

__all__ = ["METRICS", "Metric"]
