"""Every key figure; one entry is a card, an answer of the API, a gauge and a paragraph of the documentation."""

from collections.abc import Mapping

from bellwether.contracts import KpiInfo, Persona
from bellwether.kpi import decisions, deliveries, performance, pipelines, recovery, science, service
from bellwether.kpi.base import Definition

KPIS: tuple[Definition, ...] = (
    *decisions.KPIS,
    *performance.KPIS,
    *pipelines.KPIS,
    *deliveries.KPIS,
    *recovery.KPIS,
    *science.KPIS,
    *service.KPIS,
)
"""Of two that weigh alike the first one here is shown first."""
INFOS: tuple[KpiInfo, ...] = tuple(one.info for one in KPIS)
RELEVANCE: Mapping[str, Mapping[Persona, float]] = {one.id: one.relevance for one in INFOS}
"""How much each reader cares, by id."""
