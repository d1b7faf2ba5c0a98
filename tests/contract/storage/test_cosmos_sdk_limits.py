"""Limits of the SDK that the engine is built around; a failure here means that an SDK upgrade lifted one."""

from typing import Any

import pytest
from azure.cosmos import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosHttpResponseError

from bellwether.storage.collections import Collection
from bellwether.storage.cosmos import CosmosStore
from bellwether.testing.cosmos_server import CosmosServer
from tests.contract.storage.engines import DATABASE


@pytest.fixture
def container(server: CosmosServer, cosmos: CosmosStore, reports: Collection) -> ContainerProxy:
    """A container of 30 documents in 10 partitions, on 3 ranges."""
    cosmos.delete(reports, "m1", "first")
    for i in range(30):
        cosmos.put(reports, {"id": f"{i:02}", "pk": f"p{i % 10}", "score": i})
    client = CosmosClient(server.url, server.key)
    return client.get_database_client(DATABASE).get_container_client(reports.name)


def test_an_ordered_query_across_partitions_loses_rows_when_resumed(container: ContainerProxy) -> None:
    token, seen = None, 0
    for _ in range(40):
        pages: Any = container.query_items(
            "SELECT VALUE c.score FROM c ORDER BY c.score", max_item_count=4, enable_cross_partition_query=True
        ).by_page(token)
        page = list(next(pages, []))
        seen += len(page)
        token = pages.continuation_token
        if not page or not token:
            break
    assert 0 < seen < 30


@pytest.mark.parametrize(
    "text",
    [
        "SELECT c.pk, COUNT(1) AS n FROM c GROUP BY c.pk",
        "SELECT COUNT(1) AS n FROM c",
        "SELECT COUNT(1) AS n, SUM(c.score) AS s FROM c",
    ],
)
def test_groups_and_named_aggregates_across_partitions_are_refused(container: ContainerProxy, text: str) -> None:
    with pytest.raises(CosmosHttpResponseError, match="does not support"):
        list(container.query_items(text, enable_cross_partition_query=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT VALUE COUNT(1) FROM c", [30]),
        ("SELECT VALUE AVG(c.score) FROM c", [14.5]),
        ("SELECT VALUE MAX(c.score) FROM c", [29]),
        ("SELECT VALUE c.score FROM c ORDER BY c.score DESC OFFSET 3 LIMIT 4", [26, 25, 24, 23]),
        ("SELECT TOP 2 VALUE c.id FROM c ORDER BY c.score", ["00", "01"]),
        ("SELECT DISTINCT VALUE c.pk FROM c ORDER BY c.pk", [f"p{i}" for i in range(10)]),
    ],
)
def test_what_the_sdk_can_merge_is_right(container: ContainerProxy, text: str, expected: Any) -> None:
    assert list(container.query_items(text, enable_cross_partition_query=True)) == expected


def test_a_query_without_partition_is_refused(container: ContainerProxy) -> None:
    with pytest.raises(CosmosHttpResponseError, match="Cross partition query is required"):
        list(container.query_items("SELECT * FROM c"))
