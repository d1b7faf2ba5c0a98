"""What an incident touched: decisions, money, batches; pure."""

from collections.abc import Sequence
from datetime import datetime

from bellwether.contracts import Batch, Impact, Kpi
from bellwether.kpi.base import end_of


def impact_of(kpis: Sequence[Kpi]) -> Impact:
    """Return what the key figures say is touched; only what got worse."""
    by_id = {one.id: one for one in kpis}
    share, money = by_id.get("changed_inputs"), by_id.get("money_at_risk")
    lost = None if money is None or money.value is None or money.value <= 0 else money.value
    return Impact(
        share=None if share is None else share.value,
        money=lost,
        currency=None if lost is None or money is None else money.unit,
    )


def worse(before: Impact, now: Impact) -> Impact:
    """Return what an incident touched at its worst: once it is over, nothing rests on it any more."""
    share = max((one for one in (before.share, now.share) if one is not None), default=None)
    money = max((one for one in (before, now) if one.money is not None), key=lambda one: one.money or 0.0, default=now)
    return now.model_copy(update={"share": share, "money": money.money, "currency": money.currency})


def touched(impact: Impact, batches: Sequence[Batch], since: datetime, until: datetime | None = None) -> Impact:
    """Return the impact with the batches from the begin of an incident until it was over, if it is."""
    rows = [
        one.rows
        for one in batches
        if one.state == "accepted" and end_of(one) > since and (until is None or (one.start or end_of(one)) < until)
    ]
    return impact.model_copy(update={"batches": len(rows), "rows": sum(rows)})
