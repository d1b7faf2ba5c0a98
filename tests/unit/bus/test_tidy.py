"""What has expired is removed, by one worker, on beat's word."""

import os
import time
from pathlib import Path

from bellwether.bus.celery import TIDIER, make_celery
from bellwether.bus.routes import SERVICES
from bellwether.bus.worker import _tidy
from bellwether.objects import open_objects
from bellwether.settings import Settings
from bellwether.storage.collections import OPS
from bellwether.storage.sqlite import SqliteStore


def test_beat_asks_one_worker_to_tidy_up() -> None:
    entry = make_celery(Settings()).conf.beat_schedule["tidy"]
    assert (entry["task"], entry["options"]["queue"]) == (f"{TIDIER}.tidy", TIDIER)
    assert TIDIER in SERVICES


def test_rows_are_removed_when_a_time_is_set_and_only_then(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    objects = open_objects(settings.objects)
    objects.put("rows/m/2026/01/05/a.parquet", b"rows")
    old = (tmp_path / "objects" / "rows/m/2026/01/05/a.parquet").absolute()
    os.utime(old, (time.time() - 31 * 86_400,) * 2)
    _tidy(settings)()
    _tidy(settings.model_copy(update={"keep_rows_days": 32}))()
    assert old.exists()
    _tidy(settings.model_copy(update={"keep_rows_days": 30}))()
    assert not old.exists()


def test_expired_documents_are_removed_from_the_store(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    path = Path(settings.store.removeprefix("sqlite:///"))
    SqliteStore(path, clock=lambda: 1000.0).put(OPS, {"id": "session", "pk": "s", "ttl": 60})
    _tidy(settings)()
    store = SqliteStore(path, clock=lambda: 1000.0)
    assert store.get(OPS, "s", "session") is None
