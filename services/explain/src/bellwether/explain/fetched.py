"""The folder of fetched models: what is removed from it, so that it does not grow for ever."""

import shutil
from contextlib import suppress
from pathlib import Path

SAID = "found.json"
"""What was said of a fetched model; the time of this file is when it was last used."""
LOST_S = 3_600.0
USED_S = 86_400.0


def make_room(folder: Path, most: int, now: float) -> list[str]:
    """Remove downloads that broke off, and the models used longest ago until ``most`` bytes are left; their names.

    ``now`` in seconds since 1970. What was used within a day stays, however large: a process may have it open.
    """
    removed, kept = [], []
    for place in folder.iterdir():
        with suppress(FileNotFoundError):  # another worker was faster
            if (place / SAID).exists():
                kept.append(((place / SAID).stat().st_mtime, _bytes(place), place))
            elif now - place.stat().st_mtime > LOST_S:  # nothing is said of it before it is whole
                removed.append(place)
    left = sum(size for _, size, _ in kept)
    for used, size, place in sorted(kept):
        if left <= most or now - used < USED_S:
            break
        removed.append(place)
        left -= size
    for place in removed:
        shutil.rmtree(place, ignore_errors=True)
    return [place.name for place in removed]


def _bytes(place: Path) -> int:
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
