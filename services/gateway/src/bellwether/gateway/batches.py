"""Batches and labels as the API answers them."""

from itertools import islice

from bellwether.contracts import Batch, Labels, fact_time, is_fact_id, month_pk
from bellwether.errors import NotFound
from bellwether.gateway import links
from bellwether.gateway.answers import BatchOut, BatchState, LabelsOut
from bellwether.gateway.context import Context
from bellwether.storage.collections import REPORTS, RUNS
from bellwether.storage.documents import parse
from bellwether.storage.months import newest

POINT = "p~"
REPORT = "d~"
BINS = "b~"


def read(ctx: Context, model: str, id: str) -> BatchOut:
    """Return one batch; raises ``NotFound``."""
    doc = ctx.documents.get(RUNS, month_pk(model, id), id) if is_fact_id(id) else None
    if doc is None or doc["type"] != "batch":
        raise NotFound(f"Model {model!r} has no batch of this id.")
    batch = parse(Batch, doc)
    analysed = batch.state == "accepted" and ctx.documents.get(REPORTS, batch.pk, f"{POINT}{id}") is not None
    return present(batch, analysed=analysed)


def page(ctx: Context, model: str, limit: int, before: str | None) -> tuple[list[BatchOut], str | None]:
    """Return batches, newest first, and the cursor of the next page."""
    docs = newest(ctx.documents, RUNS, model, [("type", "eq", "batch")], before=before)
    found = [parse(Batch, doc) for doc in islice(docs, limit + 1)]
    shown = found[:limit]
    analysed = _analysed(ctx, model, shown)
    items = [present(batch, analysed=batch.id in analysed) for batch in shown]
    return items, shown[-1].id if len(found) > limit else None


def read_labels(ctx: Context, model: str, id: str) -> LabelsOut:
    """Return one set of labels; raises ``NotFound``."""
    doc = ctx.documents.get(RUNS, month_pk(model, id), id) if is_fact_id(id) else None
    if doc is None or doc["type"] != "labels":
        raise NotFound(f"Model {model!r} has no set of labels of this id.")
    labels = parse(Labels, doc)
    said = {name: getattr(labels, name) for name in LabelsOut.model_fields if name != "links"}
    return LabelsOut(**said, links={"self": links.model(model, "labels", id)})


def present(batch: Batch, *, analysed: bool) -> BatchOut:
    """Return a batch as the API answers it."""
    state: BatchState = "analysed" if analysed and batch.state == "accepted" else batch.state
    said = {name: getattr(batch, name) for name in BatchOut.model_fields if name not in ("state", "links")}
    return BatchOut(**said, state=state, links=links.of_batch(batch.model, batch.id))


def _analysed(ctx: Context, model: str, batches: list[Batch]) -> set[str]:
    """Return which of these batches, newest first, have a report: one pass over the points of their span."""
    accepted = [batch.id for batch in batches if batch.state == "accepted"]
    if not accepted:
        return set()
    since, until = fact_time(accepted[-1]), fact_time(accepted[0])
    docs = newest(ctx.documents, REPORTS, model, prefix=POINT, since=since, until=until)
    return {str(doc["id"]).removeprefix(POINT) for doc in docs}
