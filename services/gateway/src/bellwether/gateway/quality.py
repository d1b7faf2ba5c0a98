"""Data quality as the API answers it: what batches and their reports already hold, batch by batch."""

from datetime import datetime
from itertools import islice

from pydantic import AwareDatetime

from bellwether.contracts import (
    SEVERITY,
    Batch,
    Contract,
    DriftReport,
    FeatureDrift,
    Issue,
    Kind,
    Rates,
    Reason,
    Status,
)
from bellwether.gateway import links
from bellwether.gateway.answers import BatchState, Links
from bellwether.gateway.batches import REPORT
from bellwether.gateway.context import Context
from bellwether.kpi.issues import said, with_words
from bellwether.storage.collections import REPORTS, RUNS
from bellwether.storage.documents import parse
from bellwether.storage.months import newest


class ColumnQuality(Contract):
    """One column of one batch: shares in [0, 1], and ``issues``, the worst first. ``status`` is of the issues alone."""

    feature: str
    role: str
    kind: Kind
    status: Status
    missing: Rates
    below_min_rate: float | None
    above_max_rate: float | None
    new_categories: tuple[str, ...]
    new_categories_total: int
    issues: tuple[Issue, ...]


class BatchQuality(Contract):
    """One batch; ``reasons`` say why it was rejected; ``columns``, the worst first, are empty before its report.

    ``issues`` are those of rows as a whole; ``hidden_columns`` have no issue and were cut off.
    """

    batch: str
    state: BatchState
    start: AwareDatetime | None
    end: AwareDatetime
    status: Status
    rows: int
    duplicate_ids: int
    extra_columns: tuple[str, ...]
    issues: tuple[Issue, ...]
    reasons: tuple[Reason, ...]
    columns: tuple[ColumnQuality, ...]
    hidden_columns: int
    links: Links


class QualityOut(Contract):
    """Batches, oldest first, and the status of the newest one that was decided on."""

    status: Status
    batches: tuple[BatchQuality, ...]


def series(
    ctx: Context, model: str, window: tuple[datetime | None, datetime | None], limit: int, columns: int
) -> QualityOut:
    """Return the newest batches of a window, at most ``columns`` columns each beside those with issues."""
    since, until = window
    docs = newest(ctx.documents, RUNS, model, [("type", "eq", "batch")], since=since, until=until)
    found = [_batch(ctx, parse(Batch, doc), columns) for doc in islice(docs, limit)][::-1]
    decided = [one for one in found if one.state in ("analysed", "rejected")]
    return QualityOut(status=decided[-1].status if decided else "unknown", batches=tuple(found))


def _batch(ctx: Context, batch: Batch, most: int) -> BatchQuality:
    doc = ctx.documents.get(REPORTS, batch.pk, REPORT + batch.id) if batch.state == "accepted" else None
    report = None if doc is None else parse(DriftReport, doc)
    columns = [] if report is None else _columns(report)
    issues = () if report is None else said(None, report.issues)
    wrong = sum(bool(one.issues) for one in columns)
    shown = columns[: max(wrong, most)]
    return BatchQuality(
        batch=batch.id,
        state=batch.state if report is None else "analysed",
        start=batch.start,
        end=batch.end or batch.submitted_at,
        status=_status(batch, issues, columns, reported=report is not None),
        rows=batch.rows,
        duplicate_ids=batch.duplicate_ids,
        extra_columns=batch.extra_columns,
        issues=issues,
        reasons=batch.reasons,
        columns=tuple(shown),
        hidden_columns=len(columns) - len(shown),
        links=links.of_batch(batch.model, batch.id),
    )


def _status(batch: Batch, issues: tuple[Issue, ...], columns: list[ColumnQuality], *, reported: bool) -> Status:
    """A batch nobody can use needs action; ids given twice call for a look."""
    if batch.state == "rejected":
        return "act"
    if not reported:
        return "unknown"
    all_of: list[Status] = ["watch" if batch.duplicate_ids else "fine", *(one.status for one in issues)]
    all_of += [one.status for one in columns]
    return max(all_of, key=SEVERITY.__getitem__)


def _columns(report: DriftReport) -> list[ColumnQuality]:
    listed = [*([report.prediction] if report.prediction else []), *report.features]
    found = [_column(one) for one in listed if one.reason != "not_in_reference"]
    return sorted(found, key=lambda one: (-SEVERITY[one.status], -len(one.issues), -(one.missing.current or 0.0)))


def _column(one: FeatureDrift) -> ColumnQuality:
    one = with_words(one)
    own = {name: getattr(one, name) for name in ColumnQuality.model_fields if name != "status"}
    status = max((issue.status for issue in one.issues), key=SEVERITY.__getitem__, default="fine")
    return ColumnQuality(**own, status=status)
