from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families

from bellwether.contracts import DriftPoint, Status
from bellwether.gateway.exporter import TOP_FEATURES, feature_samples, render
from bellwether.telemetry import gauges
from bellwether.telemetry.gauges import GAUGES

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def point(n: int) -> DriftPoint:
    statuses: list[Status] = ["fine"] * n
    statuses[-1] = "act"
    return DriftPoint(
        id="p~b",
        pk="m",
        model="m",
        batch="b",
        end=NOW,
        rows=1,
        status="act",
        score=1.0,
        threshold=2.0,
        n_features=n,
        n_drifted=1,
        features=tuple(f"f{i:03}" for i in range(n)),
        statuses=tuple(statuses),
        scores=tuple(i / 1000 for i in range(n)),
    )


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


def test_few_features_are_named_each() -> None:
    assert {labels[1] for _, labels, _ in feature_samples(point(3))} == {"f000", "f001", "f002"}


def test_of_many_features_the_worst_are_named_and_the_rest_is_one() -> None:
    samples = [(gauge.name, labels[1], value) for gauge, labels, value in feature_samples(point(500))]
    named = [name for gauge, name, _ in samples if gauge == gauges.FEATURE_STATUS.name]
    assert len(named) == TOP_FEATURES + 1
    assert (named[0], named[-1]) == ("f499", "other")
    assert (gauges.FEATURE_DRIFT_SCORE.name, "other", 0.479) in samples
