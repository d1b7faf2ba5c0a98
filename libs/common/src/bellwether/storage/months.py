"""Reading facts about a model across its months: one partition after the other, never a fan-out.

Facts lie in partitions ``model|yyyy-mm``. Which months a model has is itself a partition, ``model|months`` of
the container ``runs``: whoever creates a fact notes its month first, so that no fact is where nobody looks.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from bellwether.contracts import fact_stamp, is_fact_id, month
from bellwether.errors import Conflict, InvalidInput
from bellwether.storage.collections import RUNS, Collection
from bellwether.storage.port import Doc, DocumentStore, Filter

_PAGE = 100
_END = "~~"  # sorts behind every kind of fact with the same time


def note_month(store: DocumentStore, model: str, id: str) -> None:
    """Make the month of a fact known; to be called before the fact is created. May be called again."""
    doc = {"pk": months_pk(model), "id": f"{id[:4]}-{id[4:6]}", "type": "month"}
    with suppress(Conflict):
        store.put(RUNS, doc, create=True)


def months(store: DocumentStore, model: str) -> list[str]:
    """Return the months, as ``yyyy-mm``, that hold facts about a model, newest first."""
    found: list[str] = []
    after = None
    while True:
        page = store.query(RUNS, months_pk(model), desc=True, limit=_PAGE, after=after)
        found += [doc["id"] for doc in page.docs]
        if (after := page.cursor) is None:
            return found


def newest(
    store: DocumentStore,
    coll: Collection,
    model: str,
    where: Sequence[Filter] = (),
    *,
    prefix: str = "",
    before: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Doc]:
    """Yield facts about a model, newest first, by the time in their ids.

    Parameters
    ----------
    prefix
        What stands before the fact id in the ids wanted, such as ``p~``.
    before
        A fact id, without prefix: only older ones are given. The cursor of a list.
    since, until
        Both inclusive.
    """
    if before is not None and not is_fact_id(before):
        raise InvalidInput(f"cursor {before!r} is no id of a fact; pass the one of the page before")
    last = min((edge for edge in (before, _edge(until, _END)) if edge is not None), default=None)
    first = _edge(since, "")
    for name in months(store, model):
        if (last is not None and name > f"{last[:4]}-{last[4:6]}") or (since and name < month(since)):
            continue
        for doc in _partition(store, coll, f"{model}|{name}", where, prefix, last):
            if first is not None and doc["id"][len(prefix) :] < first:
                return
            yield doc


def _partition(
    store: DocumentStore, coll: Collection, pk: str, where: Sequence[Filter], prefix: str, last: str | None
) -> Iterator[Doc]:
    filters = [*where, ("id", "prefix", prefix)] if prefix else list(where)
    after = None if last is None else prefix + last
    while True:
        page = store.query(coll, pk, filters, desc=True, limit=_PAGE, after=after)
        yield from page.docs
        if (after := page.cursor) is None:
            return


def _edge(time: datetime | None, end: str) -> str | None:
    """Return what sorts before (``end`` empty) or behind every fact of this very time."""
    return None if time is None else fact_stamp(time) + end


def months_pk(model: str) -> str:
    """Return the partition that names the months of a model."""
    return f"{model}|months"
