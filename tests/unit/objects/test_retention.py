"""Rows are kept for a time, what was made of them for ever."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from bellwether.objects import ObjectStore, expire
from bellwether.objects.blobs import BlobObjects
from bellwether.objects.folder import FolderObjects

MADE_OF_ROWS = ("profiles/m/2026/01/05/a.arrow", "explained/m/a.parquet", "references/m/d~p.parquet")
ROWS = ("raw/m/digest", "rows/m/2026/01/05/a.parquet", "rows/m/2026/02/05/b.parquet")


@pytest.fixture(params=["folder", "blobs"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    store: ObjectStore = FolderObjects(tmp_path) if request.param == "folder" else BlobObjects(MemoryStore())
    for key in (*ROWS, *MADE_OF_ROWS):
        store.put(key, b"1")
    return store


def test_old_rows_go_and_all_else_stays(objects: ObjectStore) -> None:
    keep = timedelta(days=30)
    assert expire(objects, keep, datetime.now(UTC) + timedelta(days=29)) == 0
    assert set(objects.list()) == {*ROWS, *MADE_OF_ROWS}
    assert expire(objects, keep, datetime.now(UTC) + timedelta(days=31)) == len(ROWS)
    assert set(objects.list()) == set(MADE_OF_ROWS)
