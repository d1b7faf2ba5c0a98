"""What one adapter alone has to get right: staging, forks, URLs, errors."""

import multiprocessing
import os
import resource
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from obstore import exceptions as vendor
from obstore.store import AzureStore, MemoryStore

from bellwether.errors import BellwetherError, InvalidInput, NotFound, Unavailable
from bellwether.objects import ObjectStore, open_objects, sweep
from bellwether.objects.blobs import ERRORS, BlobObjects, open_azure
from bellwether.objects.folder import FolderObjects
from bellwether.settings import Settings

FORK = multiprocessing.get_context("fork")


def _report(store: ObjectStore, results: Any) -> None:
    try:
        store.put("child/a", b"1")
        results.put(store.get("parent/a").decode())
    except BellwetherError as error:
        results.put(str(error))


@pytest.mark.parametrize(
    ("kind", "said"),
    [("folder", "parent"), ("blobs", "object storage was used before this process was forked; use it afterwards only")],
)
def test_a_forked_child_works_or_says_why_it_cannot(tmp_path: Path, kind: str, said: str) -> None:
    store: ObjectStore = FolderObjects(tmp_path) if kind == "folder" else BlobObjects(MemoryStore())
    store.put("parent/a", b"parent")
    results = FORK.Queue()
    child = FORK.Process(target=_report, args=(store, results))
    child.start()
    assert results.get(timeout=60) == said
    child.join()


# -- the folder


def test_the_folder_is_the_default_and_gives_its_own_files(tmp_path: Path) -> None:
    objects = open_objects(Settings(home=tmp_path / "ho me%41").objects)
    objects.put("rows/a", b"1")
    with objects.local("rows/a") as path:
        assert path == tmp_path / "ho me%41" / "objects" / "rows" / "a"


def test_a_deletion_leaves_no_empty_folders(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path)
    store.put("rows/m/2026/01/a", b"1")
    store.put("rows/m/2026/02/a", b"1")
    store.delete("rows/m/2026/01/a")
    assert sorted(path.name for path in (tmp_path / "rows/m/2026").iterdir()) == ["02"]


def _stage_for_ever(folder: Path, pipe: Any) -> None:
    store = FolderObjects(folder)
    for number in range(1_000_000):
        store.put(f"rows/{number}", b"x" * 200_000)
        pipe.send(number)


def test_a_killed_writer_leaves_whole_objects_and_what_it_staged_is_swept(tmp_path: Path) -> None:
    receiver, sender = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_stage_for_ever, args=(tmp_path, sender))
    child.start()
    while receiver.recv() < 20:
        pass
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    store = FolderObjects(tmp_path)
    assert {entry.size for entry in store.entries()} == {200_000}
    (tmp_path / ".staging" / "left").write_bytes(b"half")
    assert "left" not in "".join(store.list())
    assert store.sweep() == 0
    old = time.time() - 2 * 86_400
    os.utime(tmp_path / ".staging" / "left", (old, old))
    assert sweep(tmp_path.as_uri()) == 1
    assert sweep("abfss://rows@account.dfs.core.windows.net") == 0


def test_a_key_below_an_object_is_refused(tmp_path: Path) -> None:
    store = FolderObjects(tmp_path)
    store.put("rows/a", b"1")
    with pytest.raises(InvalidInput):
        store.put("rows/a/b", b"1")
    with pytest.raises(NotFound):
        store.get("rows/a/b")
    assert store.get("rows/a") == b"1"
    assert list((tmp_path / ".staging").iterdir()) == []


def _outgrow(folder: Path, results: Any) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    try:
        FolderObjects(folder).put("rows/a", b"x" * 2_000_000)
    except BellwetherError as error:
        results.put(type(error).__name__)


def test_a_disk_that_takes_no_more_is_unavailable_and_nothing_is_left(tmp_path: Path) -> None:
    results = FORK.Queue()
    child = FORK.Process(target=_outgrow, args=(tmp_path, results))
    child.start()
    assert results.get(timeout=60) == Unavailable.__name__
    child.join()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# -- the cloud


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("az://rows", None),
        ("az://rows/some/prefix", "some/prefix"),
        ("abfss://rows@account.dfs.core.windows.net/prefix", "prefix"),
        ("abfs://rows@account.dfs.core.windows.net", None),
    ],
)
def test_an_azure_url_is_opened_without_a_request(url: str, prefix: str | None) -> None:
    opened = open_objects(url, {"account_name": "account", "account_key": "a2V5"})
    assert isinstance(opened, BlobObjects)
    store = opened._store
    assert isinstance(store, AzureStore)
    assert store.prefix == prefix


@pytest.mark.parametrize(
    "url", ["", "rows", "/rows", "file://host/rows", "file:rows", "s3://bucket", "az://", "http://account/rows"]
)
def test_an_unknown_url_names_what_is_known(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"file:///folder nor az://container"):
        open_objects(url)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(InvalidInput, match="az://rows"):
        open_azure("az://rows", {"colour": "blue"})


def test_every_exception_of_the_library_is_translated() -> None:
    classes = {found for found in vars(vendor).values() if isinstance(found, type) and issubclass(found, Exception)}
    assert len(classes) > 10
    listed = {theirs for theirs, _ in ERRORS}
    for each in classes:
        kind = next(ours for theirs, ours in ERRORS if issubclass(each, theirs))
        assert each in listed or kind is Unavailable, each


def test_a_server_that_is_not_there_is_unavailable() -> None:
    options = {
        "account_name": "account",
        "account_key": "a2V5",
        "endpoint": "http://127.0.0.1:9/account",
        "allow_http": "true",
    }
    store = open_azure("az://rows", options, retries=0)
    for call in (store.get, store.exists, store.delete):
        with pytest.raises(Unavailable):
            call("rows/a")
    with pytest.raises(Unavailable):
        list(store.list())
