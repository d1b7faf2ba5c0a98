"""Runs of the pipelines behind a model's batches, the last step and those before it, as sources observed them."""

from collections.abc import Iterator, Sequence
from itertools import islice

from bellwether.contracts import Batch, NodeKind, PipelineRun, RunAddress, TrainingRun, month_pk, node_id
from bellwether.graph import Bounds, walk
from bellwether.kpi.base import Run
from bellwether.storage.collections import SOURCES
from bellwether.storage.documents import parse
from bellwether.storage.lineage import GraphReader, observed_graphs
from bellwether.storage.months import newest
from bellwether.storage.port import Doc, DocumentStore, Filter

_LOOKED_AT = 3
"""Newest batches whose run says which pipelines deliver; more would find the same ones."""
_RUNS = 30
_BACK = Bounds(up=8, down=0, limit=200, kinds=frozenset({NodeKind.PIPELINE_RUN}))
_WORDS = {"SUCCEEDED": "succeeded", "FAILED": "failed", "ABORTED": "cancelled"}


def pipeline_runs(documents: DocumentStore, batches: Sequence[Batch]) -> list[Run]:
    """Return the newest runs of every pipeline behind the newest batches, oldest first.

    A batch names the run it came out of: of a pipeline, or of an experiment that says which pipeline started it. The
    graph names those whose tables that run read.
    """
    delivered = [one for one in reversed(batches) if one.run is not None]
    named = dict.fromkeys(one.run for one in delivered if one.run is not None)
    names = [*islice(named, _LOOKED_AT), *(_upstream(documents, delivered[0]) if delivered else ())]
    pipelines = {(run.source, run.pipeline) for name in names if (run := _pipeline_run(documents, name)) is not None}
    found = [run for source, pipeline in sorted(pipelines) for run in _runs(documents, source, pipeline)]
    return sorted(found, key=lambda run: (run.started_at, run.run))


def _upstream(documents: DocumentStore, batch: Batch) -> list[str]:
    """Return the pipeline runs the graph finds behind a batch; none before the graph holds the batch."""
    reader = GraphReader(documents, (batch.model, *observed_graphs(documents)))
    found = walk(reader, node_id(NodeKind.BATCH, f"bellwether/{batch.model}", batch.id), _BACK)
    return [] if found is None else [id for id in found.nodes if id != found.root]


def _pipeline_run(documents: DocumentStore, name: str) -> PipelineRun | None:
    doc = _document(documents, name)
    if doc is not None and doc["type"] == "ml_run":
        behind = parse(TrainingRun, doc).adf_run_id
        doc = None if behind is None else _document(documents, behind)
    return parse(PipelineRun, doc) if doc is not None and doc["type"] == "pipeline_run" else None


def _document(documents: DocumentStore, name: str) -> Doc | None:
    """Return what was observed of a run; its name may stand behind that of its source, as in ``adf:load/8f1c``."""
    id = name.rpartition("/")[2].rpartition(":")[2]
    for doc in documents.query(SOURCES, f"run|{id}", limit=10).docs if id else ():
        at = parse(RunAddress, doc)
        held = documents.get(SOURCES, month_pk(at.source, at.document), at.document)
        if held is not None:
            return held
    return None


def _runs(documents: DocumentStore, source: str, pipeline: str) -> Iterator[Run]:
    where: list[Filter] = [("type", "eq", "pipeline_run"), ("pipeline", "eq", pipeline)]
    for doc in islice(newest(documents, SOURCES, source, where), _RUNS):
        run = parse(PipelineRun, doc)
        if run.start is None:
            continue
        failed = next((one for one in run.activities if one.status == "FAILED"), None)
        yield Run(
            pipeline=run.pipeline,
            run=run.run_id,
            status=_WORDS.get(run.status, "running"),
            started_at=run.start,
            ended_at=run.end,
            activity=None if failed is None else failed.name,
            error=run.message if failed is None or failed.error is None else failed.error,
            known_at=run.received_at,
        )
