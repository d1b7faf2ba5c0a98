import os
from datetime import UTC, datetime
from pathlib import Path

from bellwether.gateway.spool import spool, sweep
from bellwether.settings import Gateway, Settings

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_what_a_killed_process_left_is_swept_and_what_may_be_under_way_stays(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, gateway=Gateway(upload_seconds=60))
    assert sweep(settings, NOW) == 0, "no folder yet"
    spool(settings).mkdir()
    for name, age in (("old", 121), ("new", 119)):
        file = spool(settings) / name
        file.write_bytes(b"rows")
        os.utime(file, (NOW.timestamp() - age,) * 2)
    assert sweep(settings, NOW) == 1
    assert [file.name for file in spool(settings).iterdir()] == ["new"]
