from datetime import UTC, datetime, timedelta

from bellwether.gateway.bucket import Buckets

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_burst_passes_then_the_rate_holds() -> None:
    buckets = Buckets(rate=2.0, burst=3)
    assert [buckets.take("a", NOW) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]
    assert buckets.take("a", NOW + timedelta(seconds=0.5)) == 0.0
    assert buckets.take("a", NOW + timedelta(seconds=0.5)) == 0.5


def test_callers_do_not_share() -> None:
    buckets = Buckets(rate=1.0, burst=1)
    assert (buckets.take("a", NOW), buckets.take("b", NOW), buckets.take("a", NOW)) == (0.0, 0.0, 1.0)


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    buckets = Buckets(rate=1.0, burst=1)
    assert buckets.take("a", NOW) == 0.0
    assert buckets.take("a", NOW - timedelta(hours=1)) > 0.0
