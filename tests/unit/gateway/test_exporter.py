from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families

from bellwether.contracts import FleetEntry, Status
from bellwether.gateway.exporter import render
from bellwether.gateway.model_samples import feature_samples
from bellwether.telemetry import gauges
from bellwether.telemetry.gauges import GAUGES

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def entry(n: int, others: tuple[Status, float | None] | None = None) -> FleetEntry:
    """``n`` named features, the first one worst."""
    statuses: list[Status] = ["act", *["fine"] * (n - 1)]  # type: ignore[list-item]  # a literal
    named = tuple((f"f{i:03}", status, 1.0 - i / 100) for i, status in enumerate(statuses))
    return FleetEntry(
        id="m", pk="fleet", model="m", status="act", aspects={}, sentence="", top_features=named,
        other_features=others, assessed_at=NOW,
    )  # fmt: skip


def test_names_are_declared_once_with_help_and_unit() -> None:
    assert len({gauge.name for gauge in GAUGES}) == len(GAUGES)
    for gauge in GAUGES:
        assert gauge.name.startswith("bellwether_")
        assert gauge.help.endswith(".")
        assert ("econds" in gauge.help or "Age" in gauge.help) == gauge.name.endswith("_seconds")


def test_the_text_is_what_prometheus_reads_whatever_a_feature_is_called() -> None:
    names = ('a "quoted"', "back\\slash", "two\nlines", "größe/😀", "")
    text = render(GAUGES, [(gauges.FEATURE_STATUS, ("m", name), 3) for name in names]).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert set(families) == {gauge.name for gauge in GAUGES}
    assert [sample.labels["feature"] for sample in families["bellwether_feature_status"].samples] == list(names)


def told(found: FleetEntry, most: int) -> dict[str, tuple[float, float | None]]:
    """Feature to status and score."""
    samples = {(gauge.name, labels[1]): value for gauge, labels, value in feature_samples(found, most)}
    names = [name for gauge, name in samples if gauge == gauges.FEATURE_STATUS.name]
    return {
        name: (samples[gauges.FEATURE_STATUS.name, name], samples.get((gauges.FEATURE_DRIFT_SCORE.name, name)))
        for name in names
    }


def test_few_features_are_named_each() -> None:
    assert set(told(entry(3), most=20)) == {"f000", "f001", "f002"}


def test_of_many_features_the_worst_are_named_and_the_rest_is_one() -> None:
    found = told(entry(20, others=("watch", 0.3)), most=20)
    assert len(found) == 21
    assert [found[name] for name in ("f000", "other")] == [(3, 1.0), (2, 0.3)]


def test_fewer_may_be_named_and_the_rest_is_the_worst_of_all_others() -> None:
    assert told(entry(20, others=("watch", 0.3)), most=2) == {"f000": (3, 1.0), "f001": (0, 0.99), "other": (2, 0.98)}
    assert told(entry(20, others=("fine", None)), most=0) == {"other": (3, 1.0)}
