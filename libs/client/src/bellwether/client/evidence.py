"""Whether an evidence pack is as it was made: every part there, unchanged, and nothing beside. Nobody is asked."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bellwether.errors import Fault, InvalidInput

MANIFEST = "manifest.json"
FORMAT = "bellwether-evidence/1"
MOST_BYTES = 2_000_000_000
"""Of all parts of a pack together, unpacked."""


def verify(path: str | Path) -> dict[str, Any]:
    """Return the manifest of a pack whose parts are all as it says.

    Raises
    ------
    InvalidInput
        The file is no pack, or parts are missing, changed or added; each is named.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            if manifest["format"] != FORMAT:
                raise InvalidInput(f"{path} is of format {manifest['format']!r}; this version reads {FORMAT!r}")
            faults = list(_faults(archive, {one["path"]: one["sha256"] for one in manifest["files"]}))
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"{path} is no evidence pack: {error}") from error
    if faults:
        raise InvalidInput(f"{path} is not as it was made", faults)
    found: dict[str, Any] = manifest
    return found


def _faults(archive: zipfile.ZipFile, wanted: dict[str, str]) -> Iterator[Fault]:
    there = [one for one in archive.infolist() if one.filename != MANIFEST]
    if sum(one.file_size for one in there) > MOST_BYTES:
        yield Fault("files", "too much to unpack", f"{MOST_BYTES} bytes", "ask for shorter periods")
        return
    names = [one.filename for one in there]
    for name in sorted({*names, *wanted}):
        if name not in names:
            yield Fault(name, "missing", "as the manifest says", "ask for the pack again")
        elif name not in wanted or names.count(name) > 1:
            yield Fault(name, "added", "as the manifest says", "ask for the pack again")
        elif hashlib.sha256(archive.read(name)).hexdigest() != wanted[name]:
            yield Fault(name, "changed", "as the manifest says", "ask for the pack again")
