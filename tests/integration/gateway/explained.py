"""What the explain worker would have written."""

from datetime import datetime
from typing import Any

from bellwether.contracts import (
    Additivity,
    AgainstReference,
    AttributionChange,
    Background,
    Batch,
    Decision,
    ExplainedModel,
    Explanation,
    Importance,
    LocalChunk,
    LocalContribution,
    LocalExplanation,
    OutputShift,
    ShiftPart,
    local_pk,
)
from bellwether.storage.collections import EXPLAIN
from bellwether.storage.documents import dump
from tests.integration.gateway.facts import accepted
from tests.integration.gateway.served import Api


def explained(api: Api, model: str, end: datetime, importances: dict[str, float], **more: Any) -> str:
    """Store a batch with its explanation and one chunk of rows; returns its id."""
    batch = accepted(api, model, end)
    for document in explanation(batch, importances, **more):
        api.documents.put(EXPLAIN, dump(document))
    return batch.id


def explanation(batch: Batch, importances: dict[str, float], **more: Any) -> tuple[Explanation, LocalChunk]:
    """Return the explanation of a batch, and one chunk of its rows."""
    total = sum(importances.values())
    order = sorted(importances, key=lambda name: -importances[name])
    said = {
        "method": "pattern_tables",
        "output": "margin",
        "perturbation": "interventional",
        "exact": True,
        "base_value": -1.0,
        "rows": batch.rows,
        "rows_total": batch.rows,
        "additivity": Additivity(state="exact", max_abs=1e-9, limit=1e-6, rows=batch.rows),
        "background": Background(digest="b", rows=50, source="reference", seed=0),
        "explained": ExplainedModel(uri="models:/m/1", digest="d", flavour="sklearn", kind="Hist"),
        "isolation": ("process", "rlimits"),
        "shift": OutputShift(
            reference=0.0,
            current=0.5,
            change=0.5,
            features=(ShiftPart(feature=order[0], change=0.5, interval=(0.4, 0.6)),),
        ),
        "against_reference": AgainstReference(
            status="fine",
            tv=0.01,
            p_value=0.4,
            ndcg=1.0,
            rows=batch.rows,
            reference_rows=100,
            features=tuple(
                AttributionChange(feature=name, share=importances[name] / total, reference_share=0.5) for name in order
            ),
        ),
        **more,
    }
    document = Explanation(
        id=f"g~{batch.id}",
        pk=batch.pk,
        model=batch.model,
        batch=batch.id,
        features=tuple(
            Importance(
                feature=name,
                importance=importances[name],
                share=importances[name] / total,
                std_error=0.1,
                rank=rank,
                mean=importances[name] / 2,
            )
            for rank, name in enumerate(order, start=1)
        ),
        created_at=batch.end or batch.submitted_at,
        **said,
    )
    chunk = LocalChunk(
        id=f"l~{batch.id}~00000",
        pk=batch.pk,
        model=batch.model,
        batch=batch.id,
        features=tuple(order),
        ids=("one", "a/b"),
        predictions=(0.3, 0.7),
        base_value=-1.0,
        contributions=(((0, 1.0), (1, 0.2)), ((1, -0.5),)),
        others=(0.1, 2.2),
    )
    return document, chunk


def answered(api: Api, model: str, id: str, **more: Any) -> None:
    """Store the answer to a question about one row."""
    decision = Decision(
        prediction=0.5,
        answer=0.62,
        base_value=0.1,
        contributions=(LocalContribution(feature="age", value=4, contribution=0.4),),
        reasons=("age raised it",),
    )
    document = LocalExplanation(
        id=id,
        pk=local_pk(model),
        model=model,
        created_at=api.now(),
        **{"method": "pattern_tables", "exact": True, "decision": decision, "row_id": "one", **more},
    )
    api.documents.put(EXPLAIN, dump(document))
