"""The pushed body as a child sees it: bytes from a descriptor, decompressed within bounds."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from bellwether.collector.decode.job import Bounds
from bellwether.errors import Fault, TooLarge, Unreadable

UNSUSPICIOUS_BYTES = 64 * 2**20
"""Below this a high ratio means nothing: a short table of constants has one too."""
_CHUNK = 2**20


class Body:
    """One body. Read it once: as a stream, or as a file for formats that jump."""

    def __init__(self, fd: int, encoding: str | None, bounds: Bounds) -> None:
        self.bounds = bounds
        self.encoding = encoding
        self.size = os.fstat(fd).st_size
        self._file = os.fdopen(fd, "rb", buffering=0, closefd=False)
        if not self.size:
            raise Unreadable(
                "the body is empty", [Fault("/body", "0 bytes", "at least one row", "push the rows as body")]
            )

    def stream(self) -> io.RawIOBase:
        """Return the decoded bytes from front to back."""
        if self.encoding is None:
            return self._file
        return _Decompressed(self._file, self.encoding, self.size, self.bounds)

    def file(self) -> pa.NativeFile:
        """Return the decoded bytes as a file that may be read anywhere."""
        if self.encoding is None:
            return pa.PythonFile(self._file, mode="r")
        scratch = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - lives as long as its reader
        source = self.stream()
        while chunk := source.read(_CHUNK):
            scratch.write(chunk)
        scratch.seek(0)
        return pa.PythonFile(scratch, mode="r")


class _Decompressed(io.RawIOBase):
    """Decompresses as it is read and stops at the limits, however small the body was."""

    def __init__(self, file: io.FileIO, encoding: str, size: int, bounds: Bounds) -> None:
        super().__init__()
        self._encoding, self._size = encoding, size
        self._limit = min(bounds.decoded_bytes, max(UNSUSPICIOUS_BYTES, size * bounds.encoding_ratio))
        self._decoded = 0
        with self._translated():
            self._stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), encoding)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        with self._translated():
            data: bytes = self._stream.read(_CHUNK if size < 0 else size)
        self._decoded += len(data)
        if self._decoded > self._limit:
            raise TooLarge(
                "the body is too large once decompressed",
                [
                    Fault(
                        "/body",
                        f"{self._size:,} bytes of {self._encoding} became more than {self._limit:,}",
                        f"{self._limit:,} bytes",
                        "push less at once, or Parquet, which compresses by column",
                    )
                ],
            )
        return data

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # the stub wants any buffer
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (OSError, pa.ArrowInvalid) as error:
            raise Unreadable(
                f"the body is no whole {self._encoding} stream",
                [
                    Fault(
                        "/body",
                        f"{self._size:,} bytes: {error}",
                        f"Content-Encoding {self._encoding}",
                        f"compress the body anew with {self._encoding} and push all of it, or push it plain",
                    )
                ],
            ) from error
