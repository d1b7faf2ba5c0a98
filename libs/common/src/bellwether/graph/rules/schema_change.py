"""A version of a dataset has other columns than before; pure."""

from collections.abc import Iterator

from bellwether.contracts import NodeKind
from bellwether.graph.case import Case
from bellwether.graph.columns import schema
from bellwether.graph.reading import Reader
from bellwether.graph.rules.base import Candidate, Found, dataset, hop_from, maker_of
from bellwether.graph.sentences import day
from bellwether.graph.walk import Walked, dataset_of


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
        maker = maker_of(reader, node) or node
        yield Candidate(
            "schema_change",
            maker,
            f"{node.label} of {day(node.start)} has other columns than the one before "
            f"({'; '.join(_changes(gone, new, retyped))})",
            anchor=id,
            distance=distance,
            at=node.start,
            beyond=() if maker is node else (hop_from(maker, node),),
            datasets=dataset(node),
            columns=frozenset((*gone, *new, *retyped)),
        )


def _changes(gone: list[str], new: list[str], retyped: list[str]) -> Iterator[str]:
    for word, names in (("gone", gone), ("new", new), ("of another type", retyped)):
        if names:
            yield f"{word}: {', '.join(names[:5])}" + (f" and {len(names) - 5} more" if len(names) > 5 else "")
