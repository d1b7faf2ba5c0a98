"""The object storage port: what services may rely on, whatever is behind it.

An object is a whole file under a key such as ``rows/credit/2026/01/05/<batch>.parquet``. It is never changed
in part: a reader sees the old object, the new one, or none.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object without its content: key, bytes, time of the last write (UTC)."""

    key: str
    size: int
    modified: datetime


class ObjectStore(Protocol):
    """Every adapter implements this; the conformance suite ``tests/contract/objects`` defines its meaning.

    Raises ``NotFound`` when there is no object, ``InvalidInput`` for a key no adapter could address, and
    ``Unavailable`` when later helps.
    """

    def put(self, key: str, data: bytes | Path) -> None:
        """Write a whole object, from memory or from a file, over what was there."""

    def get(self, key: str) -> bytes:
        """Return the content of an object."""

    def local(self, key: str) -> AbstractContextManager[Path]:
        """Give a file with the content, to be read only: the object itself, or a passing download."""

    def exists(self, key: str) -> bool:
        """Say whether there is an object."""

    def delete(self, key: str) -> bool:
        """Remove an object; whether there was one."""

    def list(self, prefix: str = "") -> Iterator[str]:
        """Keys below a folder (``rows/credit``; empty: all), in no order."""

    def entries(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Objects below a folder with size and time, in no order."""
