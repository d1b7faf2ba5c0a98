"""A run wrote far fewer or more rows than usual; pure."""

from statistics import median

from bellwether.contracts import NodeKind
from bellwether.graph.case import Case
from bellwether.graph.reading import Reader
from bellwether.graph.rules.base import (
    FEWEST,
    Candidate,
    Found,
    Z,
    dataset,
    hop_from,
    maker_of,
    predecessors,
    robust_z,
    rows_of,
    touched,
    when,
)
from bellwether.graph.sentences import RUNS, text_of
from bellwether.graph.walk import Walked

_ROOM = 0.1
"""How far past the fewest and the most rows there were a number may lie, as a share of them."""


def row_count(reader: Reader, walked: Walked, case: Case) -> Found:
    """A run wrote far fewer or more rows than it usually does."""
    for id, distance in walked.up.items():
        node = walked.nodes.get(id)
        rows = None if node is None else rows_of(node)
        if node is None or node.kind is NodeKind.BATCH or node.job is None or node.start is None or rows is None:
            continue
        usual = [count for one in predecessors(reader, node) if (count := rows_of(one)) is not None]
        if len(usual) < FEWEST:
            continue
        z, middle = robust_z(rows, usual), median(usual)
        # The days of a week, or of a month, make ranges a median does not know: what there was before is usual too.
        seen = (1 - _ROOM) * min(usual) < rows < (1 + _ROOM) * max(usual)
        if z > Z and not seen:
            maker = node if node.kind in RUNS else maker_of(reader, node) or node
            yield Candidate(
                "row_count",
                maker,
                f"{maker.label} wrote {rows:,} rows{when(maker)}; usual are {middle:,.0f}",
                anchor=id,
                distance=distance,
                at=maker.start,
                error=text_of(maker, "error"),
                beyond=() if maker is node else (hop_from(maker, node),),
                datasets=touched(reader, maker) | dataset(node),
                ratio=rows / max(middle, 1.0),
            )
