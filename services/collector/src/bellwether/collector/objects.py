"""What the collector keeps in object storage: rows as Parquet, profiles; and where. A profile in use stays loaded.

The key of anything made from a body holds what it was made with, so that two runs of one step never write
different things under one name.
"""

import tempfile
from collections import OrderedDict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bellwether.contracts import fact_time
from bellwether.objects import ObjectStore
from bellwether.profile import ReferenceProfile

_KEPT_PROFILES = 8


def fact_key(folder: str, model: str, id: str, made_with: str, suffix: str) -> str:
    """Return ``<folder>/<model>/<yyyy>/<mm>/<dd>/<id>~<made with><suffix>``, the day from the id."""
    return f"{folder}/{model}/{fact_time(id):%Y/%m/%d}/{id}~{made_with[:12]}{suffix}"


def reference_key(model: str, digest: str, made_with: str, suffix: str) -> str:
    """Return ``references/<model>/<digest>~<made with><suffix>``: apart from rows that are kept for a time only."""
    return f"references/{model}/{digest}~{made_with[:12]}{suffix}"


def put_rows(objects: ObjectStore, key: str, table: pa.Table) -> None:
    """Keep rows as one Parquet file."""
    with tempfile.TemporaryDirectory(prefix="bellwether-") as folder:
        path = Path(folder, "rows.parquet")
        pq.write_table(table, path, compression="zstd", compression_level=1)
        objects.put(key, path)


class Profiles:
    """Reference profiles by their key, the last few kept: their values are mapped files, not memory."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._loaded: OrderedDict[str, ReferenceProfile] = OrderedDict()

    def load(self, key: str) -> ReferenceProfile:
        """Return a profile."""
        if key not in self._loaded:
            with self._objects.local(key) as path:
                self._loaded[key] = ReferenceProfile.open(path)
        self._loaded.move_to_end(key)
        while len(self._loaded) > _KEPT_PROFILES:
            self._loaded.popitem(last=False)
        return self._loaded[key]
