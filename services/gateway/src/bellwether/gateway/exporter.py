"""Gauges of the domain, read from the store at scrape time: no restart loses, doubles or stales one.

The text is written by hand: it costs a tenth of the client library, and is kept for a moment, so that several
scrapers cost the store no more than one.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bellwether.bus import QUEUED, SERVICES, Ledger, queue_of
from bellwether.bus.broker import BrokerState
from bellwether.contracts import (
    INCIDENTS,
    PROGRESS_PK,
    SEVERITY,
    SOURCES_PK,
    FleetEntry,
    KpiGauges,
    PipelineRun,
    Source,
    SourceProgress,
)
from bellwether.gateway.fleet import read_all
from bellwether.gateway.model_samples import Sample, fact_samples, feature_samples, kpi_samples, model_samples
from bellwether.gateway.models import ALL, FLEET
from bellwether.kpi.gauges import GAUGES
from bellwether.settings import Metrics
from bellwether.storage.collections import MODELS, OPS, SOURCES, VIEWS
from bellwether.storage.documents import parse
from bellwether.storage.months import newest
from bellwether.storage.port import Doc, DocumentStore
from bellwether.telemetry import gauges
from bellwether.telemetry.gauges import Gauge

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_DAY, _FAILED_IN = timedelta(hours=24), timedelta(hours=6)
_MOST_RUNS = 1_000
"""Newest runs of a factory that are read for its gauges; all of a busy one would cost each scrape seconds."""


@dataclass(slots=True)
class Exporter:
    """Renders what ``/metrics`` answers. ``broker`` None: nothing is said of it. Safe to use from several threads."""

    documents: DocumentStore
    ledger: Ledger
    now: Callable[[], datetime]
    settings: Metrics
    broker: Callable[[], BrokerState | None] | None = None
    store_bytes: Callable[[], int | None] = lambda: None
    _text: bytes = b""
    _until: datetime | None = None
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def scrape(self) -> bytes:
        """Return gauges of the domain, at most a few seconds old, and the metrics of this process."""
        with self._reading:
            now = self.now()
            if self._until is None or now >= self._until:
                self._text = render(gauges.GAUGES, self.samples(now))
                self._until = now + timedelta(seconds=self.settings.keep_seconds)
        return self._text + generate_latest()

    def samples(self, now: datetime) -> Iterator[Sample]:
        """Yield every sample there is at this moment."""
        models = {name: doc for name, doc in read_all(self.documents, MODELS, ALL).items() if doc["state"] == "active"}
        yield gauges.MODELS, (), len(models)
        yield from self._glances(models, now)
        yield from self._facts(models)
        still = Counter(doc["model"] for doc in self._open())
        for name in models:
            yield gauges.OPEN_INCIDENTS, (name,), still[name]
        yield from self._work()
        yield from self._broker()
        yield from self._sources(now)
        if (size := self.store_bytes()) is not None:
            yield gauges.STORE_BYTES, (), size

    def _glances(self, models: Mapping[str, Doc], now: datetime) -> Iterator[Sample]:
        entries = read_all(self.documents, VIEWS, FLEET)
        named = len(models) <= self.settings.models_with_features
        yield gauges.MODELS_LEFT_OUT, ("feature",), 0 if named else len(models)
        for name, model in models.items():
            if (interval := model.get("expected_interval_s")) is not None:
                yield gauges.INTERVAL_SECONDS, (name,), interval
            if (version := model.get("current_version")) is not None:
                yield gauges.MODEL_INFO, (name, version), 1
            if name not in entries:
                yield gauges.MODEL_STATUS, (name,), SEVERITY["unknown"]
                continue
            entry = parse(FleetEntry, entries[name])
            yield from model_samples(entry, now)
            if named:
                yield from feature_samples(entry, self.settings.features)

    def _facts(self, models: Mapping[str, Doc]) -> Iterator[Sample]:
        named = len(models) <= self.settings.models_with_kpis
        yield gauges.MODELS_LEFT_OUT, ("kpi",), 0 if named else len(models)
        for name, doc in read_all(self.documents, VIEWS, GAUGES).items():
            if name in models:
                told = parse(KpiGauges, doc)
                yield from fact_samples(told)
                if named:
                    yield from kpi_samples(told)

    def _open(self) -> Iterator[Doc]:
        for state in ("open", "expected"):
            after = None
            while True:
                page = self.documents.query(VIEWS, INCIDENTS, [("state", "eq", state)], limit=500, after=after)
                yield from page.docs
                if (after := page.cursor) is None:
                    break

    def _work(self) -> Iterator[Sample]:
        dead = Counter(letter.handler.partition(".")[0] for letter in self.ledger.dead(limit=1000)[0])
        for service in SERVICES:
            yield gauges.DEAD_LETTERS, (service,), dead[service]
            items = self.ledger.undone(service)
            for queue in QUEUED[service]:
                label = (service, queue)
                mine = [item for item in items if queue_of(item.handler, backlog=item.backlog) == queue]
                ages = [self.ledger.age_seconds(item) for item in mine]
                yield gauges.WORK_UNDONE, label, len(mine)
                yield gauges.WORK_RUNNING, label, sum(item.state == "running" for item in mine)
                yield gauges.WORK_RETRIED, label, sum(item.retries > 0 or item.attempts > 1 for item in mine)
                yield gauges.WORK_OLDEST_SECONDS, label, max(0.0, *ages, 0.0)

    def _broker(self) -> Iterator[Sample]:
        if self.broker is None:
            return
        state = self.broker()
        yield gauges.BROKER_UP, (), float(state is not None)
        if state is None:
            return
        for queue, waiting in state.waiting.items():
            yield gauges.QUEUE_MESSAGES, (queue,), waiting
        yield gauges.BROKER_UNACKED, (), state.unacked
        yield gauges.BROKER_MEMORY_BYTES, (), state.memory_bytes
        yield gauges.BROKER_MEMORY_LIMIT_BYTES, (), state.limit_bytes
        yield gauges.BROKER_EVICTED_KEYS, (), state.evicted_keys

    def _sources(self, now: datetime) -> Iterator[Sample]:
        for doc in self.documents.query(OPS, PROGRESS_PK, limit=500).docs:
            went = parse(SourceProgress, doc)
            yield gauges.SOURCE_UP, (went.source,), float(went.condition == "ok")
            if went.complete_until is not None:
                yield gauges.SOURCE_LAG_SECONDS, (went.source,), max(0.0, (now - went.complete_until).total_seconds())
        left = self.settings.pipelines
        for doc in self.documents.query(OPS, SOURCES_PK, limit=500).docs:
            source = parse(Source, doc)
            if source.settings.kind == "adf":
                where = [("type", "eq", "pipeline_run")]
                found = newest(self.documents, SOURCES, source.source, where, since=now - _DAY)
                runs = [parse(PipelineRun, one) for one in islice(found, _MOST_RUNS)]
                names = sorted({run.pipeline for run in runs})[:left]
                left -= len(names)
                for name in names:
                    yield from pipeline_samples([run for run in runs if run.pipeline == name], now)


def pipeline_samples(runs: list[PipelineRun], now: datetime) -> Iterator[Sample]:
    """Yield the gauges of one pipeline from its runs of a day, newest first; at least one."""
    label = (runs[0].source, runs[0].pipeline)
    count = Counter(run.status for run in runs)
    for status in ("SUCCEEDED", "FAILED", "ABORTED", "RUNNING"):
        yield gauges.PIPELINE_RUNS, (*label, status), count[status]
    failed = [run for run in runs if run.status == "FAILED" and run.end is not None and now - run.end <= _FAILED_IN]
    yield gauges.PIPELINE_FAILURES, label, len(failed)
    for run in runs:
        if run.start is not None and run.end is not None:
            yield gauges.PIPELINE_RUN_SECONDS, label, (run.end - run.start).total_seconds()
            break


def render(declared: Iterable[Gauge], samples: Iterable[Sample]) -> bytes:
    """Return samples in Prometheus' text format, gauge by gauge."""
    lines: Mapping[str, list[str]] = {gauge.name: [] for gauge in declared}
    for gauge, values, number in samples:
        lines[gauge.name].append(f"{gauge.name}{_labels(gauge.labels, values)} {number!r}\n")
    return "".join(
        f"# HELP {gauge.name} {_escape(gauge.help)}\n# TYPE {gauge.name} gauge\n{''.join(lines[gauge.name])}"
        for gauge in declared
    ).encode()


def _labels(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    if not names:
        return ""
    pairs = (f'{name}="{_quote(value)}"' for name, value in zip(names, values, strict=True))
    return "{" + ",".join(pairs) + "}"


def _quote(value: str) -> str:
    return _escape(value).replace('"', '\\"')


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")
