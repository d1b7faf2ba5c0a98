"""Gauges of the domain, read from the store at scrape time: no restart loses, doubles or stales one.

The text is written by hand: it costs a tenth of the client library, and is kept for a moment, so that several
scrapers cost the store no more than one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bellwether.bus import SERVICES, Ledger
from bellwether.contracts import (
    INCIDENTS,
    PROGRESS_PK,
    SEVERITY,
    DriftPoint,
    FleetEntry,
    KpiView,
    SourceProgress,
    Status,
    month_pk,
)
from bellwether.gateway.batches import POINT
from bellwether.gateway.fleet import read_all
from bellwether.gateway.kpis import VIEW as KPI_VIEW
from bellwether.gateway.models import ALL, FLEET
from bellwether.kpi import RELEVANCE
from bellwether.kpi.rank import LEAST_RELEVANCE
from bellwether.storage.collections import MODELS, OPS, REPORTS, VIEWS
from bellwether.storage.documents import parse
from bellwether.storage.port import Doc, DocumentStore
from bellwether.telemetry import gauges
from bellwether.telemetry.gauges import Gauge

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
Sample = tuple[Gauge, tuple[str, ...], float]

TOP_FEATURES = 20
MOST_MODELS_WITH_FEATURES = 1000
"""Above it features have no gauges: the series would drown the server that keeps them."""
MOST_MODELS_WITH_KPIS = 1000
_KEEP = timedelta(seconds=5)


@dataclass(slots=True)
class Exporter:
    """Renders what ``/metrics`` answers."""

    documents: DocumentStore
    ledger: Ledger
    now: Callable[[], datetime]
    _text: bytes = b""
    _until: datetime | None = field(default=None)

    def scrape(self) -> bytes:
        """Return gauges of the domain, at most a few seconds old, and the metrics of this process."""
        now = self.now()
        if self._until is None or now >= self._until:
            self._text = render(gauges.GAUGES, self.samples(now))
            self._until = now + _KEEP
        return self._text + generate_latest()

    def samples(self, now: datetime) -> Iterator[Sample]:
        """Yield every sample there is at this moment."""
        models = {name: doc for name, doc in read_all(self.documents, MODELS, ALL).items() if doc["state"] == "active"}
        entries = read_all(self.documents, VIEWS, FLEET)
        yield gauges.MODELS, (), len(models)
        for name, model in models.items():
            if (interval := model.get("expected_interval_s")) is not None:
                yield gauges.INTERVAL_SECONDS, (name,), interval
            if name in entries:
                entry = parse(FleetEntry, entries[name])
                yield from model_samples(entry, now)
                if len(models) <= MOST_MODELS_WITH_FEATURES and (point := self._point(entry)) is not None:
                    yield from feature_samples(point)
            else:
                yield gauges.MODEL_STATUS, (name,), SEVERITY["unknown"]
        yield from self._insights(frozenset(models))
        yield from self._work(now)
        yield from self._sources(now)

    def _point(self, entry: FleetEntry) -> DriftPoint | None:
        if entry.batch is None:
            return None
        doc = self.documents.get(REPORTS, month_pk(entry.model, entry.batch), POINT + entry.batch)
        return None if doc is None else parse(DriftPoint, doc)

    def _sources(self, now: datetime) -> Iterator[Sample]:
        for doc in self.documents.query(OPS, PROGRESS_PK, limit=500).docs:
            went = parse(SourceProgress, doc)
            yield gauges.SOURCE_UP, (went.source,), float(went.condition == "ok")
            if went.complete_until is not None:
                yield gauges.SOURCE_LAG_SECONDS, (went.source,), max(0.0, (now - went.complete_until).total_seconds())

    def _insights(self, models: frozenset[str]) -> Iterator[Sample]:
        """Yield what the drift service keeps of key figures and incidents; one list each, whatever the models."""
        views = read_all(self.documents, VIEWS, KPI_VIEW)
        if len(views) <= MOST_MODELS_WITH_KPIS:
            for name in sorted(models & views.keys()):
                yield from kpi_samples(parse(KpiView, views[name]))
        still = Counter(doc["model"] for doc in self._open())
        for name in sorted(models):
            yield gauges.OPEN_INCIDENTS, (name,), still[name]

    def _open(self) -> Iterator[Doc]:
        for state in ("open", "expected"):
            after = None
            while True:
                page = self.documents.query(VIEWS, INCIDENTS, [("state", "eq", state)], limit=500, after=after)
                yield from page.docs
                if (after := page.cursor) is None:
                    break

    def _work(self, now: datetime) -> Iterator[Sample]:
        yield gauges.DEAD_LETTERS, (), len(self.ledger.dead(limit=1000)[0])
        for service in SERVICES:
            items = self.ledger.undone(service)
            oldest = max((self.ledger.age_seconds(item) for item in items), default=0.0)
            yield gauges.WORK_UNDONE, (service,), len(items)
            yield gauges.WORK_OLDEST_SECONDS, (service,), max(0.0, oldest)


def model_samples(entry: FleetEntry, now: datetime) -> Iterator[Sample]:
    """Yield the gauges of one model; what is not known is absent, never zero."""
    label = (entry.model,)
    yield gauges.MODEL_STATUS, label, SEVERITY[entry.status]
    yield gauges.ASSESSED_AGE_SECONDS, label, (now - entry.assessed_at).total_seconds()
    yield gauges.REPORTS, label, entry.batches
    if entry.score is not None:
        yield gauges.DRIFT_SCORE, label, entry.score
    if entry.threshold is not None:
        yield gauges.DRIFT_THRESHOLD, label, entry.threshold
    if entry.batch is not None:
        yield gauges.FEATURES, label, entry.n_features
        yield gauges.FEATURES_DRIFTED, label, entry.n_drifted
        yield gauges.BATCH_ROWS, label, entry.rows
    if entry.batch_end is not None:
        yield gauges.BATCH_AGE_SECONDS, label, (now - entry.batch_end).total_seconds()


def kpi_samples(view: KpiView) -> Iterator[Sample]:
    """Yield the status of each key figure for every persona it may be a card of."""
    for kpi in view.kpis:
        for persona, relevance in RELEVANCE.get(kpi.id, {}).items():
            if relevance >= LEAST_RELEVANCE:
                yield gauges.KPI_STATUS, (view.model, persona, kpi.id), SEVERITY[kpi.status]


def feature_samples(point: DriftPoint) -> Iterator[Sample]:
    """Yield the gauges of the worst features of a batch, and of the others as one."""
    cells = sorted(zip(point.features, point.statuses, point.scores, strict=True), key=_urgency)
    for name, status, score in cells[:TOP_FEATURES]:
        yield gauges.FEATURE_STATUS, (point.model, name), SEVERITY[status]
        if score is not None:
            yield gauges.FEATURE_DRIFT_SCORE, (point.model, name), score
    rest = cells[TOP_FEATURES:]
    if rest:
        yield gauges.FEATURE_STATUS, (point.model, "other"), max(SEVERITY[status] for _, status, _ in rest)
        scores = [score for _, _, score in rest if score is not None]
        if scores:
            yield gauges.FEATURE_DRIFT_SCORE, (point.model, "other"), max(scores)


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


def _urgency(cell: tuple[str, Status, float | None]) -> tuple[int, float, str]:
    name, status, score = cell
    return -SEVERITY[status], -(score if score is not None else -1.0), name
