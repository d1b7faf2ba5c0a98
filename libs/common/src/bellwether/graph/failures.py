"""Runs that failed beside a walk: nothing came of them, so no walk reaches them; and who read old data for it. Pure."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from typing import NamedTuple

from bellwether.contracts import Link, Node, NodeKind
from bellwether.graph.reading import Reader
from bellwether.graph.rules.base import first_failure
from bellwether.graph.walk import Bounds, Hop, Walked

MOST_JOBS, MOST_RUNS = 50, 100
"""Jobs that are asked for their runs, and runs of each."""
FAILED = ("FAILED", "ABORTED")
_STARTED = (NodeKind.PIPELINE_RUN, NodeKind.RUN)


class _Reading(NamedTuple):
    """A run read a version: ``job`` is what should have written a newer one."""

    version: Node
    consumer: Node
    job: str


def add_failures(reader: Reader, found: Walked, bounds: Bounds) -> Set[str]:
    """Add what failed to a walk, with a derived edge to the version that was read instead; return who read it.

    Of the walk from a model all failures of its jobs in the window are added, and of each job the one before it that
    was its last word when the window began; of other walks those that made a run on the way read old data.
    """
    readings = list(_readings(reader, found, replace(bounds, since=None, until=None)))
    is_whole = found.nodes[found.root].kind is NodeKind.MODEL
    jobs = {node.job for node in found.nodes.values() if node.kind in _STARTED and node.job} if is_whole else set()
    stale: set[str] = set()
    for job in sorted(jobs | {one.job for one in readings})[:MOST_JOBS]:
        runs = [*reader.history(job, since=bounds.since, until=bounds.until, limit=MOST_RUNS)]
        runs += reader.history(job, until=bounds.since, limit=1) if is_whole and bounds.since is not None else ()
        for run in runs:
            if run.status not in FAILED or not _is_seen(run, bounds):
                continue
            instead = [one for one in readings if one.job == job and _between(one, run)]
            stale |= {one.consumer.node for one in instead}
            if instead or is_whole:
                _add(reader, found, run, {one.version.node: one.version for one in instead}, bounds)
    return stale


def _readings(reader: Reader, found: Walked, ever: Bounds) -> Iterator[_Reading]:
    used = [hop for hop in found.hops.values() if hop.rel == "used" and hop.src in found.nodes]
    jobs = _writers(reader, [found.nodes[id] for id in dict.fromkeys(hop.src for hop in used)], ever)
    for hop in used:
        if hop.src in jobs and hop.dst in found.nodes:
            yield _Reading(found.nodes[hop.src], found.nodes[hop.dst], jobs[hop.src])


def _writers(reader: Reader, versions: Sequence[Node], ever: Bounds) -> dict[str, str]:
    """Return the job that wrote each version of a dataset, also where that was before the window of the walk."""
    by = {one.node: link.node for one in versions for link in one.into[::-1] if _made(link, ever)}
    makers = reader.nodes(by.values())
    parts = {one.node: link.node for one in makers.values() for link in one.into if link.rel == "has_activity"}
    wholes = reader.nodes(parts.values())
    found = {version: wholes.get(parts.get(maker, "")) or makers.get(maker) for version, maker in by.items()}
    return {version: run.job for version, run in found.items() if run is not None and run.job is not None}


def _made(link: Link, ever: Bounds) -> bool:
    return link.rel == "generated" and ever.admits(link)


def _between(one: _Reading, run: Node) -> bool:
    """Say whether a run began after a version was written and before it was read."""
    written, read = one.version.start, one.consumer.start
    return written is not None and run.start is not None and read is not None and written < run.start < read


def _is_seen(run: Node, bounds: Bounds) -> bool:
    return not (
        (bounds.asof is not None and (run.start or run.last) > bounds.asof)
        or (bounds.known is not None and run.seen > bounds.known)
    )


def _add(reader: Reader, found: Walked, run: Node, versions: dict[str, Node], bounds: Bounds) -> None:
    for node in {run.node: run, (culprit := first_failure(reader, run)).node: culprit}.values():
        if node.node not in found.nodes and len(found.nodes) >= bounds.limit:
            found.hidden[node.kind] += 1
            continue
        found.nodes.setdefault(node.node, node)
        if node is not culprit:
            continue
        for id, version in versions.items():
            at = version.start or version.last
            hop = Hop(node.node, "attempted", id, "inferred", at, node.start or at, derived=True)
            found.hops.setdefault(hop.key, hop)
