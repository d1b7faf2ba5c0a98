"""Past batches as windows on a reference: from their profile where it fits, else from their rows."""

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from bellwether.contracts import Batch, Reference
from bellwether.drift.references import References
from bellwether.drift.segments import Segment, kept
from bellwether.errors import NotFound
from bellwether.objects import ObjectStore
from bellwether.profile import ReferenceProfile, WindowProfile, fit, window

PROFILE_COST = 10_000
"""What reading a profile counts for, in rows."""


@dataclass(slots=True)
class Windows:
    """Windows of one step; each batch is read once. ``spent`` says how much was read, in rows.

    With a ``segment`` (column and value), rows of others are left out of batches and references alike.
    """

    objects: ObjectStore
    references: References
    segment: Segment | None = None
    spent: int = 0
    _windows: dict[tuple[str, str], WindowProfile] = field(default_factory=dict)
    _parts: dict[str, ReferenceProfile] = field(default_factory=dict)

    def reference(self, stored: Reference) -> ReferenceProfile:
        """Return the profile of a reference, of the segment's rows when there is one; raises ``NotFound``."""
        if self.segment is None:
            if stored.profile_uri is None:
                raise NotFound(f"reference {stored.reference!r} has no profile")
            return self.references.read(stored.profile_uri, stored.profile_digest)
        if stored.reference not in self._parts:
            table = self._rows(stored.rows_uri, f"reference {stored.reference!r}")
            self._parts[stored.reference] = fit(table, stored.columns)
        return self._parts[stored.reference]

    def window(self, batch: Batch, stored: Reference) -> WindowProfile:
        """Return a batch as a window on a reference; raises ``NotFound`` when what that needs is gone."""
        key = (batch.id, stored.reference)
        if key not in self._windows:
            self._windows[key] = self._read(batch, stored)
        return self._windows[key]

    def _read(self, batch: Batch, stored: Reference) -> WindowProfile:
        reference = self.reference(stored)
        if self.segment is None and batch.profile_uri is not None and batch.reference == stored.reference:
            found = WindowProfile.from_bytes(self.objects.get(batch.profile_uri))
            self.spent += PROFILE_COST
            if found.reference == reference.digest:
                return found
        return window(self._rows(batch.rows_uri, f"batch {batch.id!r}"), reference)

    def _rows(self, uri: str | None, whose: str) -> pa.Table:
        if uri is None:
            raise NotFound(f"{whose} has no rows")
        with self.objects.local(uri) as path:
            table = pq.read_table(path)
        self.spent += table.num_rows
        return table if self.segment is None else kept(table, self.segment, whose)
