"""A store that watches many models, each with everything gauges can say of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bellwether.contracts import Document, FleetEntry, GaugedPerformance, KpiGauges, Model, Status
from bellwether.gateway.models import ALL, ModelEntry
from bellwether.kpi import RELEVANCE
from bellwether.kpi.gauges import GAUGES
from bellwether.storage.collections import MODELS, VIEWS, Collection
from bellwether.storage.documents import dump
from bellwether.storage.port import DocumentStore

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
_STATUSES: tuple[Status, ...] = ("fine", "fine", "watch", "unknown", "act")


def watch(documents: DocumentStore, models: int, first: int = 0) -> None:
    """Store that many models, 500 features each."""
    by_place: dict[tuple[Collection, str], list[Document]] = {}
    for number in range(first, first + models):
        for coll, document in _documents(f"model-{number:05}", _STATUSES[number % len(_STATUSES)]):
            by_place.setdefault((coll, document.pk), []).append(document)
    for (coll, pk), found in by_place.items():
        for start in range(0, len(found), 100):
            documents.put_many(coll, pk, [dump(one) for one in found[start : start + 100]])


def _documents(name: str, status: Status) -> Iterator[tuple[Collection, Document]]:
    model = Model(pk=name, name=name, task="binary", created_at=NOW, updated_at=NOW, expected_interval_s=3600)
    said = model.model_dump(exclude={"id", "pk", "type"})
    yield MODELS, ModelEntry(id=name, pk=ALL, current_version="7", **said)
    batch = "20260302T050000000000Z~batch~0123456789ab"
    yield (
        VIEWS,
        FleetEntry(
            id=name,
            pk="fleet",
            model=name,
            status=status,
            aspects={"drift": status, "data": "fine", "performance": "fine"},
            sentence=f"The inputs of {name} look as they did when it was trained; nothing needs to be done about it.",
            score=12.5,
            threshold=40.0,
            batch_status=status,
            batch=batch,
            batch_start=NOW - timedelta(hours=1),
            batch_end=NOW,
            rows=10_000,
            batches=400,
            n_features=500,
            n_drifted=3,
            spark=tuple(float(n) for n in range(30)),
            top_features=tuple((f"a_feature_of_the_model_{n:03}", status, 0.1 + n / 100) for n in range(20)),
            other_features=(status, 0.05),
            assessed_at=NOW,
        ),
    )
    performance = (
        GaugedPerformance(metric="roc_auc", kind="estimated", value=0.81, act=0.75, status="fine"),
        GaugedPerformance(metric="roc_auc", kind="realised", value=0.8, act=0.75, status="fine"),
    )
    yield (
        VIEWS,
        KpiGauges(
            id=name,
            pk=GAUGES,
            model=name,
            statuses=dict.fromkeys(RELEVANCE, status),
            rows_expected=9_800.0,
            label_age_s=86_400.0,
            violations=3.0,
            performance=performance,
        ),
    )
