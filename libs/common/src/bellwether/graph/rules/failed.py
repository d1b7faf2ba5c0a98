"""A run on the way failed; pure."""

from bellwether.contracts import Node
from bellwether.graph.case import Case
from bellwether.graph.reading import Reader
from bellwether.graph.rules.base import Candidate, Found, because, first_failure, touched, was_repeated, when
from bellwether.graph.sentences import RUNS, text_of
from bellwether.graph.walk import Hop, Walked


def failed_upstream(reader: Reader, walked: Walked, case: Case) -> Found:
    """A run on the way failed: of a pipeline run the first failed activity is named. A try that was repeated is not."""
    for id, distance in walked.up.items():
        node = walked.nodes.get(id)
        if node is None or node.kind not in RUNS or node.status != "FAILED" or was_repeated(reader, node):
            continue
        culprit = first_failure(reader, node)
        yield Candidate(
            "failed_upstream",
            culprit,
            f"{culprit.label} failed{when(culprit)}{because(culprit)}, on the way to this batch",
            anchor=id,
            distance=distance,
            at=culprit.start or culprit.end,
            error=text_of(culprit, "error"),
            beyond=_down_to(node, culprit),
            datasets=touched(reader, culprit) | touched(reader, node),
        )


def _down_to(run: Node, culprit: Node) -> tuple[Hop, ...]:
    link = next((one for one in run.out if one.node == culprit.node), None)
    return () if link is None else (Hop(run.node, link.rel, culprit.node, link.evidence, link.first, link.last),)
