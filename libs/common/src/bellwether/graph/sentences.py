"""Nodes in words; pure. What a source gave is quoted, never guessed."""

from datetime import datetime

from bellwether.contracts import Node, NodeKind, RunStatus

KINDS: dict[NodeKind, str] = {
    NodeKind.PIPELINE: "pipeline",
    NodeKind.ACTIVITY: "activity",
    NodeKind.JOB: "job",
    NodeKind.NOTEBOOK: "notebook",
    NodeKind.DATASET: "dataset",
    NodeKind.MODEL: "model",
    NodeKind.FEATURE: "feature",
    NodeKind.PIPELINE_RUN: "pipeline run",
    NodeKind.ACTIVITY_RUN: "activity",
    NodeKind.COMPUTE_RUN: "compute run",
    NodeKind.ML_RUN: "MLflow run",
    NodeKind.RUN: "run",
    NodeKind.DATASET_VERSION: "version of dataset",
    NodeKind.CODE_VERSION: "code version",
    NodeKind.LOGGED_MODEL: "logged model",
    NodeKind.MODEL_VERSION: "model version",
    NodeKind.REFERENCE: "reference",
    NodeKind.BATCH: "batch",
    NodeKind.LABELS: "labels",
    NodeKind.PROFILE: "profile",
    NodeKind.REPORT: "report",
    NodeKind.INCIDENT: "incident",
}
DONE: dict[RunStatus, str] = {
    "UNKNOWN": "",
    "QUEUED": "waits",
    "RUNNING": "runs",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "ABORTED": "was cancelled",
}
RUNS = frozenset({NodeKind.PIPELINE_RUN, NodeKind.ACTIVITY_RUN, NodeKind.COMPUTE_RUN, NodeKind.ML_RUN, NodeKind.RUN})
_MOST = 160


def sentence(node: Node) -> str:
    """Return one node in a few words, such as ``load_features failed: timeout``."""
    if node.kind is NodeKind.BATCH:
        rows = number(node, "rows")
        text = f"Batch of {day(node.start or node.end or node.last)}"
        text += "" if rows is None else f" with {rows:,} rows"
        return text + (" was rejected" if node.status == "FAILED" else "")
    if node.kind is NodeKind.REPORT:
        told = text_of(node, "sentence")
        return told or f"{node.label} of {day(node.last)}" + (f": {node.verdict}" if node.verdict else "")
    if node.kind is NodeKind.DATASET_VERSION:
        return _version(node)
    if node.kind is NodeKind.LABELS:
        rows = number(node, "rows")
        return "Labels" + ("" if rows is None else f" of {rows:,} rows") + f", arrived {day(node.start or node.last)}"
    if node.kind not in RUNS:
        return f"{KINDS[node.kind].capitalize()} {node.label}"
    rows, error = number(node, "rows_written"), text_of(node, "error")
    text = f"{node.label} {DONE[node.status]}".rstrip()
    if node.status == "SUCCEEDED" and rows is not None:
        text += f" and wrote {rows:,} rows"
    return f"{text}: {shortened(error)}" if error and node.status in ("FAILED", "ABORTED") else text


def text_of(node: Node, name: str) -> str | None:
    """Return an attribute that is a text."""
    attribute = node.attributes.get(name)
    return attribute.value if attribute is not None and isinstance(attribute.value, str) else None


def number(node: Node, name: str) -> int | None:
    """Return an attribute that is a whole number."""
    value = node.attributes[name].value if name in node.attributes else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def shortened(text: str) -> str:
    """Return the first line of a text, cut where it is long."""
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= _MOST else line[: _MOST - 1].rstrip() + "…"


def day(time: datetime) -> str:
    """Return a time as people read it: ``4 May 2013``, ``4 May 2013 00:20 UTC``."""
    return f"{time.day} {time:%b %Y}" + ("" if (time.hour, time.minute) == (0, 0) else f" {time:%H:%M} UTC")


def _version(node: Node) -> str:
    name, rows = node.label, number(node, "rows")
    if node.stub and node.start is None:
        return f"Dataset {name}: nobody is known to have produced it"
    text = f"Dataset {name}" + ("" if node.start is None else f" of {day(node.start)}")
    return text + ("" if rows is None else f", {rows:,} rows")
