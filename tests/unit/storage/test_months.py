from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bellwether.contracts import fact_id
from bellwether.errors import InvalidInput
from bellwether.storage.collections import REPORTS, RUNS
from bellwether.storage.months import months, newest, note_month
from bellwether.storage.sqlite import SqliteStore

TIMES = [datetime(2013, 11, 30, tzinfo=UTC) + timedelta(days=n) for n in range(0, 70, 7)]
IDS = [fact_id(time, "batch", "m", str(time)) for time in TIMES]


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    store = SqliteStore(str(tmp_path / "documents.db"))
    for id in IDS:
        note_month(store, "m", id)
        note_month(store, "m", id)
        pk = f"m|{id[:4]}-{id[4:6]}"
        store.put(RUNS, {"pk": pk, "id": id, "type": "batch"})
        for prefix in "dp":
            store.put(REPORTS, {"pk": pk, "id": f"{prefix}~{id}"})
    return store


def read(store: SqliteStore, **options: object) -> list[str]:
    return [doc["id"] for doc in newest(store, RUNS, "m", **options)]  # type: ignore[arg-type]  # passes options on


def test_months_are_known_newest_first(store: SqliteStore) -> None:
    assert months(store, "m") == ["2014-02", "2014-01", "2013-12", "2013-11"]


def test_facts_come_newest_first_across_a_year_end(store: SqliteStore) -> None:
    assert read(store) == IDS[::-1]


def test_a_cursor_goes_on_where_the_page_before_ended(store: SqliteStore) -> None:
    assert read(store, before=IDS[5]) == IDS[4::-1]


def test_both_edges_of_a_range_are_inclusive(store: SqliteStore) -> None:
    assert read(store, since=TIMES[2], until=TIMES[6]) == IDS[6:1:-1]


def test_a_cursor_inside_a_range_wins_over_its_end(store: SqliteStore) -> None:
    assert read(store, since=TIMES[2], until=TIMES[6], before=IDS[4]) == IDS[3:1:-1]


def test_a_prefix_tells_kinds_of_one_partition_apart(store: SqliteStore) -> None:
    found = [doc["id"] for doc in newest(store, REPORTS, "m", prefix="p~", before=IDS[3])]
    assert found == [f"p~{id}" for id in IDS[2::-1]]


def test_another_model_has_nothing(store: SqliteStore) -> None:
    assert list(newest(store, RUNS, "other")) == []


def test_a_cursor_that_is_no_fact_is_refused(store: SqliteStore) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        read(store, before="x")
