"""What a drift method or a performance metric is to a reader: entries of a catalogue."""

from typing import Literal

from bellwether.contracts.base import Contract, Kind, Task
from bellwether.contracts.models import Lines


class Method(Contract):
    """One drift method: what its value means and where it is from.

    ``low`` and ``high`` are the ends of its range, None: unbounded. ``lines``: conventional watch and act lines,
    None where the size of the value depends on the number of rows. ``headline``: whether a report lets it decide.
    """

    slug: str
    title: str
    unit: str
    low: float
    high: float | None
    kinds: tuple[Kind, ...]
    definition: str
    source: str
    lines: Lines | None
    headline: bool


class MetricInfo(Contract):
    """One performance metric: of which task, which way is better, what it means and where it is from."""

    slug: str
    task: Task
    title: str
    unit: str
    better: Literal["higher", "lower", "zero"]
    definition: str
    source: str
