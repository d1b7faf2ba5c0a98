"""A statistic of what was read is far from usual; pure."""

from statistics import median

from bellwether.contracts import Node
from bellwether.graph.case import Case
from bellwether.graph.reading import Reader
from bellwether.graph.rules.base import FEWEST, Candidate, Found, Z, dataset, hop_from, maker_of, predecessors, robust_z
from bellwether.graph.sentences import RUNS, day
from bellwether.graph.walk import Walked


def upstream_distribution(reader: Reader, walked: Walked, case: Case) -> Found:
    """A statistic of what a run read, or of a version of a dataset, is far from those of the ones before."""
    for id, distance in walked.up.items():
        node = walked.nodes.get(id)
        if node is None or node.start is None or node.job is None or not (now := _statistics(node)):
            continue
        before = [_statistics(one) for one in predecessors(reader, node)]
        for name, value in sorted(now.items()):
            usual = [one[name] for one in before if name in one]
            if len(usual) < FEWEST or robust_z(value, usual) <= Z:
                continue
            maker = node if node.kind in RUNS else maker_of(reader, node) or node
            yield Candidate(
                "upstream_distribution",
                maker,
                f"{name} of {node.label} was {value:,.4g} on {day(node.start)}; usual is {median(usual):,.4g}",
                anchor=id,
                distance=distance,
                at=node.start,
                beyond=() if maker is node else (hop_from(maker, node),),
                datasets=dataset(node),
                columns=frozenset(name.split(".")),
            )


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
