"""Key figures: one registry from which cards, API, gauges and the documentation follow."""

from bellwether.kpi.base import NEEDS, Definition, Facts, Reading, Run, Service, severity, status_of
from bellwether.kpi.compute import compute
from bellwether.kpi.rank import TOP, top
from bellwether.kpi.registry import INFOS, KPIS, RELEVANCE

__all__ = [
    "INFOS",
    "KPIS",
    "NEEDS",
    "RELEVANCE",
    "TOP",
    "Definition",
    "Facts",
    "Reading",
    "Run",
    "Service",
    "compute",
    "severity",
    "status_of",
    "top",
]
