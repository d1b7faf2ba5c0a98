"""Code, definition or a parameter of a run is another than before; pure."""

from collections.abc import Iterator, Mapping, Sequence

from bellwether.contracts import Node
from bellwether.graph.case import Case
from bellwether.graph.reading import Reader
from bellwether.graph.rules.base import FEWEST, Candidate, Found, predecessors, touched, when
from bellwether.graph.sentences import RUNS, text_of
from bellwether.graph.walk import Walked

_CHANGED = ("commit", "definition_etag")


def code_change(reader: Reader, walked: Walked, case: Case) -> Found:
    """The code, the definition or a parameter of a run is another than in the last run of its job that succeeded."""
    for id, distance in walked.up.items():
        node = walked.nodes.get(id)
        if node is None or node.kind not in RUNS or node.job is None or node.start is None:
            continue
        before = predecessors(reader, node)
        changes = [*_other(node, before), *_parameters(node, before)] if before else []
        if changes:
            yield Candidate(
                "code_change",
                node,
                f"{node.label} ran{when(node)} with " + "; ".join(changes[:3]),
                anchor=id,
                distance=distance,
                at=node.start,
                datasets=touched(reader, node),
            )


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
