"""All that is learnt once from a labelled reference: classes, calibration, expected losses, what is normal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from bellwether.contracts import Column, Model, Task
from bellwether.drift.performance import METRICS
from bellwether.drift.performance.base import FEW, Floats, Outcomes
from bellwether.drift.performance.calibration import ece
from bellwether.drift.performance.estimated import (
    ConfidenceBased,
    DecisionConfidence,
    fit_confidence,
    fit_decision_confidence,
)
from bellwether.drift.performance.losses import LossEstimator, fit_losses, summary
from bellwether.drift.performance.money import row_costs
from bellwether.drift.performance.normal import Checked, Normal, checked, chunks, normal
from bellwether.drift.performance.tables import Classes, Encoder, classes, encoder, floats, outcomes
from bellwether.drift.performance.targets import label_profile
from bellwether.profile import ReferenceProfile

Estimator = ConfidenceBased | DecisionConfidence | LossEstimator
Estimates = Callable[[slice], dict[str, float | None]]


@dataclass(frozen=True, slots=True)
class Roles:
    """Names of the columns that hold the answers and outcomes."""

    prediction: str
    score: str | None
    label: str | None
    id: str | None


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a labelled reference teaches about performance. ``estimator`` is None with a ``reason``."""

    task: Task
    roles: Roles
    classes: Classes | None
    encoder: Encoder
    estimator: Estimator | None
    reason: str | None
    realised: Mapping[str, Normal]
    estimated: Mapping[str, Normal]
    checked: Mapping[str, Checked]
    normal_ece: float | None
    normal_costs: Floats | None
    inputs: Floats
    losses: Floats
    labels: ReferenceProfile | None = None


def roles_of(columns: tuple[Column, ...]) -> Roles:
    """Read the roles off the reference's columns."""
    found = {column.role: column.name for column in columns}
    return Roles(found.get("prediction", "prediction"), found.get("score"), found.get("label"), found.get("id"))


def fit(table: pa.Table, columns: tuple[Column, ...], model: Model) -> Fitted:
    """Learn from reference rows, in the order of time. Without labels only the shape of the answers is known."""
    roles, encode = roles_of(columns), encoder(table, columns)
    score = table.column(roles.score) if roles.score in table.column_names else None
    decisions = table.column(roles.prediction)
    label = table.column(roles.label) if roles.label in table.column_names else None
    known = classes(
        model.task,
        [column for column in (label, decisions) if column is not None],
        None if score is None else floats(score),
    )
    if label is None:
        return _unlabelled(model.task, roles, known, encode, "no_labels_in_reference")
    of_labels = label_profile(label, next((c for c in columns if c.role == "label"), None), model)
    rows, index = outcomes(label, decisions, score, known)
    if len(rows) < FEW or (model.task == "binary" and min(rows.label.sum(), (1 - rows.label).sum()) < FEW):
        few = _unlabelled(model.task, roles, known, encode, "too_few_labels_in_reference")
        return replace(few, labels=of_labels)
    inputs = encode(table)[index]
    parts = chunks(len(rows))
    realised = {
        metric.slug: usual
        for metric in METRICS
        if metric.task == model.task and (usual := normal(parts, lambda p, m=metric: m.measure(rows.rows(p))))  # type: ignore[misc]  # mypy: no default in a lambda
    }
    estimator, estimates, reason = _estimator(model.task, rows, inputs, encode)
    estimated = {
        slug: usual
        for slug in (estimates(parts[0]) if parts else {})
        if (usual := normal(parts, lambda p, s=slug: estimates(p)[s]))  # type: ignore[misc]  # mypy: no default in a lambda
    }
    tested = {
        metric.slug: found
        for metric in METRICS
        if metric.task == model.task
        and metric.slug in estimated
        and (
            found := checked(
                parts,
                lambda p, s=metric.slug: estimates(p)[s],  # type: ignore[misc]  # mypy: no default in a lambda
                lambda p, m=metric: m.measure(rows.rows(p)),  # type: ignore[misc]  # mypy: no default in a lambda
            )
        )
    }
    return Fitted(
        model.task,
        roles,
        known,
        encode,
        estimator,
        reason,
        realised,
        estimated,
        tested,
        ece(np.clip(rows.score, 0, 1), rows.label) if rows.score is not None and model.task == "binary" else None,
        None if model.value is None else row_costs(rows, model.value),
        inputs,
        _loss(model.task, rows),
        of_labels,
    )


def _estimator(
    task: Task, rows: Outcomes, inputs: Floats, encode: Encoder
) -> tuple[Estimator | None, Estimates, str | None]:
    if task == "regression":
        losses = fit_losses(inputs, rows.decision - rows.label, encode.categorical)
        place = np.full(len(rows), -1)
        place[losses.rows] = np.arange(losses.rows.size)

        def chunk_losses(part: slice) -> dict[str, float | None]:
            chosen = place[part]
            return summary(losses.held_out[chosen[chosen >= 0]])

        return losses, chunk_losses, None
    if rows.score is None:
        return None, lambda _: {}, "no_scores"
    score = rows.score
    if task == "binary":
        confidence = fit_confidence(score, rows.label)
        return confidence, lambda part: confidence.estimate(score[part], rows.decision[part]), None
    certain = fit_decision_confidence(score, (rows.label == rows.decision).astype(np.float64))
    return certain, lambda part: certain.estimate(score[part]), None


def _loss(task: Task, rows: Outcomes) -> Floats:
    """Loss of each row: absolute error, or 1 for a wrong decision."""
    if task == "regression":
        return np.asarray(np.abs(rows.decision - rows.label))
    return np.asarray(rows.label != rows.decision, dtype=np.float64)


def _unlabelled(task: Task, roles: Roles, known: Classes | None, encode: Encoder, reason: str) -> Fitted:
    nothing = np.empty((0, len(encode.names)))
    return Fitted(task, roles, known, encode, None, reason, {}, {}, {}, None, None, nothing, np.empty(0))
