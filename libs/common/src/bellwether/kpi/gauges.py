"""What the gauges of one model tell of its key figures and of the facts behind them; pure."""

from collections.abc import Iterator, Sequence

from bellwether.contracts import GaugedPerformance, Kpi, KpiGauges, PerformanceReport
from bellwether.kpi.base import Facts

GAUGES = "gauges"
"""Partition of ``views`` that holds them."""


def gauges_of(facts: Facts, kpis: Sequence[Kpi]) -> KpiGauges:
    """Return what is told of a model; what is not known is None."""
    name, known = facts.model.name, {one.id: one for one in kpis}
    age_h = _input(known.get("label_coverage"), "age of the newest labels")
    violations = known.get("quality_violations")
    return KpiGauges(
        id=name,
        pk=GAUGES,
        model=name,
        statuses={one.id: one.status for one in kpis},
        rows_expected=_input(known.get("rows_vs_expected"), "usual"),
        label_age_s=None if age_h is None else 3600 * age_h,
        violations=None if violations is None else violations.value,
        performance=tuple(_performance(facts)),
    )


def _performance(facts: Facts) -> Iterator[GaugedPerformance]:
    labelled = [one for one in facts.realised if one.labelled]
    for report in (*facts.estimated[-1:], *labelled[-1:]):
        if (told := _key(report)) is not None:
            yield told


def _key(report: PerformanceReport) -> GaugedPerformance | None:
    found = next((one for one in report.metrics if one.metric == report.key_metric), None)
    if found is None:
        return None
    return GaugedPerformance(
        metric=found.metric, kind=report.kind, value=found.value, act=found.act, status=report.status
    )


def _input(kpi: Kpi | None, name: str) -> float | None:
    found = None if kpi is None else next((one.value for one in kpi.inputs if one.name == name), None)
    return None if found is None or isinstance(found, str) else float(found)
