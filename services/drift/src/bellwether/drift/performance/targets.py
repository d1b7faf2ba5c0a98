"""Drift of the target, from labels that came after their batch; pure."""

import pyarrow as pa
import pyarrow.compute as pc

from bellwether.contracts import Column, FeatureDrift, Model
from bellwether.drift.columns import conclude, measure
from bellwether.drift.performance.tables import floats, texts
from bellwether.profile import ReferenceProfile, fit, window


def label_profile(label: pa.ChunkedArray | None, column: Column | None, model: Model) -> ReferenceProfile | None:
    """Return what labels of the reference are like; None without any. Rows without a label are left out."""
    if label is None or column is None or label.null_count == len(label):
        return None
    known = _values(label, model)
    kind = "numeric" if model.task == "regression" else "boolean" if column.kind == "boolean" else "categorical"
    return fit(pa.table({column.name: known}), [column.model_copy(update={"kind": kind})])


def target_drift(reference: ReferenceProfile | None, labels: pa.ChunkedArray, model: Model) -> FeatureDrift | None:
    """Return how the labels that are there differ from the reference's; None without labels on either side.

    Labels that have not come are nothing that drifted, so both sides hold labelled rows alone. It is the one test of
    its kind, so its p-value needs no correction.
    """
    if reference is None or labels.null_count == len(labels):
        return None
    (column,) = reference.columns
    known = _values(labels, model)
    seen = window(pa.table({column.name: known}), reference)
    found = measure(column, reference.parts[column.name], seen.parts[column.name], model)
    rows = {"reference": reference.rows, "current": seen.rows}
    said = conclude(found, found.evidence, None, rows)
    return said.model_copy(update={"sentence": f"Of {len(known):,} rows with a label: {said.sentence}"})


def _values(labels: pa.ChunkedArray, model: Model) -> pa.ChunkedArray:
    """Labels as they are compared, whatever type they came in."""
    some = pc.drop_null(labels)
    return pa.chunked_array([floats(some)]) if model.task == "regression" else texts(some)
