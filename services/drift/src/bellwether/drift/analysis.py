"""Reference and window profile to report, point and bins; pure, and raises on no profile."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from bellwether.contracts import (
    SEVERITY,
    Batch,
    Beside,
    DriftPoint,
    DriftReport,
    FeatureBins,
    FeatureDrift,
    JointDrift,
    Model,
    Rates,
    Repeats,
    ReportBins,
    Weights,
)
from bellwether.drift.columns import NAMED, Measured, conclude, measure
from bellwether.drift.decision import q_values
from bellwether.drift.overall import overall, weights
from bellwether.drift.pairs import OTHER, edges_of, pair_of, shown
from bellwether.drift.quality import issues
from bellwether.drift.rarefaction import share_of_repeats
from bellwether.drift.sentences import describe
from bellwether.errors import Conflict
from bellwether.profile import (
    CategoricalReference,
    CategoricalWindow,
    DerivedReference,
    DerivedWindow,
    NumericReference,
    NumericWindow,
    ReferencePart,
    ReferenceProfile,
    Unusable,
    WindowPart,
    WindowProfile,
)

_LISTED = 20
_REPORTED = ("feature", "prediction", "score", "label")
_MISSING_COLUMN = Unusable("column_missing")


def analyse(
    reference: ReferenceProfile,
    window: WindowProfile,
    *,
    model: Model,
    batch: Batch,
    reference_id: str,
    now: datetime,
    importance: Mapping[str, float] | None = None,
    source: Weights | None = None,
    multivariate: tuple[JointDrift, ...] = (),
    repeats: Repeats = (),
) -> DriftReport:
    """Return the drift report of one batch; ``Conflict`` when the window was made with another reference.

    ``importance``: how much each feature moves the model, in any unit; uniform weights without one. ``source`` says
    where it is from. ``repeats``: how often rows of the reference repeat.
    """
    if window.reference != reference.digest:
        raise Conflict(
            f"the window of {batch.id} was profiled on reference {window.reference[:12]}, "
            f"not on {reference.digest[:12]}"
        )
    measured = [
        measure(column, reference.parts[column.name], window.parts.get(column.name, _MISSING_COLUMN), model)
        for column in reference.columns
        if column.role in _REPORTED and column.name in reference.parts
    ]
    q = q_values({one.column.name: one.evidence for one in measured if one.evidence is not None})
    inputs = [one for one in measured if one.column.role == "feature"]
    share = weights([one.column.name for one in inputs], importance) if importance else {}
    rows = {"reference": reference.rows, "current": window.rows}
    known = {one.column.name: (one.reference, one.window) for one in measured if not _label_to_come(one)}
    repeated = share_of_repeats(repeats, batch.repeats)
    wrong = issues(known, () if repeated is None else (("repeated_rows", *repeated),))
    said = {
        one.column.name: conclude(one, q.get(one.column.name), share.get(one.column.name), rows).model_copy(
            update={"issues": wrong.get(one.column.name, ())}
        )
        for one in measured
    }
    outputs = [said[one.column.name] for one in _outputs(measured)]
    statuses = {name: one.status for name, one in said.items()}
    answers = outputs[0].status if outputs else "fine"
    listed = [*(said[one.column.name] for one in inputs), *outputs[1:]]
    extra = tuple(dict.fromkeys((*window.new_columns, *batch.extra_columns)))
    return DriftReport(
        id=f"d~{batch.id}",
        pk=batch.pk,
        model=model.name,
        batch=batch.id,
        reference=reference_id,
        version=batch.version,
        rows=window.rows,
        reference_rows=reference.rows,
        start=batch.start,
        end=batch.end,
        overall=overall(inputs, statuses, importance, model.thresholds.index, source, answers),
        multivariate=multivariate,
        prediction=outputs[0] if outputs else None,
        target=_target(measured, said),
        features=(*listed, *(_new(name) for name in extra[:NAMED])),
        issues=wrong.get(None, ()),
        created_at=now,
    )


def point(report: DriftReport, batch: Batch) -> DriftPoint:
    """Return the line of a report that series and heatmaps read, all answers before the inputs."""
    known = [one for one in _columns(report) if one.reason != "not_in_reference"]
    known.sort(key=lambda one: one.role == "feature")
    return DriftPoint(
        id=f"p~{batch.id}",
        pk=batch.pk,
        model=report.model,
        batch=batch.id,
        start=batch.start,
        end=batch.end or batch.submitted_at,
        rows=report.rows,
        status=report.overall.status,
        score=report.overall.score,
        threshold=report.overall.threshold,
        harmless=report.overall.harmless,
        n_features=report.overall.n_features,
        n_drifted=report.overall.n_drifted,
        features=tuple(one.feature for one in known),
        statuses=tuple(one.status for one in known),
        scores=tuple(one.score for one in known),
    )


def beside(report: DriftReport) -> Beside:
    """Return a report in short, to be shown beside another of the same batch."""
    line = sorted(report.features, key=lambda one: (-SEVERITY[one.status], -(one.score or 0.0), one.feature))
    return Beside(
        reference=report.reference,
        rows=report.reference_rows,
        status=report.overall.status,
        score=report.overall.score,
        threshold=report.overall.threshold,
        n_drifted=report.overall.n_drifted,
        features=tuple((one.feature, one.status, one.score) for one in line[:_LISTED]),
        sentence=report.overall.sentence,
    )


def too_few(compare: str, past: WindowProfile | None) -> Beside:
    """Return why a batch is compared with the stored reference though the model asks for earlier batches."""
    rows = 0 if past is None else past.rows
    return Beside(
        reference=compare,
        rows=rows,
        status="unknown",
        score=None,
        threshold=0.0,
        n_drifted=0,
        sentence=f"Earlier batches ({compare}) have {rows} rows, too few to compare with; the reference stands in.",
    )


def bins(report: DriftReport, reference: ReferenceProfile, window: WindowProfile) -> ReportBins:
    """Return the distributions behind a report, prediction first."""
    found = [_bins(one, *_compared(one, reference, window)) for one in _columns(report)]
    return ReportBins(
        id=f"b~{report.batch}",
        pk=report.pk,
        model=report.model,
        batch=report.batch,
        reference=report.reference,
        features=tuple(one for one in found if one is not None),
    )


def _columns(report: DriftReport) -> list[FeatureDrift]:
    return [*([report.prediction] if report.prediction else []), *report.features]


def _outputs(measured: Sequence[Measured]) -> list[Measured]:
    """What the model said, the score before the decision it leads to."""
    found = [one for one in measured if one.column.role in {"score", "prediction"}]
    return sorted(found, key=lambda one: one.column.role != "score")


def _target(measured: Sequence[Measured], said: Mapping[str, FeatureDrift]) -> FeatureDrift | None:
    """The label, where the batch has it; labels that come later are nothing to report."""
    for one in measured:
        if one.column.role == "label" and one.reason != "column_missing":
            return said[one.column.name]
    return None


def _label_to_come(one: Measured) -> bool:
    return one.column.role == "label" and one.reason == "column_missing"


def _new(name: str) -> FeatureDrift:
    reason = "not_in_reference"
    return FeatureDrift(
        feature=name,
        kind="text",
        status="unknown",
        reason=reason,
        score=None,
        missing=Rates(reference=None, current=None),
        sentence=describe(name, "unknown", reason, None, Unusable(reason), Unusable(reason), ()),
    )


def _compared(
    one: FeatureDrift, reference: ReferenceProfile, window: WindowProfile
) -> tuple[ReferencePart | None, WindowPart | None]:
    """The parts the headline of a column compared."""
    parts = reference.parts.get(one.feature), window.parts.get(one.feature)
    of = one.methods[0].method.partition(":")[2] if one.methods else ""
    if of and isinstance(parts[0], DerivedReference) and isinstance(parts[1], DerivedWindow):
        return parts[0].parts[of], parts[1].parts[of]
    return parts


def _bins(one: FeatureDrift, reference: object, window: object) -> FeatureBins | None:
    if isinstance(reference, NumericReference) and isinstance(window, NumericWindow):
        pair = pair_of(reference, window).observed
        ends = [reference.smallest, window.smallest], [reference.largest, window.largest]
        finite = np.isfinite([min(ends[0]), max(ends[1])]).all()
        return FeatureBins(
            feature=one.feature,
            kind=one.kind,
            edges=edges_of(reference) if reference.n else (),
            low=shown(reference, min(ends[0])) if finite else None,
            high=shown(reference, max(ends[1])) if finite else None,
            reference=tuple(pair.reference.tolist()),
            current=tuple(pair.current.tolist()),
            missing=(reference.missing, window.missing),
        )
    if isinstance(reference, CategoricalReference) and isinstance(window, CategoricalWindow):
        pair = pair_of(reference, window).observed
        order = np.argsort(-(pair.reference / max(pair.n, 1) + pair.current / max(pair.m, 1)), kind="stable")
        kept, rest = order[:NAMED], order[NAMED:]
        counts = [
            [*c[kept].tolist(), *([int(c[rest].sum())] if rest.size else [])] for c in (pair.reference, pair.current)
        ]
        return FeatureBins(
            feature=one.feature,
            kind=one.kind,
            labels=(*(pair.labels[i] for i in kept), *([OTHER] if rest.size else [])),
            reference=tuple(counts[0]),
            current=tuple(counts[1]),
            missing=(reference.missing, window.missing),
        )
    return None
