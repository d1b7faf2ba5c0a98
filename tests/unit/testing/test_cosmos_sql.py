"""The query language of the Cosmos test server, against the published semantics."""

import base64
from typing import Any

import pytest

from bellwether.testing.cosmos_server.sql import Resume, SqlError, parse

DOCS: list[dict[str, Any]] = [
    {"id": "1", "kind": "a", "n": 5, "tags": ["x", "y"], "o": {"k": 1}},
    {"id": "2", "kind": "b", "n": "5", "tags": []},
    {"id": "3", "kind": "A", "n": None, "text": "50% off"},
    {"id": "4", "n": True, "items": [{"v": 1}, {"v": 2}]},
    {"id": "5", "kind": "a", "n": 2.5},
]
for number, document in enumerate(DOCS):
    document["_rid"] = base64.b64encode(b"cont" + number.to_bytes(8, "big")).decode()


def ids(condition: str, **params: Any) -> str:
    bound = {f"@{name}": value for name, value in params.items()}
    return "".join(parse(f"SELECT VALUE c.id FROM c WHERE {condition}").values(DOCS, bound))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("c.n = 5", "1"),
        ("c.n = '5'", "2"),
        ("c.n = null", "3"),
        ("c.n != 5", "5"),  # undefined across types, so no match
        ("NOT (c.n = 5)", "5"),
        ("c.n > 2 AND c.n < 10", "15"),
        ("c.n >= '4'", "2"),
        ("c.missing = 1 OR c.id = '2'", "2"),
        ("c.missing = 1 AND c.id = '2'", ""),
        ("NOT IS_DEFINED(c.kind)", "4"),
        ("IS_NULL(c.n) OR IS_BOOL(c.n)", "34"),
        ("IS_NUMBER(c.n) OR IS_STRING(c.n)", "125"),
        ("c.kind IN ('a', 'b')", "125"),
        ("c.kind NOT IN ('a', 'b')", "3"),
        ("c.n BETWEEN 2 AND 3", "5"),
        ("c.text LIKE '50_ %'", "3"),
        ("STARTSWITH(c.kind, 'a')", "15"),
        ("STARTSWITH(c.kind, 'a', true)", "135"),
        ("ARRAY_CONTAINS(c.tags, 'x')", "1"),
        ("ARRAY_CONTAINS(['a'], c.kind)", "15"),
        ("ARRAY_CONTAINS(c.items, {v: 2}, true)", "4"),
        ("ARRAY_LENGTH(c.tags) = 0", "2"),
        ("EXISTS(SELECT VALUE i FROM i IN c.items WHERE i.v = 2)", "4"),
        ('c["o"]["k"] = 1', "1"),
        ("(c.n ?? 7) = 5", "1"),
        ("c.n + 1 = 6", "1"),
        ("c.kind || '!' = 'b!'", "2"),
        ("(c.id = '1' ? true : false)", "1"),
        ("UPPER(c.kind) = 'A'", "135"),
        ("c.n = @n AND c.kind = @kind", "1"),
    ],
)
def test_a_condition_keeps_the_rows_for_which_it_is_exactly_true(condition: str, expected: str) -> None:
    assert ids(condition, n=5, kind="a") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT VALUE c.n FROM c ORDER BY c.n", [None, True, 2.5, 5, "5"]),
        ("SELECT VALUE c.id FROM c ORDER BY c.kind DESC", ["2", "1", "5", "3", "4"]),
        ("SELECT TOP 2 VALUE c.id FROM c ORDER BY c.id DESC", ["5", "4"]),
        ("SELECT VALUE c.id FROM c ORDER BY c.id OFFSET 1 LIMIT 2", ["2", "3"]),
        ("SELECT DISTINCT VALUE c.kind FROM c", ["a", "b", "A"]),
        ("SELECT VALUE COUNT(1) FROM c", [5]),
        ("SELECT VALUE COUNT(c.kind) FROM c", [4]),
        ("SELECT VALUE SUM(c.n) FROM c", []),  # a string among them: undefined
        ("SELECT VALUE MAX(c.id) FROM c", ["5"]),
        ("SELECT VALUE AVG(i.v) FROM c JOIN i IN c.items", [1.5]),
        ("SELECT c.kind, COUNT(1) AS n FROM c WHERE c.kind = 'a' GROUP BY c.kind", [{"kind": "a", "n": 2}]),
        ("SELECT i.v AS value FROM c JOIN i IN c.items", [{"value": 1}, {"value": 2}]),
        ("SELECT VALUE i.v FROM i IN c.items", [1, 2]),
        ("SELECT c.id, c.o.k, c.missing FROM c WHERE c.id = '1'", [{"id": "1", "k": 1}]),
        ("SELECT VALUE {a: c.id, b: c.missing, d: [1, c.missing]} FROM c WHERE c.id='1'", [{"a": "1", "d": [1]}]),
    ],
)
def test_a_query_answers(text: str, expected: list[Any]) -> None:
    assert parse(text).values(DOCS, {}) == expected


@pytest.mark.parametrize(
    "text",
    ["", "SELECT", "SELECT * FROM", "SELECT * FROM c WHERE", "SELECT * FROM c; DROP", "SELECT nothing(1)", "UPDATE c"],
)
def test_what_cannot_be_read_is_an_error_that_names_the_place(text: str) -> None:
    with pytest.raises(SqlError, match=r"near|recognized"):
        parse(text)


@pytest.mark.parametrize("text", ["SELECT * FROM c", "SELECT * FROM c ORDER BY c.kind DESC", "SELECT TOP 4 * FROM c"])
def test_a_page_goes_on_where_the_last_ended_although_rows_went(text: str) -> None:
    query = parse(text)
    whole = [row.value["id"] for row in query.run(DOCS, {})]
    first = query.run(DOCS, {})[:2]
    left = [doc for doc in DOCS if doc["id"] != first[0].value["id"]]
    rest = query.run(left, {}, resume=Resume(query.place(first[-1]), 2))
    assert [row.value["id"] for row in (*first, *rest)] == whole
