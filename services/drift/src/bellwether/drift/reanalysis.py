"""Looking again at past batches in small steps: live work waits for one step at most, and reports stay as they are.

Each step takes the next batches, newest first, and writes their points together with the progress; that the progress
is still the one the step began with is the fence. What follows is the next step, at the end of the queue.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bellwether.contracts import (
    ANALYSES,
    PROGRESS,
    SEVERITY,
    AnalysisPoint,
    AnalysisProgress,
    AnalysisRequest,
    AnalysisRequested,
    AnyEvent,
    Batch,
    DriftReport,
    JointDrift,
    MethodScores,
    Model,
    Reference,
    Status,
    analysis_pk,
    fact_stamp,
    fact_time,
    relative,
)
from bellwether.drift.analysis import analyse, point
from bellwether.drift.earlier import ACCEPTED, earlier
from bellwether.drift.joints import Joints
from bellwether.drift.multivariate import JOINT
from bellwether.drift.rebasing import merged, rebase
from bellwether.drift.references import References, features_of
from bellwether.drift.rollups import Rollups
from bellwether.drift.segments import segment_of
from bellwether.drift.weighing import importance_of
from bellwether.drift.windows import PROFILE_COST, Windows
from bellwether.errors import Conflict, NotFound, PreconditionFailed
from bellwether.objects import ObjectStore
from bellwether.profile import WindowProfile
from bellwether.storage.collections import MODELS, OPS, REPORTS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import months, newest
from bellwether.storage.port import Create, Doc, DocumentStore, Op, Replace

STEP = 20
"""Most batches of one step."""
MOST_ROWS = 2_000_000
"""Rows read (a profile counts as ten thousand) after which a step takes no further batch."""
MOST_WINDOWS = 400
"""Most earlier batches, the newest ones, a trailing reference is made of."""
KEPT = 200
"""Columns, worst first, a point names: the points of a step have to fit into one write."""


@dataclass(frozen=True, slots=True)
class Reanalysis:
    """Handler with what it needs."""

    documents: DocumentStore
    objects: ObjectStore
    references: References
    joints: Joints
    now: Callable[[], datetime]
    step: int = STEP

    def reanalyse(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Do the next step of an analysis; nothing when it was cancelled, is done, or another chain is ahead."""
        assert isinstance(event, AnalysisRequested)
        id = event.subject.partition("|")[0]
        asked, model = self._asked(id), self._model(event.model)
        if asked is None or model is None or asked.cancelled_at is not None:
            return ()
        doc = self.documents.get(REPORTS, analysis_pk(model.name, id), PROGRESS)
        before = self._begin(asked) if doc is None else parse(AnalysisProgress, doc)
        if before.state == "done":
            return ()
        model = model.model_copy(update={"methods": asked.methods})
        if asked.thresholds is not None:
            model = model.model_copy(update={"thresholds": asked.thresholds})
        try:
            points, after = self._points(asked, model, before)
        except NotFound as error:  # what all batches were to be compared with is gone
            self._write(before.model_copy(update={"state": "failed", "reason": str(error)}), [], doc)
            return ()
        progress = self._advance(before, points, after)
        if not self._write(progress, points, doc) or progress.state == "done":
            return ()
        return (event.model_copy(update={"subject": f"{id}|{progress.done}", "occurred_at": self.now()}),)

    def _asked(self, id: str) -> AnalysisRequest | None:
        doc = self.documents.get(OPS, ANALYSES, id)
        return None if doc is None else parse(AnalysisRequest, doc)

    def _model(self, name: str) -> Model | None:
        doc = self.documents.get(MODELS, name, "model")
        return None if doc is None or doc.get("state") == "deleting" else parse(Model, doc)

    def _begin(self, asked: AnalysisRequest) -> AnalysisProgress:
        """Count what there is to do."""
        span = [("id", "ge", fact_stamp(asked.since)), ("id", "lt", fact_stamp(asked.until) + "~~")]
        partitions = (f"{asked.model}|{month}" for month in months(self.documents, asked.model))
        return AnalysisProgress(
            id=PROGRESS,
            pk=analysis_pk(asked.model, asked.id),
            model=asked.model,
            total=sum(self.documents.count(RUNS, pk, [*ACCEPTED, *span]) for pk in partitions),
            updated_at=self.now(),
        )

    def _points(
        self, asked: AnalysisRequest, model: Model, before: AnalysisProgress
    ) -> tuple[list[AnalysisPoint], str | None]:
        """Return the next points, and the batch to go on after; None when there is none left."""
        windows = Windows(self.objects, self.references, segment_of(asked.segment))
        fixed = self._fixed(asked)
        docs = newest(
            self.documents, RUNS, model.name, ACCEPTED, before=before.after, since=asked.since, until=asked.until
        )
        points: list[AnalysisPoint] = []
        for doc in islice(docs, self.step):
            batch = parse(Batch, doc)
            points.append(self._point(asked, model, batch, windows, fixed))
            if windows.spent >= MOST_ROWS:
                break
        last = points[-1].batch if points else None
        return points, None if last is None or next(docs, None) is None else last

    def _fixed(self, asked: AnalysisRequest) -> Reference | None:
        """Return the reference all batches are compared with, if it is one."""
        if asked.reference is None or relative(asked.reference) is not None:
            return None
        return self._reference(asked.model, asked.reference)

    def _reference(self, model: str, id: str) -> Reference:
        doc = self.documents.get(MODELS, model, id)
        if doc is None:
            raise NotFound(f"reference {id!r} of model {model!r} does not exist")
        return parse(Reference, doc)

    def _point(
        self, asked: AnalysisRequest, model: Model, batch: Batch, windows: Windows, fixed: Reference | None
    ) -> AnalysisPoint:
        try:
            stored = fixed or self._reference(model.name, batch.reference or "reference")
            reference, window = windows.reference(stored), windows.window(batch, stored)
            name = stored.reference
            if asked.reference is not None and fixed is None:
                past = self._past(asked.reference, batch, stored, windows)
                if past is None:
                    return _without(asked, batch, "no_earlier_batch", "There is no earlier batch to compare with.")
                name, (reference, window) = asked.reference, rebase(reference, past, window)
        except NotFound as error:
            return _without(asked, batch, "data_deleted", f"It can no longer be computed: {error}.")
        known = importance_of(self.documents, batch, features_of(stored))
        report = analyse(
            reference,
            window,
            model=model,
            batch=batch,
            reference_id=name,
            now=self.now(),
            importance=None if known is None else known.shares,
            source=None if known is None else known.source,
            multivariate=self._joint(asked, batch, stored, windows),
        )
        return _with(asked, batch, report)

    def _joint(
        self, asked: AnalysisRequest, batch: Batch, stored: Reference, windows: Windows
    ) -> tuple[JointDrift, ...]:
        """What the methods over all inputs say, where some were asked for: they read rows, which takes long."""
        slugs = [method.slug for method in JOINT if method.slug in asked.methods]
        windows.spent += batch.rows if slugs else 0
        return self.joints.measure(slugs, batch, stored, windows.segment)

    def _past(self, reference: str, batch: Batch, stored: Reference, windows: Windows) -> WindowProfile | None:
        """Return the earlier batches together, from sums of profiles where all of it lies in profiles."""
        found = list(self._earlier(reference, batch))
        if windows.segment is None and all(one.reference == stored.reference for one in found):
            windows.spent += len(found) * PROFILE_COST // 4
            past = Rollups(self.objects).merged(found, stored)
            if past is None or past.rows == sum(one.rows for one in found):
                return past
        return merged(windows.window(one, stored) for one in found)

    def _earlier(self, reference: str, batch: Batch) -> Iterator[Batch]:
        wanted = relative(reference)
        assert wanted is not None
        return islice(earlier(self.documents, batch, wanted), MOST_WINDOWS)

    def _advance(
        self, before: AnalysisProgress, points: Sequence[AnalysisPoint], after: str | None
    ) -> AnalysisProgress:
        statuses: Counter[Status] = Counter(before.statuses)
        statuses.update(one.status for one in points)
        done = before.done + len(points)
        return before.model_copy(
            update={
                "state": "done" if after is None else "running",
                "reason": None,
                "total": max(done, before.total) if after is not None else done,
                "done": done,
                "after": after,
                "statuses": dict(statuses),
                "changed": before.changed + sum(self._changed(one) for one in points),
                "updated_at": self.now(),
            }
        )

    def _changed(self, one: AnalysisPoint) -> bool:
        live = self.documents.get(REPORTS, f"{one.model}|{fact_time(one.batch):%Y-%m}", f"p~{one.batch}")
        return live is not None and live.get("status") != one.status

    def _write(self, progress: AnalysisProgress, points: Sequence[AnalysisPoint], doc: Doc | None) -> bool:
        """Write points and progress together; False when somebody went on from the same progress."""
        fence: Op = Create(dump(progress)) if doc is None else Replace(dump(progress), doc["_etag"])
        with suppress(Conflict, PreconditionFailed):
            self.documents.commit(REPORTS, progress.pk, [fence, *(Create(dump(one)) for one in points)])
            return True
        return False


def _with(asked: AnalysisRequest, batch: Batch, report: DriftReport) -> AnalysisPoint:
    line = point(report, batch)
    said = {name: getattr(line, name) for name in _SHARED}
    columns = sorted(
        zip(line.features, line.statuses, line.scores, strict=True),
        key=lambda one: (-SEVERITY[one[1]], -(one[2] or 0.0)),
    )[:KEPT]
    return AnalysisPoint(
        id=f"p~{batch.id}",
        pk=analysis_pk(asked.model, asked.id),
        reference=report.reference,
        reference_rows=report.reference_rows,
        reason=report.overall.reason,
        sentence=report.overall.sentence,
        features=tuple(name for name, _, _ in columns),
        statuses=tuple(status for _, status, _ in columns),
        scores=tuple(score for _, _, score in columns),
        methods=_methods(asked.methods, report, [name for name, _, _ in columns]),
        multivariate=report.multivariate,
        **said,
    )


def _methods(slugs: Sequence[str], report: DriftReport, names: Sequence[str]) -> tuple[MethodScores, ...]:
    """What each method that was asked for says of these columns; those over all inputs say nothing of any."""
    columns = (*((report.prediction,) if report.prediction else ()), *report.features)
    found = {(one.feature, result.method): result for one in columns for result in one.methods}
    said = [(slug, [found.get((name, slug)) for name in names]) for slug in dict.fromkeys(slugs)]
    return tuple(
        MethodScores(
            method=slug,
            values=tuple(None if one is None else one.value for one in results),
            drifted=tuple(one is not None and one.drifted for one in results),
        )
        for slug, results in said
        if any(one is not None for one in results)
    )


def _without(asked: AnalysisRequest, batch: Batch, reason: str, sentence: str) -> AnalysisPoint:
    return AnalysisPoint(
        id=f"p~{batch.id}",
        pk=analysis_pk(asked.model, asked.id),
        model=batch.model,
        batch=batch.id,
        start=batch.start,
        end=batch.end or batch.submitted_at,
        rows=batch.rows,
        reference=asked.reference or batch.reference or "reference",
        reference_rows=0,
        status="unknown",
        reason=reason,
        score=None,
        threshold=None,
        sentence=sentence,
    )


_SHARED = (
    "model", "batch", "start", "end", "rows", "status", "score", "threshold", "n_features", "n_drifted",
)  # fmt: skip
