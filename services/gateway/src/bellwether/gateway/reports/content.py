"""What a report holds, whatever it is written as; pure."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime

from bellwether.contracts import Contract, FeatureBins, Kpi, ModelName, Status
from bellwether.gateway.answers import Items, Links

Cell = str | float | int | bool | None
TableName = Literal[
    "batches", "features", "quality", "performance", "kpis", "incidents", "causes", "changes", "explanation"
]
LINK = "link"
"""The column of addresses of our own; no text that was pushed becomes a link."""


class Table(Contract):
    """Rows of one subject: ``columns`` are names, every row is as long."""

    name: TableName
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class ReportDocument(Contract):
    """A report as data. ``coverage`` says plainly what it does not know."""

    id: str
    kind: Literal["batch", "period"]
    model: ModelName
    owner: str | None
    version: str | None
    title: str
    begin: AwareDatetime
    end: AwareDatetime
    status: Status
    sentence: str
    coverage: tuple[str, ...]
    tables: tuple[Table, ...]
    made_at: AwareDatetime


class ReportItem(Contract):
    """A report that can be had."""

    id: str
    kind: Literal["batch", "period"]
    title: str
    status: Status
    links: Links


class ReportsOut(Items[ReportItem]):
    """Reports of a model: months first, then batches, newest first."""


class Picture(Contract):
    """What the page draws beside the tables."""

    times: tuple[datetime, ...] = ()
    scores: tuple[float | None, ...] = ()
    statuses: tuple[Status, ...] = ()
    line: float | None = None
    metric: str | None = None
    performance: tuple[tuple[datetime, float, str], ...] = ()
    normal: float | None = None
    bins: tuple[FeatureBins, ...] = ()
    cards: tuple[tuple[str, tuple[Kpi, ...]], ...] = ()


def stamp(time: datetime | None) -> str | None:
    """Return a time as tables hold it."""
    return None if time is None else time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
