"""What every adapter of object storage must do, alike."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from bellwether.errors import InvalidInput, NotFound
from bellwether.objects import ObjectStore, open_objects
from bellwether.objects.blobs import BlobObjects

KEY = "rows/credit/2026/01/05/20260105T000000000000Z~batch~0123456789ab.parquet"


@pytest.fixture(params=["folder", "memory", "local"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """One adapter: our own over a folder, and the one of the cloud over two stores of its library."""
    match request.param:
        case "folder":
            return open_objects((tmp_path / "objects").as_uri())
        case "memory":
            return BlobObjects(MemoryStore())
        case _:
            return BlobObjects(LocalStore(tmp_path / "objects", mkdir=True))


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file larger than any single request of an adapter."""
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(range(256)) * 4 * 20_000)
    return path


def test_an_object_is_read_back_as_it_was_put(store: ObjectStore) -> None:
    for content in (b"", b"\x00content\xff", b"x" * 1_000_000):
        store.put(KEY, content)
        assert store.get(KEY) == content
        assert isinstance(store.get(KEY), bytes)


def test_a_file_is_put_whole(store: ObjectStore, large: Path) -> None:
    store.put(KEY, large)
    assert store.get(KEY) == large.read_bytes()
    assert large.exists()
    with pytest.raises(FileNotFoundError):
        store.put(KEY, large.with_name("missing"))
    assert store.exists(KEY)


def test_local_gives_a_file_with_the_content_and_the_name(store: ObjectStore, large: Path) -> None:
    store.put(KEY, large)
    with store.local(KEY) as path:
        assert path.name == KEY.rpartition("/")[2]
        assert path.read_bytes() == large.read_bytes()


def test_what_is_missing_is_not_found_or_false(store: ObjectStore) -> None:
    store.put("rows/a", b"")
    for missing in ("rows/b", "rows", "other/a"):
        with pytest.raises(NotFound, match=re.escape(repr(missing))):
            store.get(missing)
        with pytest.raises(NotFound), store.local(missing):
            pass
        assert store.exists(missing) is False
        assert store.delete(missing) is False


def test_a_deleted_object_is_gone_and_can_be_put_again(store: ObjectStore) -> None:
    store.put(KEY, b"1")
    assert store.delete(KEY) is True
    assert store.exists(KEY) is False
    assert list(store.list()) == []
    store.put(KEY, b"2")
    assert store.get(KEY) == b"2"


def test_a_list_goes_by_folders(store: ObjectStore) -> None:
    keys = {"rows/credit/a", "rows/credit/b/c", "rows/credit-risk/a", "profiles/credit/a"}
    for key in keys:
        store.put(key, b"12345")
    assert set(store.list()) == keys
    assert set(store.list("rows/credit")) == {"rows/credit/a", "rows/credit/b/c"}
    assert set(store.list("rows/credit/")) == {"rows/credit/a", "rows/credit/b/c"}
    assert list(store.list("rows/cred")) == []
    assert list(store.list("nothing/here")) == []


def test_entries_tell_size_and_time(store: ObjectStore) -> None:
    store.put(KEY, b"12345")
    (entry,) = store.entries("rows")
    assert (entry.key, entry.size) == (KEY, 5)
    assert entry.modified.utcoffset() == timedelta()
    assert abs(datetime.now(UTC) - entry.modified) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "/",
        "/etc/passwd",
        "..",
        "../outside",
        "rows/../../outside",
        "rows/./a",
        "rows//a",
        "rows/a/",
        ".staging/a",
        "rows/.hidden",
        "rows\\a",
        "rows/a\x00b",
        "rows/a\nb",
        "rows/%2e%2e/a",
        "rows/a b",
        "rows/ä",
        "rows/a?b",
        "rows/a#1",
        "C:/a",
        "x" * 201,
        "/".join(["x" * 100] * 10),
    ],
    ids=lambda key: ascii(key)[:40],
)
def test_a_key_cannot_leave_the_root(store: ObjectStore, tmp_path: Path, bad: str) -> None:
    with pytest.raises(InvalidInput, match="object key"):
        store.put(bad, b"1")
    for read in (store.get, store.exists, store.delete):
        with pytest.raises(InvalidInput):
            read(bad)
    with pytest.raises(InvalidInput), store.local(bad):
        pass
    if not bad.endswith("/") and bad:  # a folder may be named with a slash
        with pytest.raises(InvalidInput):
            list(store.list(bad))
    assert list(store.list()) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_reader_sees_the_old_object_or_the_new_one(store: ObjectStore) -> None:
    contents = [bytes([number]) * 300_000 for number in range(1, 9)]
    store.put(KEY, contents[0])
    stop = threading.Event()

    def read() -> set[bytes]:
        seen = set()
        while not stop.is_set():
            seen.add(store.get(KEY))
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            for content in contents * 3:
                store.put(KEY, content)
        finally:
            stop.set()
        seen = set().union(*(reader.result() for reader in readers))
    assert seen <= set(contents)


def test_writers_and_deleters_of_one_folder_do_not_hinder_each_other(store: ObjectStore) -> None:
    def work(number: int) -> None:
        for turn in range(30):
            key = f"rows/m/2026/01/05/{number}-{turn}"
            store.put(key, b"1")
            assert store.delete(key) is True

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert list(store.list()) == []


def test_a_list_goes_on_while_objects_are_deleted(store: ObjectStore) -> None:
    for number in range(60):
        store.put(f"rows/{number % 7}/{number}", b"1")
    seen: Iterator[str] = store.list("rows")
    for key in seen:
        store.delete(key)
    assert list(store.list()) == []
