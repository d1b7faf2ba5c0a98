"""Request units, by the published prices at the default index; pure. What a real account charges may differ."""

from bisect import bisect_left

from bellwether.testing.cosmos_server.replies import Doc, size_of

_PRICES = (
    (1, 1.00, 4.95),
    (4, 1.14, 6.67),
    (16, 1.67, 9.52),
    (32, 2.19, 11.23),
    (64, 4.76, 22.67),
    (128, 9.95, 48.19),
    (512, 41.0, 185.0),
    (1024, 146.0, 625.0),
    (2048, 292.0, 1250.0),
)
"""Kilobytes of a document, request units of reading and of writing it."""


def request_units(operation: str, doc: Doc | None) -> float:
    """Return what one operation on a document costs; a deletion costs as much as writing it small."""
    return price(operation, size_of(doc) if doc else 0)


def price(operation: str, size: int) -> float:
    """Return what one operation on so many bytes costs, between the published sizes in proportion."""
    column = 1 if operation == "Read" else 2
    kilobytes = min(max(size / 1024, 1.0), float(_PRICES[-1][0]))
    above = bisect_left(_PRICES, kilobytes, key=lambda row: row[0])
    high = _PRICES[above]
    low = _PRICES[max(0, above - 1)]
    share = 0.0 if high is low else (kilobytes - low[0]) / (high[0] - low[0])
    return round(low[column] + share * (high[column] - low[column]), 2)


def query_charge(documents: int) -> float:
    """Return what a query costs that reads so many documents: a guess."""
    return round(2.3 + 0.05 * documents, 2)
