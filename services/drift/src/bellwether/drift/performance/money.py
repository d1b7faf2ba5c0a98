"""What wrong decisions cost."""

import numpy as np

from bellwether.contracts import Money, Value
from bellwether.drift.performance.base import Floats, Outcomes


def row_costs(outcomes: Outcomes, value: Value) -> Floats | None:
    """Return the realised cost of each yes-or-no decision, or of each unit of error, shape (n,), in the currency."""
    if value.per_unit is not None:
        return np.asarray(value.per_unit * np.abs(outcomes.decision - outcomes.label))
    if value.false_positive is None and value.false_negative is None:
        return None
    wrong_yes = (outcomes.decision == 1) & (outcomes.label == 0)
    wrong_no = (outcomes.decision == 0) & (outcomes.label == 1)
    return np.asarray((value.false_positive or 0.0) * wrong_yes + (value.false_negative or 0.0) * wrong_no)


def expected_costs(probability: Floats, decision: Floats, value: Value) -> Floats | None:
    """Return the expected cost of each yes-or-no decision from calibrated probabilities, shape (n,)."""
    if value.false_positive is None and value.false_negative is None:
        return None
    chosen = decision == 1
    return np.where(
        chosen, (value.false_positive or 0.0) * (1 - probability), (value.false_negative or 0.0) * probability
    )


def money(costs: Floats, normal: Floats | None, value: Value) -> Money:
    """Sum costs of a window's rows and set them against the mean cost of reference rows."""
    total = float(costs.sum())
    usual = float(normal.mean()) * costs.size if normal is not None and normal.size else None
    return Money(
        currency=value.currency,
        cost=total,
        normal_cost=usual,
        excess=None if usual is None else total - usual,
    )
