"""Another version of the model made the batch; pure."""

from bellwether.contracts import Node, NodeKind
from bellwether.graph.case import Case
from bellwether.graph.reading import Reader
from bellwether.graph.rules.base import Candidate, Found
from bellwether.graph.walk import Walked


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
