"""What depends on a node, how two things differ, where a column comes from: as the API answers them."""

from bellwether.contracts import SEVERITY, Node, NodeKind, parse_node_id
from bellwether.errors import Fault, InvalidInput, NotFound
from bellwether.gateway.access import Identity
from bellwether.gateway.context import Context
from bellwether.gateway.lineage.answers import (
    AffectedModel,
    ChangeOut,
    ColumnEdgeOut,
    ColumnOut,
    ColumnsOut,
    DiffOut,
    FoundOut,
    ImpactOut,
    RoleOut,
)
from bellwether.gateway.lineage.node import summary
from bellwether.gateway.lineage.scope import Scope
from bellwether.graph.columns import Column, Columns, columns_of, schema
from bellwether.graph.diff import Role, diff
from bellwether.graph.impact import impact
from bellwether.graph.walk import Bounds, dataset_of, walk
from bellwether.storage.lineage import GraphReader, observed_graphs, own, touching

MOST_LISTED = 200
_COLUMN_DEPTH, _COLUMN_NODES = 12, 1000
_MADE = (NodeKind.BATCH, NodeKind.REPORT)


def dependents(ctx: Context, caller: Identity, scope: Scope, id: str) -> ImpactOut:
    """Return what depends on a node; models the caller may not see are counted."""
    node = scope.node(id)
    observed = tuple(observed_graphs(ctx.documents))
    found = impact(
        scope.reader,
        id,
        lambda one: ([], False) if own(one) else touching(ctx.documents, one),
        lambda model: GraphReader(ctx.documents, (model, *observed)),
    )
    seen = {graph: nodes for graph, nodes in found.by_graph.items() if graph == "" or caller.sees(graph)}
    by_model = _by_model(seen)
    every = {one.node: one for nodes in seen.values() for one in nodes.values()}
    many = {kind: [one for one in every.values() if one.kind is kind] for kind in _MADE}
    others = [one for one in every.values() if one.kind not in _MADE]
    names = ", ".join(sorted(by_model)) or "no model"
    batches, reports = (len(many[kind]) for kind in _MADE)
    return ImpactOut(
        node=id,
        sentence=f"{node.label} is used by {names}: {batches} batches and {reports} reports depend on it.",
        models=tuple(_affected(model, nodes) for model, nodes in sorted(by_model.items())),
        batches=_listed(many[NodeKind.BATCH]),
        reports=_listed(many[NodeKind.REPORT]),
        others=_listed(others),
        foreign=len(found.by_graph) - len(seen),
        truncated=found.truncated or max(len(others), batches, reports) > MOST_LISTED,
    )


def difference(scope: Scope, a: str, b: str, depth: int) -> DiffOut:
    """Return how two things came about differently."""
    scope.node(a)
    scope.node(b)
    found = diff(scope.reader, a, b, depth)
    assert found is not None
    changed = [_role(one) for one in found.changed]
    words = [f"{one.label} has another {', '.join(c.field for c in one.changes[:3])}" for one in changed]
    words += [f"only the first came from {_role(one).label}" for one in found.only_a]
    words += [f"only the second came from {_role(one).label}" for one in found.only_b]
    return DiffOut(
        a=a,
        b=b,
        sentence="; ".join(words[:4]) + (f" and {len(words) - 4} more" if len(words) > 4 else "")
        if words
        else "Nothing known tells them apart.",
        only_a=tuple(_role(one) for one in found.only_a),
        only_b=tuple(_role(one) for one in found.only_b),
        changed=tuple(changed),
        same=found.same,
    )


def columns(ctx: Context, scope: Scope, id: str, column: str | None, direction: str) -> ColumnsOut:
    """Return where a column, or a feature, comes from, or what is made of it."""
    node, up = scope.node(id), direction == "up"
    if node.kind is NodeKind.FEATURE:
        roots, column = _newest_batches(ctx, scope), parse_node_id(id).name
    else:
        if node.kind not in (NodeKind.DATASET, NodeKind.DATASET_VERSION) or column is None:
            fault = Fault("?column", "nothing" if column is None else node.kind, "a column of a dataset", "name both")
            raise InvalidInput("Columns are those of a dataset; a feature is one itself.", [fault])
        roots = [id] if node.kind is NodeKind.DATASET_VERSION else _versions(scope, id)
    facts, found = _facts(scope, roots, up=up)
    dataset = dataset_of(id) if node.kind is NodeKind.DATASET_VERSION else id
    starts = _held(found, column) if node.kind is NodeKind.FEATURE else [Column(dataset, column)]
    reached = facts.reached(starts, up=up)
    made = facts.facts(reached, up=up)
    names = sorted({f"{_label(found, one.node)}.{one.name}" for one in reached if one not in starts})
    where = "comes from" if up else "goes into"
    return ColumnsOut(
        node=id,
        column=column,
        direction="up" if up else "down",
        sentence=f"{column} {where} {', '.join(names[:5])}{' and more' if len(names) > 5 else ''}."
        if names
        else f"No source says what {column} {'comes from' if up else 'goes into'}.",
        columns=tuple(
            ColumnOut(
                node=one.node,
                label=_label(found, one.node),
                column=one.name,
                type=_type(found, one),
                depth=depth,
            )
            for one, depth in sorted(reached.items(), key=lambda item: (item[1], item[0]))
        ),
        edges=tuple(
            ColumnEdgeOut(
                source=one.source.node,
                source_column=one.source.name,
                target=one.target.node,
                target_column=one.target.name,
                by=one.by,
                evidence=one.evidence,
            )
            for one in made
        ),
        truncated=len(reached) >= _COLUMN_NODES,
    )


def _facts(scope: Scope, roots: list[str], *, up: bool) -> tuple[Columns, dict[str, Node]]:
    """Return the column facts around some nodes, and the nodes."""
    bounds = Bounds(up=_COLUMN_DEPTH if up else 1, down=0 if up else _COLUMN_DEPTH, limit=_COLUMN_NODES)
    nodes, keys = dict[str, Node](), set()
    for root in roots:
        walked = walk(scope.reader, root, bounds)
        if walked is not None:
            nodes |= walked.nodes
            keys |= {key for key, hop in walked.hops.items() if hop.rel == "generated" and not hop.derived}
    datasets = {dataset_of(id) for id in nodes if id.startswith(f"{NodeKind.DATASET_VERSION}:")}
    return columns_of(scope.reader.edges(sorted(keys)).values()), {**nodes, **scope.reader.nodes(datasets)}


def _newest_batches(ctx: Context, scope: Scope) -> list[str]:
    model = f"model:bellwether:{scope.model}"
    found = [node.node for node in scope.reader.history(model, limit=3) if node.kind is NodeKind.BATCH]
    if not found:
        raise NotFound(f"No batch of model {scope.model!r} is in the graph, so a feature has no history.")
    return found


def _versions(scope: Scope, dataset: str) -> list[str]:
    return [node.node for node in scope.reader.history(dataset, limit=2)] or [dataset]


def _held(found: dict[str, Node], feature: str) -> list[Column]:
    """Return the columns of a feature's name in datasets on the way."""
    datasets = (node for node in found.values() if node.kind is NodeKind.DATASET)
    return [Column(node.node, feature) for node in datasets if feature in schema(node)]


def _label(found: dict[str, Node], id: str) -> str:
    return found[id].label if id in found else parse_node_id(id).name


def _type(found: dict[str, Node], column: Column) -> str | None:
    return None if column.node not in found else schema(found[column.node]).get(column.name)


def _by_model(seen: dict[str, dict[str, Node]]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for nodes in seen.values():
        for node in nodes.values():
            if own(node.node):
                parts = parse_node_id(node.node)
                found.setdefault(parts.namespace.partition("/")[2] or parts.name, []).append(node)
    return found


def _affected(model: str, nodes: list[Node]) -> AffectedModel:
    batches = [node for node in nodes if node.kind is NodeKind.BATCH]
    reports = [node for node in nodes if node.kind is NodeKind.REPORT]
    verdicts = [node.verdict for node in reports if node.verdict is not None]
    return AffectedModel(
        model=model,
        batches=len(batches),
        reports=len(reports),
        verdict=max(verdicts, key=SEVERITY.__getitem__, default=None),
        newest=max((node.end or node.last for node in batches), default=None),
    )


def _listed(nodes: list[Node]) -> tuple[FoundOut, ...]:
    nodes.sort(key=lambda node: (-node.last.timestamp(), node.node))
    return tuple(summary(node) for node in nodes[:MOST_LISTED])


def _role(one: Role) -> RoleOut:
    node = one.a or one.b
    assert node is not None
    return RoleOut(
        role=one.role,
        kind=node.kind,
        label=node.label,
        a=None if one.a is None else one.a.node,
        b=None if one.b is None else one.b.node,
        changes=tuple(ChangeOut(field=change.field, a=change.a, b=change.b) for change in one.changes),
    )
