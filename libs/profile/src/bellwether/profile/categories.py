"""A categorical or boolean column: rows per level of a reference, and of a window; pure.

The most frequent reference levels keep counts of their own; the rest of the reference is ``other``. A level
the reference never had keeps its name, as long as there are not too many.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bellwether.profile.kernels.port import Counts, Kernel

KEPT_LEVELS = 1_000
KNOWN_LEVELS = 100_000
NAMED_UNSEEN = 5_000

Codes = Iterable[tuple[NDArray[np.int32], list[str | None]]]


@dataclass(frozen=True)
class CategoricalReference:
    """Levels of a reference column, most frequent first, ties by name.

    ``levels`` and ``counts`` run in parallel, at most ``KNOWN_LEVELS``; the first ``KEPT_LEVELS`` are scored
    on their own, the rest together as ``other``. ``beyond``: rows of levels past ``KNOWN_LEVELS``; then a
    level not known here may be rare rather than new, and counts as ``other``. ``distinct``: levels in all.
    """

    levels: tuple[str, ...]
    counts: Counts
    missing: int
    beyond: int = 0
    distinct: int = 0

    @property
    def n(self) -> int:
        """Values that are not missing."""
        return int(self.counts.sum()) + self.beyond

    @property
    def rows(self) -> int:
        """All values."""
        return self.n + self.missing

    @cached_property
    def kept(self) -> int:
        """Levels scored on their own."""
        return min(len(self.levels), KEPT_LEVELS)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Level to its place; ``kept`` for those that count as ``other``."""
        return {level: min(i, self.kept) for i, level in enumerate(self.levels)}

    @cached_property
    def bins(self) -> Counts:
        """Rows of each kept level and, last, of ``other``, shape (kept + 1,)."""
        other = self.counts[self.kept :].sum() + self.beyond
        return np.append(self.counts[: self.kept], other).astype(np.int64)


@dataclass(frozen=True, slots=True)
class CategoricalWindow:
    """Rows per bin of a reference, shape (kept + 1,), last ``other``; and of levels it never had.

    ``unseen`` holds at most ``NAMED_UNSEEN`` names, the most frequent; ``unnamed`` counts the rows of the
    others, ``unseen_levels`` all such levels of one pass (of a sum: a lower bound once names were left out).
    """

    counts: Counts
    missing: int
    unseen: Mapping[str, int] = field(default_factory=dict)
    unnamed: int = 0
    unseen_levels: int = 0
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Values that are not missing."""
        return int(self.counts.sum()) + self.new

    @property
    def new(self) -> int:
        """Values of levels the reference never had."""
        return sum(self.unseen.values()) + self.unnamed

    @property
    def rows(self) -> int:
        """All values."""
        return self.n + self.missing

    def __add__(self, other: "CategoricalWindow") -> "CategoricalWindow":
        """Counts of both."""
        merged = Counter(self.unseen)
        merged.update(other.unseen)
        named, unnamed = name_unseen(merged)
        hidden = max(self.unseen_levels - len(self.unseen), other.unseen_levels - len(other.unseen), 0)
        return CategoricalWindow(
            self.counts + other.counts,
            self.missing + other.missing,
            named,
            self.unnamed + other.unnamed + unnamed,
            len(merged) + hidden,
            tuple(dict.fromkeys((*self.notes, *other.notes))),
        )


def fit_categories(chunks: Codes, kernel: Kernel) -> CategoricalReference:
    """Return the levels of a column given as dictionary codes, chunk by chunk."""
    return levels_of(*_count(chunks, kernel))


def levels_of(totals: Mapping[str, int], missing: int) -> CategoricalReference:
    """Return a reference from rows per level, and rows missing."""
    ordered = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    known = ordered[:KNOWN_LEVELS]
    counts = np.array([count for _, count in known], dtype=np.int64)
    beyond = sum(count for _, count in ordered[KNOWN_LEVELS:])
    return CategoricalReference(tuple(level for level, _ in known), counts, missing, beyond, len(ordered))


def count_categories(chunks: Codes, reference: CategoricalReference, kernel: Kernel) -> CategoricalWindow:
    """Return the window of a column given as dictionary codes, chunk by chunk."""
    return window_of(*_count(chunks, kernel), reference)


def window_of(totals: Mapping[str, int], missing: int, reference: CategoricalReference) -> CategoricalWindow:
    """Return a window from rows per level, and rows missing."""
    counts = np.zeros(reference.kept + 1, dtype=np.int64)
    unseen: Counter[str] = Counter()
    for level, rows in totals.items():
        place = reference.places.get(level)
        if place is not None:
            counts[place] += rows
        elif reference.beyond:
            counts[-1] += rows
        else:
            unseen[level] = rows
    named, unnamed = name_unseen(unseen)
    return CategoricalWindow(counts, missing, named, unnamed, len(unseen))


def _count(chunks: Codes, kernel: Kernel) -> tuple[dict[str, int], int]:
    """Rows per level, and rows missing."""
    totals: dict[str, int] = {}
    missing = 0
    for codes, levels in chunks:
        counts = np.zeros(len(levels) + 1, dtype=np.int64)
        kernel.codes(codes, counts)
        missing += int(counts[-1])
        for place in np.flatnonzero(counts[:-1]):
            level = levels[place]
            if level is None:
                missing += int(counts[place])
            else:
                totals[level] = totals.get(level, 0) + int(counts[place])
    return totals, missing


def name_unseen(unseen: Counter[str]) -> tuple[dict[str, int], int]:
    """Return the most frequent names, ties by name, at most ``NAMED_UNSEEN``, and the rows of the rest."""
    ordered = sorted(unseen.items(), key=lambda item: (-item[1], item[0]))
    return dict(ordered[:NAMED_UNSEEN]), sum(rows for _, rows in ordered[NAMED_UNSEEN:])
