from pathlib import Path

import pytest

from bellwether.errors import ForbiddenWrite
from bellwether.settings import Settings
from bellwether.storage.collections import REPORTS, RUNS
from bellwether.storage.factory import open_store
from bellwether.storage.port import Create


def test_a_service_writes_what_it_owns_and_reads_everything(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    drift, collector = open_store(settings, "drift"), open_store(settings, "collector")
    collector.put(RUNS, {"id": "a", "pk": "m|2026-01"})
    assert drift.get(RUNS, "m|2026-01", "a") is not None
    drift.commit(REPORTS, "m|2026-01", [Create({"id": "d~a", "pk": "m|2026-01"})])
    with pytest.raises(ForbiddenWrite, match=r"'drift'.*'runs'.*gateway, collector"):
        drift.put(RUNS, {"id": "b", "pk": "m|2026-01"})
    assert collector.count(RUNS, "m|2026-01") == 1
