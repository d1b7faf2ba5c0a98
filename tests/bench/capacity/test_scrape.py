"""What gauges of many models cost: series, bytes, processor seconds, request units, against the client library.

Wanted: a scrape of 1,000 models well below a second, and text written by hand several times faster than the library's.
"""

import gzip
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bellwether.bus import Ledger
from bellwether.gateway.exporter import Exporter, render
from bellwether.gateway.model_samples import Sample
from bellwether.settings import Cosmos, Metrics, Settings, Work
from bellwether.storage.cosmos import Account, CosmosStore
from bellwether.storage.factory import provision
from bellwether.storage.sqlite import SqliteStore
from bellwether.telemetry.gauges import GAUGES
from bellwether.testing.cosmos_server import CosmosServer
from tests.integration.gateway.watched import NOW, watch

RUNS = 5


def seconds(call: Callable[[], object]) -> float:
    """Median processor seconds."""
    spent = []
    for _ in range(RUNS):
        began = time.process_time()
        call()
        spent.append(time.process_time() - began)
    return median(spent)


class ByLibrary(Collector):
    """The same samples as the client library writes them."""

    def __init__(self, samples: list[Sample]) -> None:
        self._samples = samples

    def collect(self) -> list[GaugeMetricFamily]:
        families = {gauge.name: GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels) for gauge in GAUGES}
        for gauge, labels, value in self._samples:
            families[gauge.name].add_metric(labels, value)
        return list(families.values())


@pytest.mark.bench
@pytest.mark.parametrize("models", [1_000, 5_000])
def test_a_scrape(models: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = SqliteStore(tmp_path / "documents.db")
    watch(store, models)
    exporter = Exporter(store, Ledger(store, Work(), lambda: NOW), lambda: NOW, Metrics())
    samples = list(exporter.samples(NOW))
    text = render(GAUGES, samples)
    reading = seconds(lambda: list(exporter.samples(NOW)))
    writing = seconds(lambda: render(GAUGES, samples))
    registry = CollectorRegistry()
    registry.register(ByLibrary(samples))
    library = seconds(lambda: generate_latest(registry))
    with capsys.disabled():
        print(f"\n{models:,} models: {len(samples):,} series, {len(samples) / models:.1f} a model")
        print(f"  text, MB            {len(text) / 1e6:8.1f}   gzip {len(gzip.compress(text, 6)) / 1e6:.2f}")
        print(f"  reading, s          {reading:8.3f}")
        print(f"  writing, s          {writing:8.3f}   the client library {library:.3f}, {library / writing:.1f} times")
    store.close()
    assert library > writing


@pytest.mark.bench
def test_request_units_of_a_scrape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    charges: list[tuple[str, float]] = []
    with CosmosServer(partitions=3) as server:
        provision(Settings(home=tmp_path, store_url=f"cosmos+{server.url}", cosmos=Cosmos(key=server.key)))
        account = Account(server.url, "bellwether", server.key)
        store = CosmosStore(account, charge=lambda container, _, units: charges.append((container, units)))
        found = []
        for models in (0, 200):
            watch(store, models)
            charges.clear()
            list(Exporter(store, Ledger(store, Work(), lambda: NOW), lambda: NOW, Metrics()).samples(NOW))
            found.append(sum(units for _, units in charges))
        store.close()
    of_a_model = (found[1] - found[0]) / 200
    with capsys.disabled():
        print(f"\nrequest units of a scrape: {found[0]:.0f} without models, {of_a_model:.2f} a model")
        for models, keep in ((1_000, 5), (1_000, 60), (10_000, 60), (10_000, 300)):
            each = (found[0] + models * of_a_model) / max(keep, 15)
            print(f"  {models:6,} models, kept {keep:3} s, scraped every 15 s: {each:7.0f} request units a second")
    assert of_a_model > 0
