"""Shared libraries that files of an image need: slim bases lack what every larger system happens to have."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from tests.e2e.images.engine import podman

_LISTED = "find /venv -name '*.so*' -type f; find /venv -name '*.so*' -type f -exec ldd {} + 2>/dev/null || true"
UNUSED = ("numba/np/ufunc/omppool.", "numba/np/ufunc/tbbpool.")
"""Pools of threads numba would have for loops that run in parallel: none of ours does."""


def lacking(image: str) -> Mapping[str, list[str]]:
    """Return what is needed and not there, by the file that needs it."""
    told = podman("run", "--rm", "--read-only", "--network=none", "--entrypoint=sh", image, "-c", _LISTED)
    lines = told.splitlines()
    there = {PurePosixPath(line) for line in lines if not line.startswith("\t") and not line.endswith(":")}
    found: dict[str, list[str]] = {}
    file = PurePosixPath()
    for line in lines:
        if not line.startswith("\t"):
            file = PurePosixPath(line.removesuffix(":"))
        elif line.endswith("not found") and not any(part in str(file) for part in UNUSED):
            name = line.split()[0]
            if file.parent / name not in there:  # beside it: loaded by whoever loads both
                found.setdefault(str(file), []).append(name)
    return found
