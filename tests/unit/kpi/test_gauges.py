"""What gauges are told of the facts behind the key figures."""

from bellwether.kpi import compute
from bellwether.kpi.gauges import gauges_of
from tests.unit.kpi.world import batch, facts, performance


def test_what_is_known_is_told() -> None:
    days = [batch(ago, rows=500 if ago == 0 else 1000) for ago in range(30)][::-1]
    estimated = [performance(days[-1], 0.6, "act")]
    realised = [performance(one, 0.8, kind="realised", labelled=900) for one in days[:-7]]
    found = facts(days, estimated=estimated, realised=realised)
    kpis, _ = compute(found, None)
    told = gauges_of(found, kpis)
    assert (told.id, told.pk) == ("m", "gauges")
    assert told.statuses == {one.id: one.status for one in kpis}
    assert told.rows_expected == 1000
    assert told.label_age_s == 7 * 86_400 + 6 * 3600
    assert [(one.kind, one.metric, one.value, one.status) for one in told.performance] == [
        ("estimated", "roc_auc", 0.6, "act"),
        ("realised", "roc_auc", 0.8, "fine"),
    ]


def test_what_is_not_known_is_none_and_never_zero() -> None:
    found = facts([])
    told = gauges_of(found, compute(found, None)[0])
    assert (told.rows_expected, told.label_age_s, told.violations, told.performance) == (None, None, None, ())
