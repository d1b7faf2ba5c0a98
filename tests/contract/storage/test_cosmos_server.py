"""The test server itself: what it keeps over a restart and a kill, and whom it lets in."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bellwether.errors import BellwetherError
from bellwether.storage.collections import Collection
from bellwether.storage.cosmos import Account, CosmosStore
from bellwether.storage.port import Create, Upsert
from bellwether.testing.cosmos_server import DEFAULT_KEY, CosmosServer, HttpError
from bellwether.testing.cosmos_server.auth import authorize
from tests.contract.storage.engines import DATABASE, account, doc, drain, ids

COLL = Collection("reports", ("kind",))
WRITERS = 6


def test_a_restart_keeps_documents_and_the_place_in_the_feed(tmp_path: Path) -> None:
    path = str(tmp_path / "cosmos.db")
    with CosmosServer(path=path, partitions=3) as server:
        store = CosmosStore(account(server), [COLL], provisioned=False)
        for i in range(30):
            store.put(COLL, doc(f"{i:02}", f"m{i % 7}"))
        _, cursor = drain(store, COLL)
        store.delete(COLL, "m1", "29")  # the newest sequence number goes with it
        store.close()
    with CosmosServer(path=path, partitions=3) as server:
        store = CosmosStore(account(server), [COLL])
        assert len(list(store.scan(COLL))) == 29
        store.put(COLL, doc("new"))
        assert ids(drain(store, COLL, cursor)[0]) == ["new"]
        store.close()


def test_a_killed_server_has_lost_no_acknowledged_write(tmp_path: Path) -> None:
    data = tmp_path / "cosmos.db"
    process, url = _start(data)
    CosmosStore(Account(url, DATABASE, DEFAULT_KEY), [COLL]).provision()
    acknowledged: list[list[str]] = [[] for _ in range(WRITERS)]
    writers = [threading.Thread(target=_write, args=(url, n, acknowledged[n])) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    deadline = time.monotonic() + 120
    while min(map(len, acknowledged)) < 15 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    for writer in writers:
        writer.join()
    process, url = _start(data)
    try:
        store = CosmosStore(Account(url, DATABASE, DEFAULT_KEY), [COLL])
        for n, written in enumerate(acknowledged):
            assert len(written) >= 15
            found = ids(store.query(COLL, f"w{n}", limit=100_000).docs)
            assert set(written) <= set(found)
            # The last commit may have been done without an answer: it is there whole or not at all.
            results = {id_.removeprefix("result-") for id_ in found if id_.startswith("result-")}
            assert results == {id_.removeprefix("state-") for id_ in found if id_.startswith("state-")}
        store.close()
    finally:
        process.terminate()
        process.wait(60)


def _start(data: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bellwether.testing.cosmos_server", "--port", "0", "--data", str(data)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "BELLWETHER_TEST_COSMOS_KEY": ""},
    )
    assert process.stdout is not None
    with process.stdout:
        return process, process.stdout.readline().split()[-1]


def _write(url: str, writer: int, acknowledged: list[str]) -> None:
    store = CosmosStore(Account(url, DATABASE, DEFAULT_KEY), [COLL])
    pk, number = f"w{writer}", 0
    try:
        while True:
            number += 1
            result, state = f"result-{number:05}", f"state-{number:05}"
            store.commit(COLL, pk, [Create(doc(result, pk)), Upsert(doc(state, pk))])
            acknowledged += [result, state]
    except BellwetherError:
        store.close()


@pytest.mark.parametrize(
    ("method", "resource", "token", "status"),
    [("GET", "docs", "good", None), ("POST", "dbs", "good", 403), ("GET", "docs", "bad", 401)],
)
def test_an_entra_token_reads_documents_and_makes_no_containers(
    method: str, resource: str, token: str, status: int | None
) -> None:
    headers = {"authorization": f"type%3Daad%26ver%3D1.0%26sig%3D{token}"}
    if status is None:
        authorize(DEFAULT_KEY, {"good"}, method, resource, "", headers)
        return
    with pytest.raises(HttpError) as caught:
        authorize(DEFAULT_KEY, {"good"}, method, resource, "", headers)
    assert caught.value.status == status
