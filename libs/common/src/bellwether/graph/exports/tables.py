"""Nodes and edges as two CSV files in a zip."""

import csv
from datetime import datetime
from typing import Generic, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bellwether.graph.exports.dot import hidden
from bellwether.graph.walk import Walked

T = TypeVar("T", bytes, str)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NODES = ("id", "kind", "label", "status", "verdict", "start", "end", "job")
_EDGES = ("source", "relation", "target", "evidence", "derived", "first", "last")


class _Parts(Generic[T]):
    """What is written, in memory."""

    def __init__(self) -> None:
        self.parts: list[T] = []

    def write(self, part: T) -> int:
        self.parts.append(part)
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""


def csv_zip(found: Walked, now: datetime) -> bytes:
    """Return the walk as ``nodes.csv`` and ``edges.csv``; no cell is taken for a formula."""
    nodes: list[tuple[object, ...]] = [
        (node.node, node.kind, node.label, node.status, node.verdict, node.start, node.end, node.job)
        for _, node in sorted(found.nodes.items())
    ]
    edges: list[tuple[object, ...]] = [
        (hop.src, hop.rel, hop.dst, hop.evidence, hop.derived, hop.first, hop.last)
        for _, hop in sorted(found.hops.items())
    ]
    file = _Parts[bytes]()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # all a zip needs of a file
        for name, head, rows in (("nodes.csv", _NODES, nodes), ("edges.csv", _EDGES, edges)):
            archive.writestr(ZipInfo(name, now.timetuple()[:6]), _table(head, rows))
        if found.truncated:
            archive.writestr(ZipInfo("left-out.txt", now.timetuple()[:6]), hidden(found) + "\n")
    return b"".join(file.parts)


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    text = _Parts[str]()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "".join(text.parts)


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
