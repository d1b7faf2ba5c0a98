"""What may have gone wrong on the way to a batch: one rule for each; pure. Longer than most: one list of rules.

Each rule is a function of the walk up from the first bad report; it yields candidates, and does not weigh them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Literal, NamedTuple

from bellwether.contracts import Link, Node, NodeKind
from bellwether.graph.case import Case
from bellwether.graph.columns import schema
from bellwether.graph.reading import Reader
from bellwether.graph.rhythm import longest_usual_s, usual_interval_s
from bellwether.graph.sentences import RUNS, day, number, shortened, text_of
from bellwether.graph.walk import Hop, Walked, dataset_of

Rule = Literal[
    "failed_upstream",
    "stale_input",
    "late_producer",
    "missing_run",
    "row_count",
    "schema_change",
    "upstream_distribution",
    "promotion",
    "code_change",
]
Z = 6.0
"""Robust deviations from which a number is unusual."""
USUAL, FEWEST = 20, 5
"""Runs that tell what is usual: the newest before, and how many it takes."""
_LOOK_BACK = 100
_CHANGED = ("commit", "definition_etag")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a rule found. The way to it goes over ``anchor``, a node of the walk, and then ``beyond``.

    ``datasets`` are those it touches, ``ratio`` how many times the usual rows there are, ``columns`` those that
    changed.
    """

    rule: Rule
    node: Node
    sentence: str
    anchor: str
    distance: int
    at: datetime | None
    error: str | None = None
    beyond: tuple[Hop, ...] = ()
    datasets: frozenset[str] = frozenset()
    ratio: float | None = None
    columns: frozenset[str] = frozenset()


class Read(NamedTuple):
    """A run read a version of a dataset: who wrote it, in which run of which job."""

    version: Node
    consumer: Node
    producer: Node
    run: Node
    job: str
    written: datetime
    read: datetime


Found = Iterator[Candidate]


def failed_upstream(reader: Reader, walked: Walked, case: Case) -> Found:
    """A run on the way failed: of a pipeline run the first failed activity is named. A try that was repeated is not."""
    for id, distance in walked.up.items():
        node = walked.nodes.get(id)
        if node is None or node.kind not in RUNS or node.status != "FAILED" or _repeated(reader, node):
            continue
        culprit = first_failure(reader, node)
        yield Candidate(
            "failed_upstream",
            culprit,
            f"{_name(culprit)} failed{_when(culprit)}{_because(culprit)}, on the way to this batch",
            anchor=id,
            distance=distance,
            at=culprit.start or culprit.end,
            error=text_of(culprit, "error"),
            beyond=_down_to(node, culprit),
            datasets=_touched(reader, culprit) | _touched(reader, node),
        )


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
                    f"{_name(culprit)} {verb}{_when(culprit)}{_because(culprit)}, so {read.version.label} was still "
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
                    f"{_name(run)} ended late, {day(run.end)}: {_name(read.consumer)} had begun {day(read.read)} with "
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
                f"{_name(read.run)} did not run after {day(read.run.start)}, though it usually does every "
                f"{_span(interval)}: {read.version.label} was {_span(age)} old when it was read",
                case,
                at=read.read,
            )


def row_count(reader: Reader, walked: Walked, case: Case) -> Found:
    """A run wrote far fewer or more rows than it usually does."""
    for id, distance in walked.up.items():
        node = walked.nodes.get(id)
        rows = None if node is None else _rows(node)
        if node is None or node.kind is NodeKind.BATCH or node.job is None or node.start is None or rows is None:
            continue
        usual = [count for one in _before(reader, node) if (count := _rows(one)) is not None]
        if len(usual) < FEWEST:
            continue
        z, middle = robust_z(rows, usual), median(usual)
        if z > Z:
            maker = node if node.kind in RUNS else _maker(reader, node) or node
            yield Candidate(
                "row_count",
                maker,
                f"{_name(maker)} wrote {rows:,} rows{_when(maker)}; usual are {middle:,.0f}",
                anchor=id,
                distance=distance,
                at=maker.start,
                error=text_of(maker, "error"),
                beyond=() if maker is node else (_hop(maker, node),),
                datasets=_touched(reader, maker) | _dataset(node),
                ratio=rows / max(middle, 1.0),
            )


def schema_change(reader: Reader, walked: Walked, case: Case) -> Found:
    """A version of a dataset has other columns than the one before."""
    for id, distance in walked.up.items():
        node = walked.nodes.get(id)
        if node is None or node.kind is not NodeKind.DATASET_VERSION or node.start is None:
            continue
        older = [one for one in reader.history(dataset_of(id), until=node.start, limit=2) if one.node != id]
        now, then = schema(node), schema(older[0]) if older else {}
        if not now or not then or now == then:
            continue
        gone, new = sorted(then.keys() - now.keys()), sorted(now.keys() - then.keys())
        retyped = sorted(name for name in now.keys() & then.keys() if now[name] != then[name])
        maker = _maker(reader, node) or node
        yield Candidate(
            "schema_change",
            maker,
            f"{node.label} of {day(node.start)} has other columns than before: "
            + "; ".join(_changes(gone, new, retyped)),
            anchor=id,
            distance=distance,
            at=node.start,
            beyond=() if maker is node else (_hop(maker, node),),
            datasets=_dataset(node),
            columns=frozenset((*gone, *new, *retyped)),
        )


def upstream_distribution(reader: Reader, walked: Walked, case: Case) -> Found:
    """A statistic of what a run read, or of a version of a dataset, is far from those of the ones before."""
    for id, distance in walked.up.items():
        node = walked.nodes.get(id)
        if node is None or node.start is None or node.job is None or not (now := _statistics(node)):
            continue
        before = [_statistics(one) for one in _before(reader, node)]
        for name, value in sorted(now.items()):
            usual = [one[name] for one in before if name in one]
            if len(usual) < FEWEST or robust_z(value, usual) <= Z:
                continue
            maker = node if node.kind in RUNS else _maker(reader, node) or node
            yield Candidate(
                "upstream_distribution",
                maker,
                f"{name} of {node.label} was {value:,.4g} at {day(node.start)}; usual is {median(usual):,.4g}",
                anchor=id,
                distance=distance,
                at=node.start,
                beyond=() if maker is node else (_hop(maker, node),),
                datasets=_dataset(node),
                columns=frozenset(name.split(".")),
            )


def promotion(reader: Reader, walked: Walked, case: Case) -> Found:
    """Another version of the model made this batch than made the last good one."""
    batches = reader.nodes([id for id in (case.batch, case.good_batch) if id is not None])
    now = _versions(reader, batches.get(case.batch))
    then = _versions(reader, batches.get(case.good_batch or ""))
    for id in sorted(now - then) if then else ():
        if id in walked.up:
            node = walked.nodes[id]
            links = [link for link in node.out if link.rel == "promoted" and link.first <= case.onset]
            at = max((link.first for link in links), default=node.start)
            names = ", ".join(one.label for one in reader.nodes(then).values()) or "another one"
            yield Candidate(
                "promotion",
                node,
                f"Model version {node.label} made this batch; the last good one was made by {names}",
                anchor=id,
                distance=walked.up[id],
                at=at,
            )


def code_change(reader: Reader, walked: Walked, case: Case) -> Found:
    """The code, the definition or a parameter of a run is another than in the last run of its job that succeeded."""
    for id, distance in walked.up.items():
        node = walked.nodes.get(id)
        if node is None or node.kind not in RUNS or node.job is None or node.start is None:
            continue
        before = _before(reader, node)
        changes = [*_other(node, before), *_parameters(node, before)] if before else []
        if changes:
            yield Candidate(
                "code_change",
                node,
                f"{_name(node)} ran{_when(node)} with " + "; ".join(changes[:3]),
                anchor=id,
                distance=distance,
                at=node.start,
                datasets=_touched(reader, node),
            )


RULES: tuple[Callable[[Reader, Walked, Case], Found], ...] = (
    *(failed_upstream, stale_input, late_producer, missing_run, row_count, schema_change),
    *(upstream_distribution, promotion, code_change),
)


def reads(reader: Reader, walked: Walked) -> list[Read]:
    """Return every reading of a version on the way whose producing run is known, one for each version and reader."""
    found: dict[tuple[str, str], Read] = {}
    for hop in walked.hops.values():
        version, consumer = walked.nodes.get(hop.src), walked.nodes.get(hop.dst)
        if version is None or consumer is None or hop.rel != "used" or version.kind is not NodeKind.DATASET_VERSION:
            continue
        producer = _maker(reader, version)
        if producer is None or version.start is None:
            continue
        run = _pipeline_run(reader, producer) or producer
        if run.job is not None:
            began = consumer.start or hop.last
            found[hop.src, hop.dst] = Read(version, consumer, producer, run, run.job, version.start, began)
    return list(found.values())


def first_failure(reader: Reader, run: Node) -> Node:
    """Return the first activity of a run that failed, or the run itself where none is told."""
    inside = reader.nodes([link.node for link in run.out if link.rel == "has_activity"])
    failed = [node for node in inside.values() if node.status in ("FAILED", "ABORTED") and not _repeated(reader, node)]
    failed.sort(key=lambda node: (node.status == "ABORTED", (node.start or node.last).timestamp(), node.node))
    return failed[0] if failed else run


def robust_z(value: float, usual: Sequence[float]) -> float:
    """Return how far a number is from the median of others, in normal deviations by their median distance from it.

    The median distance is taken to be at least 1 % of the median, so that a constant does not make all else unusual.
    Source: Iglewicz and Hoaglin (1993), How to detect and handle outliers (the modified z-score without its 0.6745).
    """
    middle = median(usual)
    spread = median(abs(one - middle) for one in usual)
    return abs(value - middle) / (1.4826 * max(spread, 0.01 * abs(middle), 1e-12))


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


def _before(reader: Reader, node: Node) -> list[Node]:
    """Return runs of the same job that succeeded before, or versions of the same dataset, newest first."""
    assert node.job is not None
    older = reader.history(node.job, until=node.start, limit=2 * USUAL)
    return [
        one
        for one in older
        if one.node != node.node and one.kind is node.kind and one.status in ("SUCCEEDED", "UNKNOWN")
    ][:USUAL]


def _maker(reader: Reader, thing: Node) -> Node | None:
    makers = reader.nodes([link.node for link in thing.into if link.rel == "generated"])
    return max(makers.values(), key=lambda node: (node.start or node.last, node.node), default=None)


def _pipeline_run(reader: Reader, activity: Node) -> Node | None:
    above = reader.nodes([link.node for link in activity.into if link.rel == "has_activity"])
    return next(iter(above.values()), None)


def _repeated(reader: Reader, node: Node) -> bool:
    """Say whether a later try of the same activity succeeded."""
    tries = reader.nodes([link.node for link in node.out if link.rel == "retry_of"])
    return any(one.status == "SUCCEEDED" or _repeated(reader, one) for one in tries.values())


def _versions(reader: Reader, batch: Node | None) -> set[str]:
    """Return the registered versions that made a batch: named by the push, or loaded by the run."""
    if batch is None:
        return set()
    scored = {link.node for link in batch.into if link.rel == "scored"}
    makers = reader.nodes([link.node for link in batch.into if link.rel == "generated"])
    kinds = (f"{NodeKind.MODEL_VERSION}:", f"{NodeKind.LOGGED_MODEL}:")
    return scored or {
        link.node
        for maker in makers.values()
        for link in maker.into
        if link.rel == "used" and link.node.startswith(kinds)
    }


def _other(node: Node, before: Sequence[Node]) -> Iterator[str]:
    for name in _CHANGED:
        now, then = text_of(node, name), text_of(before[0], name)
        if now is not None and then is not None and now != then:
            word = "commit" if name == "commit" else "definition"
            yield f"{word} {now[:8]} instead of {then[:8]}"


def _parameters(node: Node, before: Sequence[Node]) -> Iterator[str]:
    """Yield parameters that always had one value, and now have another."""
    for kind in ("parameters", "params"):
        now, earlier = _map(node, kind), [_map(one, kind) for one in before]
        for name in sorted(now.keys() | (earlier[0].keys() if earlier else ())):
            seen = {one.get(name) for one in earlier}
            if len(earlier) >= FEWEST and len(seen) == 1 and now.get(name) not in seen:
                yield f"{name} = {now.get(name)} instead of {next(iter(seen))}"


def _map(node: Node, name: str) -> Mapping[str, str]:
    said = node.attributes.get(name)
    value = said.value if said is not None and isinstance(said.value, dict) else {}
    return {key: str(one) for key, one in value.items()}


def _statistics(node: Node) -> dict[str, float]:
    """Return the numbers of a profile, nested names joined by dots."""
    said, found = node.attributes.get("profile"), dict[str, float]()
    stack = [("", said.value if said is not None else None)]
    while stack:
        prefix, value = stack.pop()
        if isinstance(value, dict):
            stack += [(f"{prefix}.{name}" if prefix else name, one) for name, one in value.items()]
        elif isinstance(value, int | float) and not isinstance(value, bool) and prefix:
            found[prefix] = float(value)
    return found


def _rows(node: Node) -> int | None:
    name = "rows" if node.kind is NodeKind.DATASET_VERSION else "rows_written"
    return number(node, name)


def _touched(reader: Reader, run: Node) -> frozenset[str]:
    """Return the datasets a run wrote or tried to, those of its activities included."""
    inside = reader.nodes([link.node for link in run.out if link.rel == "has_activity"])
    wrote = [link for one in (run, *inside.values()) for link in one.out if link.rel in ("generated", "attempted")]
    return frozenset(_as_dataset(link) for link in wrote if link.node.startswith("dataset"))


def _as_dataset(link: Link) -> str:
    return dataset_of(link.node) if link.node.startswith(f"{NodeKind.DATASET_VERSION}:") else link.node


def _dataset(node: Node) -> frozenset[str]:
    return frozenset({dataset_of(node.node)}) if node.kind is NodeKind.DATASET_VERSION else frozenset()


def _down_to(run: Node, culprit: Node) -> tuple[Hop, ...]:
    link = next((one for one in run.out if one.node == culprit.node), None)
    return () if link is None else (Hop(run.node, link.rel, culprit.node, link.evidence, link.first, link.last),)


def _hop(maker: Node, thing: Node) -> Hop:
    link = next(one for one in thing.into if one.node == maker.node)
    return Hop(maker.node, link.rel, thing.node, link.evidence, link.first, link.last)


def _changes(gone: list[str], new: list[str], retyped: list[str]) -> Iterator[str]:
    for word, names in (("gone", gone), ("new", new), ("of another type", retyped)):
        if names:
            yield f"{word}: {', '.join(names[:5])}" + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _name(node: Node) -> str:
    return node.label


def _when(node: Node) -> str:
    return "" if node.start is None else f" {day(node.start)}"


def _because(node: Node) -> str:
    error = text_of(node, "error")
    return f" ({shortened(error)})" if error else ""


def _span(seconds: float) -> str:
    hours = seconds / 3600
    if hours >= 36:
        return f"{hours / 24:.1f} days"
    return f"{hours:.1f} hours" if hours >= 1 else f"{seconds / 60:.0f} minutes"
