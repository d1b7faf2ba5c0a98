"""Which earlier batches of a model stand in for its reference: the one before, the last days, the same season."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bellwether.contracts import Batch, Relative, fact_time
from bellwether.storage.collections import RUNS
from bellwether.storage.documents import parse
from bellwether.storage.months import newest
from bellwether.storage.port import DocumentStore, Filter

ACCEPTED: tuple[Filter, ...] = (("type", "eq", "batch"), ("state", "eq", "accepted"))
SEASON = timedelta(days=15)
"""How far from the same date of an earlier year a batch may lie."""
_YEAR = timedelta(days=365.2425)
_HALF_A_DAY = timedelta(hours=12)


def earlier(documents: DocumentStore, batch: Batch, wanted: Relative) -> Iterator[Batch]:
    """Yield accepted batches of the same model before this one, newest first, that the comparison asks for."""
    time = fact_time(batch.id)
    match wanted.kind:
        case "previous":
            found = _between(documents, batch, None, None)
            yield from (one for one in [next(found, None)] if one is not None)
        case "trailing":
            yield from _between(documents, batch, time - timedelta(days=wanted.count), None)
        case "weekday":
            day = middle(batch).weekday()
            since = time - timedelta(weeks=wanted.count) - _HALF_A_DAY
            yield from (one for one in _between(documents, batch, since, None) if middle(one).weekday() == day)
        case "season":
            for years in range(1, wanted.count + 1):
                same = time - years * _YEAR
                yield from _between(documents, batch, same - SEASON, same + SEASON)


def middle(batch: Batch) -> datetime:
    """Return the middle of the time a batch covers: its day, where it is of one."""
    end = batch.end or fact_time(batch.id)
    return end if batch.start is None else batch.start + (end - batch.start) / 2


def _between(documents: DocumentStore, batch: Batch, since: datetime | None, until: datetime | None) -> Iterator[Batch]:
    docs = newest(documents, RUNS, batch.model, ACCEPTED, before=batch.id, since=since, until=until)
    return (parse(Batch, doc) for doc in docs)
