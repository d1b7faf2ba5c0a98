import re
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bellwether.gateway.keys import create, create_key, find_key, server_secret
from bellwether.settings import Gateway, Settings
from bellwether.storage.factory import open_store
from bellwether.storage.sqlite import SqliteStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = b"server"


def test_a_key_is_found_by_its_text_and_stored_without_it(documents: SqliteStore) -> None:
    key, text = create_key(documents, SECRET, NOW, "job", ["ingest"])
    assert re.fullmatch(r"bw_[a-z0-9]{12}_[A-Za-z0-9_-]{43}", text)
    found = find_key(documents, SECRET, NOW, text)
    assert found is not None
    assert (found.name, found.roles) == ("job", ("ingest",))
    assert text.rpartition("_")[2] not in key.model_dump_json()


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), str.upper])
def test_a_changed_text_is_no_key(documents: SqliteStore, change: object) -> None:
    _, text = create_key(documents, SECRET, NOW, "job", ["ingest"])
    assert callable(change)
    assert find_key(documents, SECRET, NOW, change(text)) is None


def test_another_secret_makes_every_key_unknown(documents: SqliteStore) -> None:
    _, text = create_key(documents, SECRET, NOW, "job", ["ingest"])
    assert find_key(documents, b"other", NOW, text) is None


def test_a_key_expires_at_its_time(documents: SqliteStore) -> None:
    end = NOW + timedelta(hours=1)
    _, text = create_key(documents, SECRET, NOW, "job", ["ingest"], expires_at=end)
    assert find_key(documents, SECRET, end - timedelta(seconds=1), text) is not None
    assert find_key(documents, SECRET, end, text) is None


def test_every_process_of_a_home_has_the_same_secret_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: server_secret(settings), range(32)))
    assert len(found) == 1
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_setting_wins(tmp_path: Path) -> None:
    assert server_secret(Settings(home=tmp_path, gateway=Gateway.model_validate({"secret": "given"}))) == b"given"
    assert not list(tmp_path.iterdir())


def test_the_first_key_needs_no_gateway(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    text = create(settings, name="embedded", role="admin")
    store = open_store(settings, "gateway")
    found = find_key(store, server_secret(settings), datetime.now(UTC), text)
    store.close()
    assert found is not None
    assert found.roles == ("admin",)
