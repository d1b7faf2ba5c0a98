"""Profiles of many batches together: those of a whole month are added once and kept under the names of what they hold.

Nothing marks a sum as out of date, and nothing has to: its key is made of the keys of its members, so other members
are another sum.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

from bellwether.contracts import Batch, Reference
from bellwether.errors import NotFound
from bellwether.objects import ObjectStore
from bellwether.profile import WindowProfile, merge_windows

WORTH = 8
"""Batches of a month from which their sum is worth keeping."""


@dataclass(frozen=True, slots=True)
class Rollups:
    """Adds stored profiles, and keeps the sums of months that lie inside a window."""

    objects: ObjectStore

    def merged(self, batches: Iterable[Batch], reference: Reference) -> WindowProfile | None:
        """Return the profile of batches together, of those made on this reference and not forgotten; None of none.

        ``batches`` are in order of time, either way.
        """
        same = [one for one in batches if one.reference == reference.reference and one.profile_uri is not None]
        months = [list(group) for _, group in groupby(same, lambda one: one.pk)]
        digest = reference.profile_digest or ""
        return merge_windows(self._profiles(months, digest), digest)

    def _profiles(self, months: Sequence[Sequence[Batch]], digest: str) -> Iterator[bytes]:
        """Yield sums of months, and the profiles of the rest: the first and last month will have other members soon."""
        for place, month in enumerate(months):
            keys = [one.profile_uri for one in month if one.profile_uri is not None]
            inside = 0 < place < len(months) - 1
            if inside and len(keys) >= WORTH:
                yield from self._sum(month[0].model, keys, digest)
            else:
                yield from self._each(keys)

    def _sum(self, model: str, keys: Sequence[str], digest: str) -> Iterator[bytes]:
        key = _key(model, keys, digest)
        there = list(self._each([key]))
        if there:
            yield from there
            return
        there = list(self._each(keys))
        whole = merge_windows(there, digest)
        if whole is None:
            return
        data = whole.to_bytes()
        if len(there) == len(keys):
            self.objects.put(key, data)
        yield data

    def _each(self, keys: Iterable[str]) -> Iterator[bytes]:
        for key in keys:
            with suppress(NotFound):  # forgotten by now
                yield self.objects.get(key)


def _key(model: str, keys: Iterable[str], digest: str) -> str:
    members = hashlib.sha256("\n".join((digest, *sorted(keys))).encode()).hexdigest()
    return f"profiles/{model}/sums/{members}.arrow"
