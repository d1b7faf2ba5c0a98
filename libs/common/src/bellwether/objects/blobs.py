"""Objects as blobs of a cloud container, through obstore; the only module that imports it."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import obstore
from obstore import exceptions
from obstore.store import AzureStore

from bellwether.errors import BellwetherError, InvalidInput, NotFound, Unavailable
from bellwether.objects.keys import check_key, check_prefix
from bellwether.objects.port import ObjectInfo

if TYPE_CHECKING:  # names that exist in the library's stubs only
    from obstore.store import AzureConfig, ClientConfig, ObjectStore, RetryConfig

_CONNECT_TIMEOUT = timedelta(seconds=5)
_TIMEOUT = timedelta(minutes=5)  # of one request with its body, so of a whole download
_RETRY_TIMEOUT = timedelta(seconds=60)
_RETRIES = 5
_CHUNK_BYTES = 2**20
_FIRST_USER: dict[str, int] = {}  # process that started the library's runtime, which is one per process too


def open_azure(url: str, options: Mapping[str, str], retries: int = _RETRIES) -> "BlobObjects":
    """Return the blobs of an Azure container; the account comes from ``options`` or the environment."""
    client: ClientConfig = {
        "timeout": _TIMEOUT,
        "connect_timeout": _CONNECT_TIMEOUT,
        "allow_http": options.get("allow_http") == "true",
    }
    retry: RetryConfig = {"max_retries": retries, "retry_timeout": _RETRY_TIMEOUT}
    config = cast("AzureConfig", {name: value for name, value in options.items() if name != "allow_http"})
    try:
        return BlobObjects(AzureStore.from_url(url, config=config, client_options=client, retry_config=retry))
    except (exceptions.BaseError, ValueError) as error:
        raise InvalidInput(f"objects URL {url!r}: {error}") from error


class BlobObjects:
    """``ObjectStore`` in Azure Blob Storage or ADLS; a blob appears when its last block is committed."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store = store

    def put(self, key: str, data: bytes | Path) -> None:
        """Upload a whole object, in blocks when it is large."""
        if isinstance(data, Path):
            data.stat()  # a missing source is a mistake of the caller, not a missing object
        check_key(key)
        with self._translated(key):
            obstore.put(self._store, key, data)

    def get(self, key: str) -> bytes:
        """Return the content of an object."""
        with self._translated(key):
            return bytes(obstore.get(self._store, check_key(key)).bytes())

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """Download to a file that is removed at the end; the suffix of the key is kept."""
        with tempfile.TemporaryDirectory(prefix="bellwether-") as folder:
            path = Path(folder, Path(check_key(key)).name)
            with self._translated(key), path.open("wb") as file:
                for chunk in obstore.get(self._store, key).stream(min_chunk_size=_CHUNK_BYTES):
                    file.write(chunk)
            yield path

    def exists(self, key: str) -> bool:
        """Say whether there is an object."""
        try:
            with self._translated(key):
                obstore.head(self._store, check_key(key))
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> bool:
        """Remove an object."""
        if not self.exists(key):
            return False
        try:
            with self._translated(key):
                obstore.delete(self._store, key)
        except NotFound:
            return False
        return True

    def list(self, prefix: str = "") -> Iterator[str]:
        """Keys below a folder."""
        return (entry.key for entry in self.entries(prefix))

    def entries(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Objects below a folder, page by page."""
        folder = check_prefix(prefix)
        with self._translated(folder):
            for page in obstore.list(self._store, folder or None):
                for found in page:
                    yield ObjectInfo(found["path"], found["size"], found["last_modified"])

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        if _FIRST_USER.setdefault("pid", os.getpid()) != os.getpid():
            # The native runtime's threads are gone in a forked child; its next call would wait for ever.
            raise BellwetherError("object storage was used before this process was forked; use it afterwards only")
        try:
            yield
        except (exceptions.BaseError, OSError, ValueError) as error:
            kind = next((ours for theirs, ours in ERRORS if isinstance(error, theirs)), BellwetherError)
            raise kind(f"object {key!r}: {error}") from error


ERRORS: tuple[tuple[type[Exception], type[BellwetherError]], ...] = (
    (FileNotFoundError, NotFound),
    (exceptions.NotFoundError, NotFound),
    (exceptions.InvalidPathError, InvalidInput),
    (exceptions.PermissionDeniedError, BellwetherError),
    (exceptions.UnauthenticatedError, BellwetherError),
    (exceptions.UnknownConfigurationKeyError, BellwetherError),
    (exceptions.NotSupportedError, BellwetherError),
    (exceptions.BaseError, Unavailable),
    (OSError, Unavailable),
)
"""obstore's exceptions to ours, the first that fits; what is not listed is a defect."""
