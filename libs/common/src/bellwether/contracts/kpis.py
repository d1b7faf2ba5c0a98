"""Key figures of a model for one reader: what each says, and what was said before."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from bellwether.contracts.base import Contract, Document, Status
from bellwether.contracts.models import ModelName

Persona = Literal["business", "data_engineer", "data_scientist", "operator"]
Family = Literal[
    "value",
    "volume",
    "outcome",
    "performance",
    "drift",
    "explanation",
    "fairness",
    "freshness",
    "pipeline",
    "quality",
    "recovery",
    "labels",
    "service",
]
Direction = Literal["higher", "lower", "zero", "one"]
"""Where a value is best: as high, as low, or as near to zero or one as can be."""


class KpiInfo(Contract):
    """One key figure as data: what it is, how it is computed, where its lines are, how much each reader cares.

    ``relevance``, in [0, 1], is per persona; below 0.25 it is never a card of that persona.
    """

    id: str
    family: Family
    title: str
    unit: str
    direction: Direction
    formula: str
    lines: str
    needs: tuple[str, ...]
    relevance: dict[Persona, float]


class KpiInput(Contract):
    """One number or name a value was computed from."""

    name: str
    value: float | str | None
    unit: str = ""


class KpiRank(Contract):
    """Why a key figure stands where it stands: ``score`` is the product of the factors, plus ``kept``.

    ``floor`` is 0.35 + 0.65 severity, ``urgency`` 1 + half the rise of severity in seven days, ``kept`` the bonus of
    what was shown last time, ``discount`` applies to the second of a family.
    """

    score: float
    relevance: float
    floor: float
    urgency: float
    confidence: float
    kept: float
    discount: float
    pinned: bool = False


class Kpi(Contract):
    """One key figure of one model.

    ``value`` is None where it cannot be told, and then ``status`` is ``unknown``. ``severity``: 0 healthy, 0.5 at the
    watch line, 1 at the act line, linear between. ``delta`` is the change of the value in seven days, in its unit;
    ``confidence``, in [0, 1], says how far the data suffices; ``muted_until`` is set while a person expects the change.
    """

    id: str
    model: ModelName
    family: Family
    title: str
    value: float | None
    unit: str
    direction: Direction
    status: Status
    severity: Annotated[float, Field(ge=0, le=1)] | None
    delta: float | None = None
    since: AwareDatetime | None = None
    sentence: str
    caveat: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)]
    formula: str
    inputs: tuple[KpiInput, ...] = ()
    links: dict[str, str] = {}
    muted_until: AwareDatetime | None = None
    rank: KpiRank | None = None


class KpiView(Document):
    """The key figures of a model when something last happened to it. Container ``views``, pk ``kpis``, id = model.

    ``urgency`` holds the rise of severity in seven days; drift derives it anew.
    """

    type: Literal["kpi_view"] = "kpi_view"
    model: ModelName
    kpis: tuple[Kpi, ...]
    urgency: dict[str, float] = {}
    computed_at: AwareDatetime


class GaugedPerformance(Contract):
    """The key metric of the newest batch it is known of; ``act`` is the value from which action is due."""

    metric: str
    kind: Literal["estimated", "realised"]
    value: float | None
    act: float | None = None
    status: Status


class KpiGauges(Document):
    """What gauges tell of the facts behind the key figures. Container ``views``, pk ``gauges``, id = model.

    Small, for it is read of every model at every scrape: ``statuses`` of key figures, rows as usual in a batch like the
    newest, age of the newest labels in seconds, wrong cells in 10,000.
    """

    type: Literal["kpi_gauges"] = "kpi_gauges"
    model: ModelName
    statuses: dict[str, Status]
    rows_expected: float | None = None
    label_age_s: float | None = None
    violations: float | None = None
    performance: tuple[GaugedPerformance, ...] = ()


class KpiSnapshot(Document):
    """The key figures of one day. Container ``views``, pk ``kpis|<model>``, id = UTC date; drift creates it once.

    ``values`` are id, status, severity and value; ``shown`` the cards of each persona, first to last.
    """

    type: Literal["kpi_snapshot"] = "kpi_snapshot"
    model: ModelName
    values: tuple[tuple[str, Status, float | None, float | None], ...]
    shown: dict[Persona, tuple[str, ...]]
    taken_at: AwareDatetime
    ttl: Annotated[int, Field(ge=60)] = 400 * 86_400
