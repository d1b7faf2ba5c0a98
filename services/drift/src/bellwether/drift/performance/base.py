"""What a metric is, and the answers and outcomes it is computed from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bellwether.contracts import Task

Floats = NDArray[np.float64]
FEW = 30
"""Labels of a class below which no metric is given: its interval would span half the range."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Answers of a model beside what happened, row by row, shape (n,) each.

    Binary: ``label`` and ``decision`` are 0 or 1, ``score`` is the probability of 1 or None. Multiclass: both hold
    class codes, ``score`` the confidence in the decision or None. Regression: both hold values, ``score`` is None.
    """

    label: Floats
    decision: Floats
    score: Floats | None = None

    def __len__(self) -> int:
        return int(self.label.size)

    def rows(self, index: NDArray[np.intp] | slice) -> "Outcomes":
        """Return some of the rows; a slice makes no copy."""
        return Outcomes(self.label[index], self.decision[index], None if self.score is None else self.score[index])


Measure = Callable[[Outcomes], float | None]
Interval = Callable[[Outcomes, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to say how well a model does.

    ``measure`` returns None where the metric is not defined (no positive row, say). ``interval`` gives 95 % bounds
    of a value; None asks for the bootstrap.
    """

    slug: str
    title: str
    task: Task
    better: Literal["higher", "lower", "zero"]
    unit: str
    definition: str
    source: str
    measure: Measure
    needs_score: bool = False
    interval: Interval | None = None
