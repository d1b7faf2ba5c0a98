"""Gauges of many models: how many series there are, and what the settings take away."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from bellwether.bus import Ledger
from bellwether.gateway.exporter import Exporter, render
from bellwether.settings import Metrics, Settings, Work
from bellwether.storage.factory import stored_bytes
from bellwether.storage.port import DocumentStore
from bellwether.telemetry.gauges import GAUGES, STORE_BYTES
from tests.integration.gateway.watched import NOW, watch

MOST_SERIES_OF_A_MODEL = 150


def series(documents: DocumentStore, settings: Metrics) -> Mapping[str, int]:
    """Number of series by metric."""
    exporter = Exporter(documents, Ledger(documents, Work(), lambda: NOW), lambda: NOW, settings)
    lines = [line.rpartition(" ")[0] for line in render(GAUGES, exporter.samples(NOW)).decode().splitlines()]
    one_each = [line for line in lines if not line.startswith("#")]
    assert len(set(one_each)) == len(one_each), "a series is told twice"
    return Counter(line.partition("{")[0] for line in one_each)


def test_a_thousand_models_have_a_bounded_number_of_series(documents: DocumentStore) -> None:
    watch(documents, 1_000)
    found = series(documents, Metrics())
    assert found["bellwether_feature_status"] == found["bellwether_feature_drift_score"] == 21_000
    assert 0 < found["bellwether_kpi_status"] / 1_000 < 80
    assert found["bellwether_model_performance"] == 2_000
    assert sum(found.values()) / 1_000 < MOST_SERIES_OF_A_MODEL

    watch(documents, 1, first=1_000)
    fewer = series(documents, Metrics())
    assert fewer["bellwether_feature_status"] == fewer["bellwether_kpi_status"] == 0
    assert fewer["bellwether_model_status"] == 1_001
    assert sum(fewer.values()) / 1_001 < 30


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        (Metrics(features=5), {"bellwether_feature_status": 12}),
        (Metrics(features=0), {"bellwether_feature_status": 2}),
        (Metrics(models_with_features=1), {"bellwether_feature_status": 0, "bellwether_model_status": 2}),
        (Metrics(models_with_kpis=1), {"bellwether_kpi_status": 0, "bellwether_batch_rows_expected": 2}),
    ],
    ids=["5 features", "none but the rest", "too many models for features", "too many models for key figures"],
)
def test_settings_take_series_away(documents: DocumentStore, settings: Metrics, left: Mapping[str, int]) -> None:
    watch(documents, 2)
    found = series(documents, settings)
    assert {name: found[name] for name in left} == left


def test_the_files_of_the_store_have_a_size_where_there_are_any(documents: DocumentStore, tmp_path: Path) -> None:
    watch(documents, 1)
    settings = Settings(home=tmp_path)
    exporter = Exporter(
        documents,
        Ledger(documents, Work(), lambda: NOW),
        lambda: NOW,
        Metrics(),
        store_bytes=lambda: stored_bytes(settings),
    )
    [size] = [value for gauge, _, value in exporter.samples(NOW) if gauge is STORE_BYTES]
    assert size > 4096
    assert stored_bytes(Settings(home=tmp_path / "nothing")) is None
    assert stored_bytes(Settings(home=tmp_path, store_url="cosmos+https://account.example")) is None


def test_what_is_left_out_is_counted(documents: DocumentStore) -> None:
    watch(documents, 3)
    exporter = Exporter(documents, Ledger(documents, Work(), lambda: NOW), lambda: NOW, Metrics(models_with_features=2))
    text = render(GAUGES, exporter.samples(NOW)).decode()
    assert 'bellwether_models_left_out{kind="feature"} 3\n' in text
    assert 'bellwether_models_left_out{kind="kpi"} 0\n' in text
