"""The index of ids never loses a row that the query would give, and says how many documents it loads."""

import random
from typing import Any

import pytest

from bellwether.storage.cosmos.filters import conditions
from bellwether.testing.cosmos_server.index import seek
from bellwether.testing.cosmos_server.sql import parse

DOCS = [{"id": f"{kind}~{n:03}", "pk": "m", "n": n % 7} for kind in "ahn" for n in range(40)]


def query(
    where: list[tuple[str, str, Any]], tail: str = " ORDER BY c.id ASC", top: int = 5
) -> tuple[str, dict[str, Any]]:
    """Write a query as the adapter does."""
    texts, parameters = conditions(where)
    text = f"SELECT TOP {top} * FROM c WHERE {' AND '.join(['c.pk = @pk', *texts])}{tail}"
    return text, {"@pk": "m", **{one["name"]: one["value"] for one in parameters}}


def test_a_query_gives_the_same_rows_of_what_the_index_leaves() -> None:
    chance = random.Random(0)
    narrowed = 0
    for _ in range(300):
        edge = f"{chance.choice('ahnz')}~{chance.randrange(40):03}"
        choices: list[tuple[str, str, Any]] = [
            ("id", "prefix", edge[: chance.randrange(1, 5)]),
            ("id", chance.choice(["lt", "le", "gt", "ge", "eq"]), edge),
            ("id", "in", [edge, "a~001", "h~039"]),
            ("n", chance.choice(["eq", "ne", "lt"]), chance.randrange(7)),
            ("n", "in", [1, 2]),
        ]
        where = chance.sample(choices, chance.randrange(1, 4))
        text, params = query(
            where, chance.choice([" ORDER BY c.id ASC", " ORDER BY c.id DESC", ""]), chance.randrange(1, 9)
        )
        index = seek(text, params)
        left = [doc for doc in DOCS if index.admits(str(doc["id"]))]
        narrowed += len(left) < len(DOCS)
        every = [row.value for row in parse(text).run(DOCS, params)]
        assert [row.value for row in parse(text).run(left, params)] == every, text
        assert index.loaded(len(left)) >= len(every)
    assert narrowed > 200


@pytest.mark.parametrize(
    ("text", "loaded"),
    [
        ('SELECT TOP 3 * FROM c WHERE c.pk = @pk AND STARTSWITH(c["id"], @p) ORDER BY c.id DESC', 3),
        ('SELECT TOP 3 * FROM c WHERE c.pk = @pk AND STARTSWITH(c["id"], @p) AND c["n"] = @n ORDER BY c.id', 40),
        ('SELECT * FROM c WHERE c.pk = @pk AND STARTSWITH(c["id"], @p)', 40),
        ('SELECT TOP 3 * FROM c WHERE c.pk = @pk AND STARTSWITH(c["id"], @p) ORDER BY c.n', 40),
        ('SELECT TOP 3 * FROM c WHERE c.pk = @pk AND (STARTSWITH(c["id"], @p) OR c.n = @n) ORDER BY c.id', 120),
        ('SELECT * FROM c WHERE NOT STARTSWITH(c["id"], @p)', 120),
        ("SELECT * FROM c", 120),
    ],
)
def test_what_is_loaded(text: str, loaded: int) -> None:
    index = seek(text, {"@pk": "m", "@p": "h~", "@n": 3})
    assert index.loaded(sum(index.admits(str(doc["id"])) for doc in DOCS)) == loaded
