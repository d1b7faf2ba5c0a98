"""Which graphs a request reads, and whether its caller may name a node in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from typing_extensions import override

from bellwether.contracts import PROGRESS_PK, Node, NodeKind, SourceProgress, parse_node_id
from bellwether.errors import Fault, InvalidInput, NotFound
from bellwether.gateway.access import Identity
from bellwether.gateway.context import Context
from bellwether.gateway.lineage.answers import SourceOut
from bellwether.storage.collections import MODELS, OPS
from bellwether.storage.documents import parse
from bellwether.storage.lineage import GraphReader, observed_graphs, own


@dataclass(frozen=True, slots=True)
class Scope:
    """The graphs of one request: a model's with those of all sources, or a source's alone."""

    model: str
    reader: GraphReader
    sources: tuple[SourceOut, ...]

    def node(self, id: str) -> Node:
        """Return a node; of a job that no source describes its newest run. Raises ``NotFound``."""
        found = self.reader.nodes([id]).get(id) or next(iter(self.reader.history(id, limit=1)), None)
        if found is None:
            raise NotFound(f"There is no node {id[:300]!r} in graph {self.model!r}. Search finds what there is.")
        return found


class OwnGraph(GraphReader):
    """What a caller limited to some models sees: from what sources observed only what leads up from the model.

    What other models make of a shared run or dataset stays hidden, so links down are those of the model's own graph.
    """

    @override
    def nodes(self, ids: Iterable[str]) -> Mapping[str, Node]:
        found = super().nodes(ids)
        ours = GraphReader(self.documents, self.graphs[:1]).nodes(found)
        none = {"out": (), "out_total": 0}
        return {
            id: node.model_copy(update={"out": ours[id].out, "out_total": ours[id].out_total} if id in ours else none)
            for id, node in found.items()
        }


def open_scope(ctx: Context, caller: Identity, model: str | None, *nodes: str) -> Scope:
    """Return what a request about some nodes reads; raises ``NotFound`` for what the caller may not see."""
    for node in nodes:
        check_node(node)
    model = model or next((name for node in nodes if (name := model_of(node)) is not None), None)
    observed = observed_graphs(ctx.documents)
    if model is None or model.startswith("@"):
        if caller.models is not None or (model is not None and model not in observed):
            raise NotFound(f"There is no graph {model!r} for this key. Name a model it may see.")
        graphs = tuple(observed) if model is None else (model, *(one for one in observed if one != model))
        return Scope(model or "@", GraphReader(ctx.documents, graphs), states(ctx, observed))
    doc = ctx.documents.get(MODELS, model, "model") if caller.sees(model) else None
    if doc is None or doc.get("state") == "deleting":
        raise NotFound(f"There is no model {model!r}. GET /api/v1/models lists those there are.")
    if caller.models is None:
        return Scope(model, GraphReader(ctx.documents, (model, *observed)), states(ctx, observed))
    held = GraphReader(ctx.documents, (model,)).nodes(nodes)
    if missing := [node for node in nodes if node not in held]:
        raise NotFound(f"There is no node {missing[0][:300]!r} in the graph of model {model!r}.")
    return Scope(model, OwnGraph(ctx.documents, (model, *observed)), states(ctx, observed))


def check_node(id: str) -> None:
    """Raise ``InvalidInput`` unless a text is a node id."""
    try:
        NodeKind(parse_node_id(id).kind)
    except ValueError as error:
        fix = "copy the id of a node as the API gives it, percent-encoded in the URL"
        fault = Fault("?node", id[:200], "kind:namespace:name", fix)
        raise InvalidInput("This is no id of a node.", [fault]) from error


def model_of(id: str) -> str | None:
    """Return the model a node belongs to, None for shared ones."""
    if not own(id):
        return None
    parts = parse_node_id(id)
    return parts.namespace.partition("/")[2] or parts.name


def states(ctx: Context, observed: Iterable[str]) -> tuple[SourceOut, ...]:
    """Return the sources facts came from, and how the last look at each went; those that only push are not known."""
    docs = ctx.documents.query(OPS, PROGRESS_PK, limit=100).docs
    known = {found.source: found for found in (parse(SourceProgress, doc) for doc in docs)}
    return tuple(_state(graph[1:], known.get(graph[1:])) for graph in observed)


def _state(name: str, progress: SourceProgress | None) -> SourceOut:
    if progress is None or progress.condition == "new":
        return SourceOut(name=name, last_ok=None, state="unknown")
    return SourceOut(name=name, last_ok=progress.last_success, state="ok" if progress.condition == "ok" else "error")
