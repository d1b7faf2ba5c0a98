"""Key figures of the product itself; pure."""

from datetime import timedelta

from bellwether.contracts import KpiInfo, KpiInput
from bellwether.kpi.base import Definition, Facts, Reading, severity, unknown
from bellwether.kpi.words import number, percent, span

_BUDGET = 14.4 * 0.001
"""Share of failed requests that spends the error budget of a month (0.1 %) in two days."""
_FEW = 20


def gateway_errors(facts: Facts) -> Reading:
    """Read the share of requests of five minutes that failed on the server's side."""
    service = facts.service
    assert service is not None
    if not service.requests or service.errors is None:
        return unknown("No request came in the last five minutes.", confidence=0.5)
    share = service.errors / service.requests
    return Reading(
        share,
        severity(share, 0.0, 0.5 * _BUDGET, _BUDGET),
        f"{percent(share)} of {service.requests:,} requests of five minutes failed.",
        confidence=min(1.0, service.requests / _FEW),
        inputs=(KpiInput(name="requests", value=service.requests), KpiInput(name="failed", value=service.errors)),
    )


def gateway_latency(facts: Facts) -> Reading:
    """Read the time within which 95 of 100 requests of five minutes were answered."""
    service = facts.service
    assert service is not None
    if service.p95_s is None or not service.requests:
        return unknown("No request came in the last five minutes.", confidence=0.5)
    return Reading(
        service.p95_s,
        severity(service.p95_s, 0.0, 0.5, 1.0),
        f"95 of 100 requests are answered within {number(service.p95_s)} s.",
        confidence=min(1.0, service.requests / _FEW),
        inputs=(KpiInput(name="requests", value=service.requests),),
    )


def queue_age(facts: Facts) -> Reading:
    """Read how long the oldest unfinished work waits."""
    service = facts.service
    assert service is not None
    assert service.oldest_s is not None
    said = f"The oldest unfinished work has waited for {span(timedelta(seconds=service.oldest_s))}."
    return Reading(
        service.oldest_s,
        severity(service.oldest_s, 0.0, 60.0, 300.0),
        said if service.oldest_s else "No work waits.",
    )


KPIS = (
    Definition(
        KpiInfo(
            id="gateway_errors",
            family="service",
            title="Failed requests",
            unit="share",
            direction="lower",
            formula="answers of status 5xx / all over 5 minutes, of the gateway that answers",
            lines="watch 0.72 %, act 1.44 % (14.4 times the budget of 0.1 %)",
            needs=("service",),
            relevance={"business": 0.1, "data_engineer": 0.3, "data_scientist": 0.1, "operator": 1.0},
        ),
        gateway_errors,
    ),
    Definition(
        KpiInfo(
            id="gateway_latency",
            family="service",
            title="Answer time",
            unit="s",
            direction="lower",
            formula="95th percentile of the time of requests over 5 minutes, of the gateway that answers",
            lines="watch 0.5 s, act 1 s",
            needs=("service",),
            relevance={"business": 0.0, "data_engineer": 0.2, "data_scientist": 0.1, "operator": 0.8},
        ),
        gateway_latency,
    ),
    Definition(
        KpiInfo(
            id="queue_age",
            family="service",
            title="Oldest waiting work",
            unit="s",
            direction="lower",
            formula="now - publication of the oldest unfinished work of any service",
            lines="watch 60 s, act 300 s",
            needs=("queue",),
            relevance={"business": 0.0, "data_engineer": 0.4, "data_scientist": 0.1, "operator": 1.0},
        ),
        queue_age,
    ),
)
