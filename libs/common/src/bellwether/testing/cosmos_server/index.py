"""Which documents the index of ids leaves to a query, and how many of them it has to load; pure.

The service keeps ids in order, so conditions on the id that are joined by AND at the top of WHERE cost only what they
admit, and TOP over the order of ids ends after so many. Other conditions are taken to look at every document left: a
guess on the dear side, as more properties may be indexed.
"""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Test = Callable[[str], bool]
_ID = r'c(?:\.id|\["id"\])'
_COMPARED = re.compile(rf"{_ID} (=|<=|>=|<|>) (@\w+)")
_BEGUN = re.compile(rf"STARTSWITH\({_ID}, (@\w+)\)")
_LISTED = re.compile(rf"{_ID} IN \((@\w+(?:, @\w+)*)\)")
_PARTITION = re.compile(r"c\.pk = @\w+")
_WHERE = re.compile(r" WHERE (.*?)(?: ORDER BY (.*))?$", re.DOTALL)
_TOP = re.compile(r"SELECT TOP (\d+) \* FROM c ")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Seek:
    """What the index does for one query: ``tests`` of ids, and how many documents it loads at most (None: all)."""

    tests: tuple[Test, ...] = ()
    most: int | None = None

    def admits(self, id: str) -> bool:
        """Say whether the index leaves a document."""
        return all(test(id) for test in self.tests)

    def loaded(self, left: int) -> int:
        """Return how many of the documents that are left are loaded."""
        return left if self.most is None else min(left, self.most)


def seek(text: str, params: dict[str, Any]) -> Seek:
    """Return what the index does for a query; nothing where its conditions are not plainly of ids.

    Examples
    --------
    >>> one = seek('SELECT TOP 2 * FROM c WHERE c.pk = @k AND STARTSWITH(c["id"], @p) ORDER BY c.id ASC', {"@p": "h~"})
    >>> one.admits("h~1"), one.admits("n~1"), one.loaded(500)
    (True, False, 2)
    """
    found = _WHERE.search(text)
    if found is None or " OR " in found[1]:
        return Seek()
    terms = list(_terms(found[1]))
    tests = [_test(term, params) for term in terms]
    plain = all(test is not None or _PARTITION.fullmatch(term) for test, term in zip(tests, terms, strict=True))
    top = _TOP.match(text)
    ordered = found[2] is None or re.fullmatch(rf"{_ID}( ASC| DESC)?", found[2].strip()) is not None
    most = int(top[1]) if top is not None and plain and ordered else None
    return Seek(tuple(test for test in tests if test is not None), most)


def _terms(where: str) -> Iterator[str]:
    """Yield what is joined by AND outside of all brackets."""
    depth, start = 0, 0
    for n, letter in enumerate(where):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and where.startswith(" AND ", n):
            yield where[start:n].strip()
            start = n + len(" AND ")
    yield where[start:].strip()


def _test(term: str, params: dict[str, Any]) -> Test | None:
    if found := _COMPARED.fullmatch(term):
        compare, value = _OPERATORS[found[1]], params.get(found[2])
        return (lambda own: compare(own, value)) if isinstance(value, str) else None
    if found := _BEGUN.fullmatch(term):
        prefix = params.get(found[1])
        return (lambda own: own.startswith(prefix)) if isinstance(prefix, str) else None
    if found := _LISTED.fullmatch(term):
        wanted = {params.get(name) for name in found[1].split(", ")}
        return lambda own: own in wanted
    return None
