"""The shortest way from one node up to another; pure."""

from bellwether.contracts import Evidence
from bellwether.graph.merge import STRENGTH
from bellwether.graph.reading import Reader
from bellwether.graph.walk import Bounds, Hop, walk

MOST_NODES = 2000
DEEPEST = 20


def path(reader: Reader, upper: str, lower: str) -> list[Hop]:
    """Return the edges from ``upper`` down to ``lower``, in the direction of the flow; none when there is no way."""
    found = walk(reader, lower, Bounds(up=DEEPEST, down=0, limit=MOST_NODES))
    return [] if found is None or upper not in found.up else found.path(upper)


def weakest(hops: list[Hop]) -> Evidence | None:
    """Return the evidence of the weakest edge: a way is known no better than that."""
    return min((hop.evidence for hop in hops), key=STRENGTH.__getitem__, default=None)
