"""What the two models of the demo learn, and from which days; light to import, pure.

Both train on January, are measured and profiled on the two months after it (the reference), and watch from April
on. The weather a model sees is what held-out days say it may see: one month holds 31 days of weather, and with
temperature, humidity, pressure and wind direction as features the trees learn those days by heart (AUC on February
and March 0.651 instead of 0.665). Month and weekday are left out: each is one constant in a batch of one day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

TRAINING = (date(2013, 1, 1), date(2013, 2, 1))
REFERENCE = (date(2013, 2, 1), date(2013, 4, 1))
REPLAY_FROM = date(2013, 4, 1)
REPLAY_UNTIL = date(2014, 1, 1)
SEED = 20130401
LATE_MINUTES = 15
CATEGORIES = ("carrier", "origin", "dest")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One model: its name, task, columns and settings; ``trusted`` are types that skops may load besides its own."""

    name: str
    task: Literal["binary", "regression"]
    title: str
    target: str
    numbers: tuple[str, ...]
    settings: Mapping[str, float | int] = field(default_factory=lambda: MappingProxyType({}))
    categories: tuple[str, ...] = CATEGORIES
    threshold: float | None = None
    value: Mapping[str, Any] | None = None
    trusted: tuple[str, ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """Every input, in the order the model takes them."""
        return self.categories + self.numbers


FLIGHT_DELAY = Recipe(
    name="flight-delay",
    task="binary",
    title="arrives 15 or more minutes late",
    target="late",
    numbers=("departure_minute", "arrival_minute", "distance", "wind_speed", "visib"),
    settings=MappingProxyType(
        {
            "max_iter": 100,
            "learning_rate": 0.05,
            "max_leaf_nodes": 8,
            "min_samples_leaf": 200,
            "l2_regularization": 10.0,
        }
    ),
    # A needless warning is assumed to cost 30, an unannounced delay 70: warn from a probability of 0.3.
    threshold=0.3,
    value=MappingProxyType({"currency": "USD", "false_positive": 30.0, "false_negative": 70.0}),
    trusted=(
        "functools.partial",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.utils.validation.check_array",
    ),
)
AIR_TIME = Recipe(
    name="air-time",
    task="regression",
    title="minutes in the air",
    target="air_time",
    numbers=("departure_minute", "distance", "wind_speed"),
    settings=MappingProxyType({"alpha": 1.0}),
    trusted=("numpy.dtype",),
)
RECIPES = (FLIGHT_DELAY, AIR_TIME)
