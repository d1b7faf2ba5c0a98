"""What a search for causes starts from: the first bad batch, the last good one, and what is known to drift; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bellwether.contracts import DriftPoint, Node, NodeKind, Status, node_id
from bellwether.graph.reading import Reader

BAD: frozenset[Status] = frozenset({"watch", "act"})


@dataclass(frozen=True, slots=True)
class Case:
    """A report to explain. Node ids; ``drifting`` and ``fine`` name features.

    ``onset`` is when the first bad batch was made, ``before`` when the last good one was; None: there is none known.
    """

    model: str
    report: str
    batch: str
    onset: datetime
    before: datetime | None = None
    good_batch: str | None = None
    drifting: tuple[str, ...] = ()
    fine: tuple[str, ...] = ()


def first_bad(points: Sequence[DriftPoint], batch: str, feature: str | None = None) -> tuple[int, int | None] | None:
    """Return the places of the first bad batch of the row of bad ones ``batch`` is in, and of the good one before it.

    ``points`` are oldest first. None when ``batch`` is fine, or not there: nothing is to be explained.
    """
    here = next((n for n, point in enumerate(points) if point.batch == batch), None)
    if here is None or status_of(points[here], feature) not in BAD:
        return None
    first = here
    for n in range(here, -1, -1):
        status = status_of(points[n], feature)
        if status == "fine":
            return first, n
        if status in BAD:
            first = n
    return first, None


def case_of(
    reader: Reader, model: str, points: Sequence[DriftPoint], batch: str, feature: str | None = None
) -> Case | None:
    """Return what there is to explain about the report of a batch, None when it is fine."""
    found = first_bad(points, batch, feature)
    if found is None:
        return None
    bad, good = points[found[0]], None if found[1] is None else points[found[1]]
    own = f"bellwether/{model}"
    ids = [node_id(NodeKind.BATCH, own, one.batch) for one in (bad, good) if one is not None]
    known = reader.nodes(ids)
    drifting, fine = _features(bad)
    return Case(
        model=model,
        report=node_id(NodeKind.REPORT, own, f"drift/{bad.batch}"),
        batch=ids[0],
        onset=made_at(reader, known.get(ids[0]), bad.end),
        before=None if good is None else made_at(reader, known.get(ids[1]), good.end),
        good_batch=None if good is None else ids[1],
        drifting=(feature,) if feature is not None else drifting,
        fine=fine,
    )


def made_at(reader: Reader, batch: Node | None, end: datetime) -> datetime:
    """Return when a batch was made: when its newest run began, else the end of its window."""
    if batch is None:
        return end
    makers = reader.nodes([link.node for link in batch.into if link.rel == "generated"])
    return max((node.start for node in makers.values() if node.start is not None), default=end)


def _features(point: DriftPoint) -> tuple[tuple[str, ...], tuple[str, ...]]:
    pairs = list(zip(point.features, point.statuses, strict=True))
    return tuple(n for n, status in pairs if status in BAD), tuple(n for n, status in pairs if status == "fine")


def status_of(point: DriftPoint, feature: str | None) -> Status:
    """Return how a batch, or one feature of it, was found; ``unknown`` for a feature it does not have."""
    if feature is None:
        return point.status
    return dict(zip(point.features, point.statuses, strict=True)).get(feature, "unknown")
