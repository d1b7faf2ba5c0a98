"""Fetched models are kept while there is room, and while they are used."""

import os
from pathlib import Path

from bellwether.explain.fetched import LOST_S, SAID, USED_S, make_room

NOW = 1_800_000_000.0


def fetched(folder: Path, name: str, size: int, used: float) -> None:
    (folder / name / "model").mkdir(parents=True)
    (folder / name / "model" / "model.bin").write_bytes(b"x" * size)
    (folder / name / SAID).write_text("{}")
    os.utime(folder / name / SAID, (used, used))


def test_what_was_used_longest_ago_goes_first_and_only_as_much_as_must(tmp_path: Path) -> None:
    for age, name in enumerate(("d", "b", "a", "c"), start=2):
        fetched(tmp_path, name, 1_000, NOW - age * USED_S)
    assert make_room(tmp_path, 3_000, NOW) == ["c", "a"]
    assert {place.name for place in tmp_path.iterdir()} == {"b", "d"}
    assert make_room(tmp_path, 3_000, NOW) == []


def test_what_was_used_within_a_day_stays_however_large(tmp_path: Path) -> None:
    fetched(tmp_path, "open", 5_000, NOW - USED_S / 2)
    fetched(tmp_path, "old", 10, NOW - 2 * USED_S)
    assert make_room(tmp_path, 1_000, NOW) == ["old"]
    assert make_room(tmp_path, 1_000, NOW) == []
    assert (tmp_path / "open" / "model" / "model.bin").exists()


def test_a_download_that_broke_off_goes_and_one_under_way_does_not(tmp_path: Path) -> None:
    for name, age in (("fresh-old", 2 * LOST_S), ("fresh-new", 1.0)):
        (tmp_path / name / "model").mkdir(parents=True)
        os.utime(tmp_path / name, (NOW - age, NOW - age))
    assert make_room(tmp_path, 1, NOW) == ["fresh-old"]
    assert (tmp_path / "fresh-new").exists()
