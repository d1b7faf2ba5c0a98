"""An evidence pack: all that is known of a model and a period as one ZIP file, with the hash of every part.

The parts are data as they are stored, the report of the period, and where the data of each incident came from. Data of
a period that is over is the same, byte for byte, whenever it is asked for; the page and the manifest say when they
were made.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from bellwether.contracts import (
    INCIDENTS,
    Annotation,
    Batch,
    Document,
    Incident,
    Model,
    Mute,
    Reference,
    Rule,
    node_id,
)
from bellwether.gateway import models
from bellwether.gateway.context import Context
from bellwether.gateway.reports.causes import is_of
from bellwether.gateway.reports.content import ReportDocument
from bellwether.gateway.reports.files import to_csv
from bellwether.gateway.reports.gather import gather
from bellwether.gateway.reports.page import html
from bellwether.graph import Bounds, walk, with_columns
from bellwether.graph.causes import Cause
from bellwether.graph.exports import EXPORTS
from bellwether.storage import causes
from bellwether.storage.collections import MODELS, OPS, RUNS, VIEWS
from bellwether.storage.documents import parse
from bellwether.storage.lineage import GraphReader, observed_graphs
from bellwether.storage.months import newest

FORMAT = "bellwether-evidence/1"
MANIFEST = "manifest.json"
_MOST_BATCHES = 5_000
_TRACED = 50
"""Incidents, the newest, whose provenance is in a pack."""
_UP, _NODES = 10, 300
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time every part of the archive has: a time of its own would make equal packs differ."""
_GRAPHS = ("openlineage", "svg")
_OUR_OWN = {"id", "pk", "schema_version", "type", "ttl", "raw_uri", "rows_uri", "profile_uri"}
"""Fields that say where something is kept: of no use to who reads a pack."""


def pack(ctx: Context, model: Model, period: str) -> bytes:
    """Return the pack of a period such as ``2026-01-01..2026-01-31``; raises ``NotFound`` where nothing is known."""
    report, picture = gather(ctx, model, period)
    parts = {"report.html": html(report, picture), "report.json": _json(_said(report, "made_at"))}
    parts |= {f"tables/{table.name}.csv": to_csv(table) for table in report.tables}
    parts |= {f"{name}.json": _json(told) for name, told in _records(ctx, model, report)}
    parts |= dict(_incidents(ctx, model, report))
    return _archive(parts, _json(_manifest(parts, report)))


def _records(ctx: Context, model: Model, report: ReportDocument) -> Iterator[tuple[str, Any]]:
    begin, end = report.begin, report.end
    yield "model", {**_said(model), "versions": [_said(one) for one in models.versions(ctx, model.name)]}
    references = ctx.documents.query(MODELS, model.name, [("id", "prefix", "reference~")], limit=500).docs
    yield "references", [_said(parse(Reference, doc)) for doc in references]
    docs = newest(ctx.documents, RUNS, model.name, [("type", "eq", "batch")], since=begin, until=end)
    batches = [parse(Batch, doc) for doc in islice(docs, _MOST_BATCHES)][::-1]
    yield "batches", [{"batch": one.id, **_said(one)} for one in batches]
    rules = [parse(Rule, doc) for doc in ctx.documents.query(OPS, "rules", limit=500).docs]
    yield "rules", [_said(one) for one in rules if one.model in (None, model.name)]
    notes = ctx.documents.query(OPS, f"annotations|{model.name}", limit=500).docs
    yield "annotations", [_said(one) for one in (parse(Annotation, doc) for doc in notes) if begin <= one.time < end]
    mutes = ctx.documents.query(OPS, f"mutes|{model.name}", limit=500).docs
    shown = (parse(Mute, doc) for doc in mutes)
    yield "expected-changes", [_said(one) for one in shown if one.start < end and one.end >= begin]


def _incidents(ctx: Context, model: Model, report: ReportDocument) -> Iterator[tuple[str, bytes]]:
    """Yield the incidents with what people decided and what likely caused them, and the graph behind each."""
    docs = ctx.documents.query(VIEWS, INCIDENTS, [("model", "eq", model.name)], desc=True, limit=500).docs
    found = [one for one in (parse(Incident, doc) for doc in docs) if is_of(one, report.begin, report.end)]
    told = []
    for n, one in enumerate(found):
        actions = causes.actions_of(ctx.documents, one.id)
        likely = causes.of_incident(ctx.documents, one, actions) if n < _TRACED else []
        decided = [action.model_dump(mode="json") for action in actions]
        told.append({"incident": one.id, **_said(one), "decisions": decided, "likely_causes": [*map(_cause, likely)]})
        if n < _TRACED and (batch := causes.first_batch(one)) is not None:
            yield from _provenance(ctx, model.name, one.id, batch, report.end)
    yield "incidents.json", _json(told)


def _provenance(ctx: Context, model: str, incident: str, batch: str, end: datetime) -> Iterator[tuple[str, bytes]]:
    reader = GraphReader(ctx.documents, (model, *observed_graphs(ctx.documents)))
    report = node_id("report", f"bellwether/{model}", f"drift/{batch}")
    found = walk(reader, report, Bounds(up=_UP, down=0, limit=_NODES))
    if found is None:
        return
    for export in (EXPORTS[name] for name in _GRAPHS):
        yield f"provenance/{incident}.{export.suffix}", export.write(with_columns(reader, found), end)


def _cause(one: Cause) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "sentence": one.sentence,
        "strength": one.strength,
        "evidence": one.evidence,
        "score": one.score,
        "node": one.node.node,
        "at": None if one.at is None else one.at.isoformat(),
        "tests": one.tests._asdict(),
        "way": [[hop.src, hop.rel, hop.dst, hop.evidence] for hop in one.hops],
    }


def _said(document: Document | ReportDocument, *without: str) -> dict[str, Any]:
    return document.model_dump(mode="json", exclude={*_OUR_OWN, *without})


def _manifest(parts: dict[str, bytes], report: ReportDocument) -> dict[str, Any]:
    files = [
        {"path": path, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        for path, body in sorted(parts.items())
    ]
    return {
        "format": FORMAT,
        "model": report.model,
        "begin": report.begin.isoformat(),
        "end": report.end.isoformat(),
        "made_at": report.made_at.isoformat(),
        "signed": False,
        "note": "This pack is not signed: the hashes show that its parts belong together, not who made them.",
        "files": files,
    }


def _json(told: Any) -> bytes:
    return (json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _archive(parts: dict[str, bytes], manifest: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in [(MANIFEST, manifest), *sorted(parts.items())]:
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), body, zipfile.ZIP_DEFLATED)
    return made.getvalue()
