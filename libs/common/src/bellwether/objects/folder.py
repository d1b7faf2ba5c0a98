"""Objects as files below one folder; plain Python, because it has to survive a fork (ADR 0014)."""

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from bellwether.errors import BellwetherError, InvalidInput, NotFound, Unavailable
from bellwether.objects.keys import check_key, check_prefix
from bellwether.objects.port import ObjectInfo

_STAGING = ".staging"
_ATTEMPTS = 50
_COPY_BYTES = 2**20


class FolderObjects:
    """``ObjectStore`` below a local folder; an object appears by a rename, so it is whole or absent."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, data: bytes | Path) -> None:
        """Stage the content beside the objects, flush it to the disk, then rename it into place."""
        target = self._path(key)
        if isinstance(data, Path):
            data.stat()  # a missing source is a mistake of the caller, not a missing object
        staged = self._root / _STAGING / uuid.uuid4().hex
        with _translated(key):
            try:
                _write(staged, data)
                _move(staged, target)
            finally:
                staged.unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        """Return the content of an object."""
        with _translated(key):
            return self._path(key).read_bytes()

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """Give the file itself."""
        path = self._path(key)
        if not path.is_file():
            raise NotFound(f"object {key!r} does not exist")
        yield path

    def exists(self, key: str) -> bool:
        """Say whether there is an object."""
        return self._path(key).is_file()

    def delete(self, key: str) -> bool:
        """Remove an object and the folders that are empty after it."""
        path = self._path(key)
        try:
            with _translated(key):
                path.unlink()
        except NotFound:
            return False
        for folder in path.relative_to(self._root).parents[:-1]:
            with suppress(OSError):  # not empty, or gone already
                (self._root / folder).rmdir()
        return True

    def list(self, prefix: str = "") -> Iterator[str]:
        """Keys below a folder."""
        return (path.relative_to(self._root).as_posix() for path in self._files(check_prefix(prefix)))

    def entries(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Objects below a folder; one that vanishes meanwhile is left out."""
        for path in self._files(check_prefix(prefix)):
            with suppress(FileNotFoundError):
                stat = path.stat()
                key = path.relative_to(self._root).as_posix()
                yield ObjectInfo(key, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    def _files(self, folder: str) -> Iterator[Path]:
        for parent, folders, names in os.walk(self._root / folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            yield from (Path(parent, name) for name in names)

    def sweep(self, older_than_s: float = 86_400) -> int:
        """Remove what writers that were killed left staged; how many."""
        removed = 0
        for path in (self._root / _STAGING).glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - older_than_s:
                    path.unlink()
                    removed += 1
        return removed


def _write(path: Path, data: bytes | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        if isinstance(data, bytes):
            file.write(data)
        else:
            with data.open("rb") as source:
                shutil.copyfileobj(source, file, _COPY_BYTES)
        file.flush()
        os.fsync(file.fileno())  # a name must never point to content that a power cut takes away


def _move(staged: Path, target: Path) -> None:
    """Rename into place; a deletion beside may remove the folder at any moment."""
    for attempt in range(_ATTEMPTS):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(target)
        except (FileNotFoundError, FileExistsError):
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


_ERRORS: tuple[tuple[type[OSError], type[BellwetherError]], ...] = (
    (FileNotFoundError, NotFound),
    (IsADirectoryError, NotFound),
    (NotADirectoryError, NotFound),
    (FileExistsError, InvalidInput),  # a folder is wanted where an object is
    (PermissionError, BellwetherError),
    (OSError, Unavailable),
)


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kind = next(ours for theirs, ours in _ERRORS if isinstance(error, theirs))
        raise kind(f"object {key!r}: {error}") from error
