"""One node with all that is known about it, and finding nodes."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby, islice

from bellwether.contracts import Link, Node, NodeKind, node_id, parse_node_id
from bellwether.gateway.context import Context
from bellwether.gateway.lineage.answers import AttributeOut, FoundOut, NeighboursOut, NodeOut, SearchOut
from bellwether.gateway.lineage.graph import links
from bellwether.gateway.lineage.scope import Scope
from bellwether.storage.collections import LINEAGE
from bellwether.storage.documents import parse

MOST_FOUND = 50
_LOOKED_AT = 2000
_NEWEST = 10
_JOBS = (
    *(NodeKind.PIPELINE, NodeKind.ACTIVITY, NodeKind.JOB, NodeKind.NOTEBOOK, NodeKind.DATASET, NodeKind.MODEL),
    *(NodeKind.FEATURE, NodeKind.MODEL_VERSION, NodeKind.REFERENCE, NodeKind.CODE_VERSION, NodeKind.LOGGED_MODEL),
)
_BY_ID = ((NodeKind.PIPELINE_RUN, "adf"), (NodeKind.RUN, "openlineage"))


def details(scope: Scope, id: str) -> NodeOut:
    """Return one node."""
    node = scope.node(id)
    said = {name: getattr(node, name) for name in NodeOut.model_fields if name in Node.model_fields}
    return NodeOut(
        **{
            **said,
            "id": node.node,
            "known": not node.stub,
            "attributes": tuple(
                AttributeOut(name=name, **one.model_dump())
                for name, one in sorted(node.attributes.items())
                if name not in ("label", "job", "verdict")
            ),
            "neighbours": (
                *_neighbours(node.into, "up", node.into_total),
                *_neighbours(node.out, "down", node.out_total),
            ),
            "links": links(node),
        }
    )


def search(ctx: Context, scope: Scope, text: str, kinds: frozenset[NodeKind]) -> SearchOut:
    """Return nodes whose label or id holds a text; runs, batches and reports are found by their whole id as well."""
    wanted = text.casefold()
    found: dict[str, Node] = dict(scope.reader.nodes(_named(scope, text)))
    looked = 0
    for kind in kinds or frozenset(_JOBS):
        for graph in scope.reader.graphs:
            for node in islice(_of_kind(ctx, graph, kind), _LOOKED_AT):
                looked += 1
                if wanted in node.label.casefold() or wanted in node.node.casefold():
                    found.setdefault(node.node, node)
    nodes = [node for node in found.values() if not kinds or node.kind in kinds]
    nodes.sort(key=lambda node: (-node.last.timestamp(), node.node))
    truncated = len(nodes) > MOST_FOUND or looked >= _LOOKED_AT
    return SearchOut(items=tuple(summary(node) for node in nodes[:MOST_FOUND]), truncated=truncated)


def summary(node: Node) -> FoundOut:
    """Return a node in a line."""
    said = {name: getattr(node, name) for name in FoundOut.model_fields if name != "id"}
    return FoundOut(id=node.node, **said)


def _named(scope: Scope, text: str) -> list[str]:
    """Return the ids a text may stand for."""
    own, text = f"bellwether/{scope.model}", text.strip()
    if not text:
        return []
    if text.count(":") >= 2:
        with suppress(ValueError):
            parse_node_id(text)
            return [text]
    ids = [node_id(kind, namespace, text) for kind, namespace in _BY_ID]
    for graph in scope.reader.graphs:
        if graph.startswith("@mlflow/"):
            ids += [node_id(kind, graph[1:], text) for kind in (NodeKind.ML_RUN, NodeKind.LOGGED_MODEL)]
    ids += [node_id(kind, own, text) for kind in (NodeKind.BATCH, NodeKind.LABELS, NodeKind.REPORT)]
    return [*ids, node_id(NodeKind.REPORT, own, f"drift/{text}")]


def _of_kind(ctx: Context, graph: str, kind: NodeKind) -> Iterator[Node]:
    after = None
    while True:
        page = ctx.documents.query(LINEAGE, graph, [("id", "prefix", f"n~{kind}~")], limit=100, after=after)
        yield from (parse(Node, doc) for doc in page.docs)
        if (after := page.cursor) is None:
            return


def _neighbours(many: tuple[Link, ...], direction: str, total: int) -> Iterator[NeighboursOut]:
    by_rel = sorted(many, key=lambda link: (link.rel, -link.last.timestamp(), link.node))
    for rel, few in groupby(by_rel, key=lambda link: link.rel):
        nodes = [link.node for link in few]
        yield NeighboursOut(
            rel=rel,
            direction="up" if direction == "up" else "down",
            count=len(nodes),
            more=total > len(many),
            newest=tuple(nodes[:_NEWEST]),
        )
