"""What only the Cosmos engine has to get right: retries, errors, charges, missing containers."""

import socket
from collections.abc import Callable

import pytest
from azure.core import exceptions as core
from azure.cosmos import CosmosClient
from azure.cosmos import exceptions as vendor

from bellwether.errors import BellwetherError, Conflict, InvalidInput, TooLarge, Unavailable
from bellwether.storage.collections import Collection
from bellwether.storage.cosmos import Account, CosmosStore, Patience
from bellwether.storage.cosmos.errors import translate
from bellwether.storage.port import Create, Upsert
from bellwether.testing.cosmos_server import CosmosServer
from tests.contract.storage.engines import DATABASE, account, doc

Operation = Callable[[CosmosStore, Collection], object]

OPERATIONS: dict[str, Operation] = {
    "put": lambda store, coll: store.put(coll, doc("b")),
    "create": lambda store, coll: store.put(coll, doc("c"), create=True),
    "put_many": lambda store, coll: store.put_many(coll, "m1", [doc("b")]),
    "commit": lambda store, coll: store.commit(coll, "m1", [Upsert(doc("b"))]),
    "get": lambda store, coll: store.get(coll, "m1", "first"),
    "delete": lambda store, coll: store.delete(coll, "m1", "b"),
    "incr": lambda store, coll: store.incr(coll, "m1", "first", "n"),
    "query": lambda store, coll: store.query(coll, "m1"),
    "count": lambda store, coll: store.count(coll, "m1"),
    "scan": lambda store, coll: list(store.scan(coll)),
    "changes": lambda store, coll: store.changes(coll),
}

PASSING = (408, 410, 429, 449, 500, 502, 503, 504)


# -- throttling


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_a_storm_of_429_is_waited_out(
    server: CosmosServer, cosmos: CosmosStore, reports: Collection, operation: str
) -> None:
    storm = server.inject(429, times=15, substatus=3200, retry_after_ms=5)
    OPERATIONS[operation](cosmos, reports)
    assert storm.hits == 15


def test_patience_with_429_ends_in_unavailable(server: CosmosServer, cosmos: CosmosStore, reports: Collection) -> None:
    told: list[tuple[str, str]] = []
    store = CosmosStore(account(server, patience=Patience(retries=3)), throttled=lambda *what: told.append(what))
    store.get(reports, "m1", "first")
    storm = server.inject(429, times=100, substatus=3200, retry_after_ms=5)
    with pytest.raises(Unavailable):
        store.put(reports, doc("b"))
    assert storm.hits == 4
    assert told == 4 * [(reports.name, "put")], "each answer is counted, also those that are waited for"


@pytest.mark.parametrize(("pause_ms", "asked"), [(5, 4), (9, 3)], ids=["tries", "seconds"])
@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_operation_gives_up_after_its_tries_or_its_seconds_in_all(
    server: CosmosServer, cosmos: CosmosStore, reports: Collection, operation: str, pause_ms: int, asked: int
) -> None:
    store = CosmosStore(account(server, patience=Patience(retries=3, wait_s=0.02)))
    store.get(reports, "m1", "first")
    storm = server.inject(429, times=1000, substatus=3200, retry_after_ms=pause_ms)
    with pytest.raises(Unavailable):
        OPERATIONS[operation](store, reports)
    assert storm.hits == asked


def test_a_pause_longer_than_the_patience_is_not_begun(
    server: CosmosServer, cosmos: CosmosStore, reports: Collection
) -> None:
    storm = server.inject(429, times=1000, substatus=3200, retry_after_ms=3_600_000)
    with pytest.raises(Unavailable):
        cosmos.get(reports, "m1", "first")
    assert storm.hits == 1


def test_a_scan_that_is_throttled_in_the_middle_loses_nothing(
    server: CosmosServer, cosmos: CosmosStore, reports: Collection
) -> None:
    for pk in ("m1", "m2", "m3"):
        for first in range(0, 160, 80):
            cosmos.put_many(reports, pk, [doc(f"{i:03}", pk) for i in range(first, first + 80)])
    found = []
    for number, each in enumerate(cosmos.scan(reports)):
        found.append((each["pk"], each["id"]))
        if number % 100 == 50:
            server.inject(429, times=3, substatus=3200, retry_after_ms=1)
    assert len(found) == len(set(found)) == 481


def test_a_spent_budget_is_waited_for() -> None:
    coll = Collection("reports", ())
    with CosmosServer(throttle=True, partitions=1) as server:
        store = CosmosStore(account(server), [coll], provisioned=False)
        for i in range(4):
            store.put(coll, doc(f"{i}", body="x" * 512 * 1024))
        assert store.count(coll, "m1") == 4
        assert any(line.status == 429 for line in server.requests)
        store.close()


# -- failures that pass, and failures that last


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        *((operation, status) for operation in ("put", "commit", "get") for status in PASSING),
        *(("query", status) for status in (410, 429, 503)),  # the SDK takes 1.5 s to give a query up
    ],
)
def test_a_passing_failure_is_unavailable_and_passes(
    server: CosmosServer, cosmos: CosmosStore, reports: Collection, operation: str, status: int
) -> None:
    fault = server.inject(status, times=50, retry_after_ms=1)
    with pytest.raises(Unavailable) as caught:
        OPERATIONS[operation](cosmos, reports)
    assert caught.value.retry
    assert caught.value.__cause__ is not None
    server.faults.remove(fault)
    OPERATIONS[operation](cosmos, reports)


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_every_operation_translates_what_the_service_answers(
    server: CosmosServer, cosmos: CosmosStore, reports: Collection, operation: str
) -> None:
    cosmos.put(reports, doc("b"))
    server.inject(403, times=50)
    with pytest.raises(BellwetherError) as caught:
        OPERATIONS[operation](cosmos, reports)
    assert type(caught.value) is BellwetherError
    assert not caught.value.retry


@pytest.mark.parametrize(
    ("status", "error"), [(400, InvalidInput), (401, BellwetherError), (403, BellwetherError), (413, TooLarge)]
)
def test_a_lasting_failure_is_not_tried_again(
    server: CosmosServer, cosmos: CosmosStore, reports: Collection, status: int, error: type[BellwetherError]
) -> None:
    fault = server.inject(status, times=50)
    with pytest.raises(error) as caught:
        cosmos.put(reports, doc("b"))
    assert not caught.value.retry
    assert fault.hits == 1


@pytest.mark.parametrize("status", [408, 449, 500])
def test_a_commit_whose_answer_is_lost_is_found_done_by_the_next(
    server: CosmosServer, cosmos: CosmosStore, reports: Collection, status: int
) -> None:
    server.inject(status, lost=True)
    with pytest.raises(Unavailable):
        cosmos.commit(reports, "m1", [Create(doc("result"))])
    with pytest.raises(Conflict):
        cosmos.commit(reports, "m1", [Create(doc("result"))])
    assert cosmos.get(reports, "m1", "result") is not None


def test_a_commit_may_conflict_with_itself(server: CosmosServer, cosmos: CosmosStore, reports: Collection) -> None:
    server.inject(503, lost=True)  # the SDK tries this one again by itself
    with pytest.raises(Conflict):
        cosmos.commit(reports, "m1", [Create(doc("result"))])
    assert cosmos.get(reports, "m1", "result") is not None


def test_every_exception_of_the_sdk_is_translated() -> None:
    classes = {
        found
        for module in (vendor, core)
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Exception) and found.__module__ == module.__name__
    }
    ours = {found for found in classes if issubclass(found, core.AzureError)}
    # Raised by the models of generated clients, which this SDK has none of.
    assert {found.__name__ for found in classes - ours} == {"SerializationError", "DeserializationError"}
    assert vendor.CosmosBatchOperationError in ours
    assert vendor.CosmosClientTimeoutError in ours


@pytest.mark.parametrize(("status", "retry"), [(429, True), (449, True), (503, True), (413, False)])
def test_a_failed_operation_of_a_batch_counts_like_a_failed_request(status: int, retry: bool) -> None:
    error = vendor.CosmosBatchOperationError(2, {}, status, "failed", [])  # type: ignore[no-untyped-call]  # vendor's
    ours = translate(error)
    assert ours.retry is retry
    assert "operation 2" in str(ours)


# -- connections


def test_an_engine_is_made_without_a_server_and_says_that_there_is_none(reports: Collection) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        store = CosmosStore(Account(f"http://127.0.0.1:{unused.getsockname()[1]}/", DATABASE, "a2V5"))
        with pytest.raises(Unavailable):
            store.get(reports, "m1", "a")


def test_a_server_that_went_away_and_came_back_is_used_again(reports: Collection) -> None:
    server = CosmosServer().start()
    port = int(server.url.rstrip("/").rpartition(":")[2])
    store = CosmosStore(account(server), [reports], provisioned=False)
    store.put(reports, doc("a"))
    server.stop()
    with pytest.raises(Unavailable):
        store.get(reports, "m1", "b")
    with CosmosServer(port=port) as again:
        CosmosStore(account(again), [reports]).provision()
        assert store.get(reports, "m1", "a") is None
        store.put(reports, doc("a"))
    store.close()


def test_a_wrong_key_is_reported(server: CosmosServer, reports: Collection) -> None:
    store = CosmosStore(Account(server.url, DATABASE, "d3Jvbmc="))
    with pytest.raises(BellwetherError, match="authorization token") as caught:
        store.get(reports, "m1", "a")
    assert not caught.value.retry
    assert "d3Jvbmc=" not in repr(store) + str(caught.value)


def test_a_missing_container_is_named_and_is_no_missing_document(server: CosmosServer, cosmos: CosmosStore) -> None:
    for operation in OPERATIONS.values():
        with pytest.raises(Unavailable, match=r"'nowhere'.*provision"):
            operation(cosmos, Collection("nowhere"))
    elsewhere = CosmosStore(Account(server.url, "other", server.key))
    with pytest.raises(Unavailable, match="'other'"):
        elsewhere.get(Collection("reports"), "m1", "a")


def test_a_container_deleted_meanwhile_is_no_missing_document(
    server: CosmosServer, cosmos: CosmosStore, reports: Collection
) -> None:
    with CosmosClient(server.url, server.key) as client:
        client.get_database_client(DATABASE).delete_container(reports.name)
    with pytest.raises(Unavailable):
        cosmos.get(reports, "m1", "first")


def test_an_operation_is_one_request(server: CosmosServer, cosmos: CosmosStore, reports: Collection) -> None:
    server.requests.clear()
    cosmos.put(reports, doc("b"))
    cosmos.get(reports, "m1", "b")
    cosmos.put_many(reports, "m1", [doc(f"{i}") for i in range(50)])
    cosmos.commit(reports, "m1", [Create(doc("c")), Upsert(doc("d"))])
    cosmos.query(reports, "m1")
    # Of its own accord, and in its own time, the SDK looks at the account, too.
    assert len([line for line in server.requests if "/docs" in line.path]) == 5


def test_every_charge_is_told_with_container_and_operation(server: CosmosServer, reports: Collection) -> None:
    told: list[tuple[str, str, float]] = []
    store = CosmosStore(account(server), [reports], provisioned=False, charge=lambda *charge: told.append(charge))
    store.put(reports, doc("first"))
    server.requests.clear()
    told.clear()
    for operation in OPERATIONS.values():
        operation(store, reports)
    for operation in (OPERATIONS["create"], lambda store, coll: store.commit(coll, "m1", [Create(doc("c"))])):
        with pytest.raises(Conflict):
            operation(store, reports)
    assert {(name, operation) for name, operation, _ in told} >= {
        ("reports", name if name != "create" else "put") for name in OPERATIONS
    }
    charged = sum(line.charge for line in server.requests if "/docs" in line.path)
    assert sum(units for *_, units in told) == pytest.approx(charged)
    store.close()
