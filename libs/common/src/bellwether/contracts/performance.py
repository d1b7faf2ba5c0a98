"""How well a model does: realised once labels are here, estimated before."""

from typing import Literal

from pydantic import AwareDatetime, NonNegativeInt

from bellwether.contracts.base import Contract, Document, Status
from bellwether.contracts.models import ModelName
from bellwether.contracts.reports import FeatureDrift


class MetricValue(Contract):
    """One metric of one window, in the metric's unit, against what is normal on the reference.

    ``value`` is None with a ``reason``. ``interval`` holds 95 %; ``normal`` is the mean over chunks of the reference,
    ``watch`` and ``act`` the values two and three of their standard deviations on the worse side of it.
    """

    metric: str
    value: float | None
    interval: tuple[float, float] | None = None
    normal: float | None = None
    watch: float | None = None
    act: float | None = None
    status: Status = "unknown"
    reason: str | None = None


class Calibration(Contract):
    """How far scores are from frequencies: expected calibration error in [0, 1] over ten equal-count bins.

    ``bins`` holds mean score, observed share and rows of each; ``observed_to_expected`` is positives seen over
    positives promised.
    """

    ece: float
    normal_ece: float | None = None
    observed_to_expected: float | None = None
    bins: tuple[tuple[float, float, int], ...] = ()


class Money(Contract):
    """What wrong decisions cost in this window, in ``currency``; ``excess`` is over the rows' normal cost."""

    currency: str
    cost: float
    normal_cost: float | None = None
    excess: float | None = None


class SegmentPerformance(Contract):
    """The key metric of the rows with one value in one column."""

    column: str
    value: str
    rows: NonNegativeInt
    metric: MetricValue


class PerformanceReport(Document):
    """Performance in one batch. Container ``reports``, pk as the batch's; drift writes it.

    id ``f~<batch>`` realised, derived anew whenever labels touch the batch (``labels`` lists the sets counted);
    id ``e~<batch>`` estimated, created once. ``target``: how the labels that came differ from the reference's.
    """

    type: Literal["performance_report"] = "performance_report"
    model: ModelName
    batch: str
    kind: Literal["realised", "estimated"]
    method: str
    start: AwareDatetime | None = None
    end: AwareDatetime
    rows: NonNegativeInt
    labelled: NonNegativeInt = 0
    labels: tuple[str, ...] = ()
    key_metric: str
    status: Status
    sentence: str
    caveat: str | None = None
    metrics: tuple[MetricValue, ...]
    calibration: Calibration | None = None
    money: Money | None = None
    segments: tuple[SegmentPerformance, ...] = ()
    target: FeatureDrift | None = None
    created_at: AwareDatetime
