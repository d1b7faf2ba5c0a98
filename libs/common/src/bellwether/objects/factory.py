"""From a URL to object storage; the only module that knows every adapter."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from bellwether.errors import InvalidInput
from bellwether.objects.folder import FolderObjects
from bellwether.objects.port import ObjectStore

AZURE_SCHEMES = ("az", "azure", "abfs", "abfss")


def open_objects(url: str, options: Mapping[str, str] | None = None) -> ObjectStore:
    """Return the storage a URL names; nothing is contacted before the first call.

    ``file:///folder`` keeps files below a folder. ``az://container/prefix`` and
    ``abfss://container@account.dfs.core.windows.net/prefix`` keep blobs in Azure; account and credentials
    come from ``options`` (``account_name``, ``account_key``, ``endpoint``, ...) or from the usual
    ``AZURE_STORAGE_*`` and workload identity variables.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return FolderObjects(Path(url2pathname(parts.path)))
    if parts.scheme in AZURE_SCHEMES and parts.netloc:
        # The adapter's native library is of no use, and of some cost, to a process with a local folder.
        from bellwether.objects.blobs import open_azure  # noqa: PLC0415

        return open_azure(url, options or {})
    raise InvalidInput(f"objects URL {url!r} is neither file:///folder nor az://container/prefix")


def sweep(url: str) -> int:
    """Remove what killed writers left unfinished, where the storage does not do so itself; how many."""
    objects = open_objects(url)
    return objects.sweep() if isinstance(objects, FolderObjects) else 0
