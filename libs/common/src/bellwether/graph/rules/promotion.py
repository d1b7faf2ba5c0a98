"""Another version of the model made the batch: it says so itself, or an alias moved before it was made; pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from bellwether.contracts import Node, NodeKind, node_id
from bellwether.graph.case import Case
from bellwether.graph.facts import EdgeKey
from bellwether.graph.reading import Reader
from bellwether.graph.rules.base import Candidate, Found
from bellwether.graph.sentences import day, text_of
from bellwether.graph.walk import Hop, Walked

SEEN_WITHIN = timedelta(minutes=15)
"""How late a look may see that an alias moved: registries keep no time of it."""


def promotion(reader: Reader, walked: Walked, case: Case) -> Found:
    """Another version of the model made this batch than made the last good one."""
    batches = reader.nodes([id for id in (case.batch, case.good_batch) if id is not None])
    now = _versions(reader, batches.get(case.batch))
    then = _versions(reader, batches.get(case.good_batch or ""))
    if not (now and then):
        yield from _moved(reader, walked, case)
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


class Span(NamedTuple):
    """While an alias of the registry pointed to a version, as far as it was seen."""

    alias: str
    since: datetime
    version: str


def _moved(reader: Reader, walked: Walked, case: Case) -> Found:
    """An alias moved to another version between the last good batch and this one, which do not say who made them.

    Only the alias the model is served by counts, where the model names one. The first one ever seen did not move.
    """
    if case.before is None:
        return
    model = node_id(NodeKind.MODEL, "bellwether", case.model)
    node = reader.nodes([model]).get(model)
    if node is None or case.batch not in walked.up:
        return
    served = (text_of(node, "mlflow") or "").partition("@")[2]
    spans = sorted(_spans(reader, node), key=lambda one: (one.since, one.version))
    versions = reader.nodes({one.version for one in spans})
    for number, span in enumerate(spans):
        if served not in ("", span.alias) or not case.before < span.since <= case.onset + SEEN_WITHIN:
            continue
        earlier = [one.version for one in spans[:number] if one.alias == span.alias]
        if not earlier or earlier[-1] == span.version or span.version not in versions:
            continue
        then = versions[earlier[-1]].label if earlier[-1] in versions else "another version"
        yield Candidate(
            "promotion",
            versions[span.version],
            f"Alias {span.alias} moved from {then} to {versions[span.version].label} on {day(span.since)}, "
            "between the last good batch and this one",
            anchor=case.batch,
            distance=walked.up[case.batch] + 1,
            at=min(span.since, case.onset),
            beyond=(Hop(span.version, "scored", case.batch, "inferred", span.since, span.since, derived=True),),
        )


def _spans(reader: Reader, model: Node) -> Iterator[Span]:
    keys = [EdgeKey(link.node, link.rel, model.node) for link in model.into if link.rel == "promoted"]
    for key, edge in reader.edges(keys).items():
        for said in edge.attributes.values():
            value = said.value
            if isinstance(value, dict) and isinstance(value.get("alias"), str) and isinstance(value.get("since"), str):
                yield Span(str(value["alias"]), datetime.fromisoformat(str(value["since"])), key.src)


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
