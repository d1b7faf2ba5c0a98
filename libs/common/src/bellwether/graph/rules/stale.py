"""A version was read that should have been a newer one: its pipeline failed, was late, or did not run; pure."""

from datetime import datetime
from typing import NamedTuple

from bellwether.contracts import Node, NodeKind
from bellwether.graph.case import Case
from bellwether.graph.reading import Reader
from bellwether.graph.rhythm import longest_usual_s, usual_interval_s
from bellwether.graph.rules.base import USUAL, Candidate, Found, Rule, because, first_failure, maker_of, when
from bellwether.graph.sentences import day, text_of
from bellwether.graph.walk import Hop, Walked, dataset_of

_LOOK_BACK = 100


class Read(NamedTuple):
    """A run read a version of a dataset: who wrote it, in which run of which job."""

    version: Node
    consumer: Node
    producer: Node
    run: Node
    job: str
    written: datetime
    read: datetime


def stale_input(reader: Reader, walked: Walked, case: Case) -> Found:
    """A run of the producing pipeline failed between a version and the run that read it: the version was stale.

    The job is the pipeline, not the activity: when an earlier activity fails, the producing one never starts.
    """
    for read in reads(reader, walked):
        for run in _between(reader, read):
            if run.status in ("FAILED", "ABORTED"):
                culprit = first_failure(reader, run)
                verb = "failed" if run.status == "FAILED" else "was cancelled"
                yield _stale(
                    "stale_input",
                    walked,
                    read,
                    culprit,
                    f"{culprit.label} {verb}{when(culprit)}{because(culprit)}, so {read.version.label} was still "
                    f"that of {day(read.written)} when it was read",
                    case,
                )


def late_producer(reader: Reader, walked: Walked, case: Case) -> Found:
    """A run of the producing pipeline succeeded, but ended only after the run that needed it had begun."""
    for read in reads(reader, walked):
        for run in _between(reader, read):
            if run.status == "SUCCEEDED" and run.end is not None and run.end > read.read:
                yield _stale(
                    "late_producer",
                    walked,
                    read,
                    run,
                    f"{run.label} ended late, {day(run.end)}: {read.consumer.label} had begun on {day(read.read)} with "
                    f"{read.version.label} of {day(read.written)}",
                    case,
                )


def missing_run(reader: Reader, walked: Walked, case: Case) -> Found:
    """No run of the producing pipeline between a version and its reading, for longer than usual."""
    for read in reads(reader, walked):
        if _between(reader, read):
            continue
        runs = reader.history(read.job, until=read.run.start, limit=USUAL + 1)
        interval, longest = usual_interval_s(runs), longest_usual_s(runs)
        if interval is None or longest is None or read.run.start is None:
            continue
        age = (read.read - read.run.start).total_seconds()
        if age > longest:
            yield _stale(
                "missing_run",
                walked,
                read,
                read.run,
                f"{read.run.label} did not run after {day(read.run.start)}, though it usually does every "
                f"{_span(interval)}: {read.version.label} was {_span(age)} old when it was read",
                case,
                at=read.read,
            )


def reads(reader: Reader, walked: Walked) -> list[Read]:
    """Return every reading of a version on the way whose producing run is known, one for each version and reader."""
    found: dict[tuple[str, str], Read] = {}
    for hop in walked.hops.values():
        version, consumer = walked.nodes.get(hop.src), walked.nodes.get(hop.dst)
        if version is None or consumer is None or hop.rel != "used" or version.kind is not NodeKind.DATASET_VERSION:
            continue
        producer = maker_of(reader, version)
        if producer is None or version.start is None:
            continue
        run = _pipeline_run(reader, producer) or producer
        if run.job is not None:
            began = consumer.start or hop.last
            found[hop.src, hop.dst] = Read(version, consumer, producer, run, run.job, version.start, began)
    return list(found.values())


def _between(reader: Reader, read: Read) -> list[Node]:
    """Return the runs of the producing job that began after the version was written and before it was read."""
    runs = reader.history(read.job, since=read.written, until=read.read, limit=_LOOK_BACK)
    return [
        run
        for run in runs
        if run.start is not None and read.written < run.start < read.read and run.node != read.run.node
    ]


def _stale(
    rule: Rule, walked: Walked, read: Read, node: Node, sentence: str, case: Case, at: datetime | None = None
) -> Candidate:
    beyond = (
        ()
        if node.node == read.version.node
        else (Hop(node.node, "attempted", read.version.node, "inferred", read.written, read.read, derived=True),)
    )
    return Candidate(
        rule,
        node,
        sentence,
        anchor=read.version.node,
        distance=walked.up.get(read.version.node, 0),
        at=at or node.start or node.end,
        error=text_of(node, "error"),
        beyond=beyond,
        datasets=frozenset({dataset_of(read.version.node)}),
    )


def _pipeline_run(reader: Reader, activity: Node) -> Node | None:
    above = reader.nodes([link.node for link in activity.into if link.rel == "has_activity"])
    return next(iter(above.values()), None)


def _span(seconds: float) -> str:
    hours = seconds / 3600
    if hours >= 36:
        return f"{hours / 24:.1f} days"
    return f"{hours:.1f} hours" if hours >= 1 else f"{seconds / 60:.0f} minutes"
