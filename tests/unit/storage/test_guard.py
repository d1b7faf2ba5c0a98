"""Ownership, the factory, and what is measured of the store."""

from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bellwether.errors import Conflict, ForbiddenWrite, InvalidInput
from bellwether.settings import Settings
from bellwether.storage.collections import COLLECTIONS, OWNERS, REPORTS, RUNS, Collection
from bellwether.storage.factory import open_engine, open_store, provision, sweep
from bellwether.storage.port import Create, DocumentStore, Engine
from bellwether.storage.sqlite import SqliteStore

PK = "m|2026-01"
WRITES: dict[str, Callable[[DocumentStore, Collection], object]] = {
    "put": lambda store, coll: store.put(coll, {"id": "b", "pk": PK}),
    "put_many": lambda store, coll: store.put_many(coll, PK, [{"id": "b", "pk": PK}]),
    "commit": lambda store, coll: store.commit(coll, PK, [Create({"id": "b", "pk": PK})]),
    "incr": lambda store, coll: store.incr(coll, PK, "a", "n"),
    "delete": lambda store, coll: store.delete(coll, PK, "a"),
}
READS: dict[str, Callable[[DocumentStore, Collection], object]] = {
    "get": lambda store, coll: store.get(coll, PK, "a"),
    "query": lambda store, coll: store.query(coll, PK),
    "count": lambda store, coll: store.count(coll, PK),
    "scan": lambda store, coll: list(store.scan(coll)),
    "changes": lambda store, coll: store.changes(coll),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an embedded topology in which the collector has written one batch."""
    settings = Settings(home=tmp_path)
    open_store(settings, "collector").put(RUNS, {"id": "a", "pk": PK})
    return settings


@pytest.mark.parametrize("write", sorted(WRITES))
def test_a_service_does_not_write_what_it_does_not_own(settings: Settings, write: str) -> None:
    with pytest.raises(ForbiddenWrite, match=r"'drift'.*'runs'.*gateway, collector"):
        WRITES[write](open_store(settings, "drift"), RUNS)
    assert open_store(settings, "drift").count(RUNS, PK) == 1
    WRITES[write](open_store(settings, "gateway"), RUNS)


@pytest.mark.parametrize("read", sorted(READS))
def test_anybody_reads_everything_and_a_stranger_writes_nothing(settings: Settings, read: str) -> None:
    stranger = open_store(settings, "stranger")
    assert READS[read](stranger, RUNS)
    for coll in COLLECTIONS:
        with pytest.raises(ForbiddenWrite):
            WRITES["put"](stranger, coll)


def test_every_operation_of_the_port_is_a_read_or_a_write_here() -> None:
    operations = {name for name in vars(DocumentStore) if not name.startswith("_")}
    assert operations == {*WRITES, *READS, "close"}
    assert {name for name in vars(Engine) if not name.startswith("_")} == {"provision", "sweep"}


def test_every_container_has_an_owner_and_a_name_of_its_own() -> None:
    assert {coll.name for coll in COLLECTIONS} == set(OWNERS)
    assert len(COLLECTIONS) == len(OWNERS)
    assert all(OWNERS.values())
    for coll in COLLECTIONS:
        assert "pk" not in coll.indexed
        assert "id" not in coll.indexed


# -- the factory


def test_the_default_is_a_file_below_home(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert isinstance(open_engine(settings), SqliteStore)
    assert provision(settings) == ["created the file"]
    assert (tmp_path / "store" / "documents.db").exists()
    assert sweep(settings) == 0


@pytest.mark.parametrize("url", ["postgres://host", "sqlite:/one-slash", "cosmos+ftp://host", "documents.db"])
def test_an_unknown_url_names_what_is_known(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"sqlite:///path nor cosmos\+https"):
        open_engine(Settings(store_url=url))


# -- what is measured


def _sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_every_operation_is_timed_and_every_error_counted(settings: Settings) -> None:
    store = open_store(settings, "drift")
    calls = {
        name: _sample("bellwether_store_seconds_count", container="reports", operation=name)
        for name in (*WRITES, *READS)
    }
    store.put(REPORTS, {"id": "a", "pk": PK, "n": 1})
    for name in (*READS, *WRITES):
        if name == "commit":  # creates what put has written before
            with pytest.raises(Conflict):
                WRITES[name](store, REPORTS)
        else:
            {**READS, **WRITES}[name](store, REPORTS)
    labels = {"container": "reports", "operation": "commit", "error": "Conflict"}
    assert _sample("bellwether_store_errors_total", **labels) >= 1
    for name, before in calls.items():
        assert _sample("bellwether_store_seconds_count", container="reports", operation=name) > before


def test_a_filter_without_an_index_is_reported_once(settings: Settings) -> None:
    store = open_store(settings, "gateway")
    with capture_logs() as logs:
        for _ in range(3):
            store.query(RUNS, PK, [("rows", "gt", 5), ("state", "eq", "received"), ("id", "prefix", "a")])
            store.count(RUNS, PK, [("rows", "gt", 5)])
    assert [(line["event"], line["container"], line["field"]) for line in logs] == [
        ("store.filter_not_indexed", "runs", "rows")
    ]
