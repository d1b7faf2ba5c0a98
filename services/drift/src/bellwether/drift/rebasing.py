"""Earlier windows in place of the stored reference: a trailing reference, from profiles alone; pure.

The bins stay those of the stored reference, so that windows add and values are comparable along the series; only
the counts in them are those of the earlier windows. Levels these have and the stored reference never had are known
from then on.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from operator import add

import numpy as np

from bellwether.profile import (
    CategoricalReference,
    CategoricalWindow,
    DerivedReference,
    DerivedWindow,
    NumericReference,
    NumericWindow,
    ReferencePart,
    ReferenceProfile,
    Unusable,
    WindowPart,
    WindowProfile,
)
from bellwether.profile.categories import KEPT_LEVELS

_NOT_THERE = Unusable("column_missing")


def merged(windows: Iterable[WindowProfile]) -> WindowProfile | None:
    """Return the profile of all windows together; None of none."""
    found = list(windows)
    return reduce(add, found) if found else None


def rebase(
    stored: ReferenceProfile, past: WindowProfile, window: WindowProfile
) -> tuple[ReferenceProfile, WindowProfile]:
    """Return ``past`` as a reference and ``window`` as a window on it; both were made on ``stored``."""
    pairs = {
        name: _rebase(part, past.parts.get(name, _NOT_THERE), window.parts.get(name, _NOT_THERE))
        for name, part in stored.parts.items()
    }
    reference = ReferenceProfile(stored.columns, past.rows, {name: pair[0] for name, pair in pairs.items()})
    parts = {name: pair[1] for name, pair in pairs.items()}
    return reference, WindowProfile(reference.digest, window.rows, parts, window.new_columns)


def _rebase(stored: ReferencePart, past: WindowPart, window: WindowPart) -> tuple[ReferencePart, WindowPart]:
    match stored, past, window:
        case NumericReference(), NumericWindow(), NumericWindow():
            return _numbers(stored, past), replace(window, exact=None)  # exact against other rows
        case CategoricalReference(), CategoricalWindow(), CategoricalWindow():
            return _levels(stored, past, window)
        case DerivedReference(), DerivedWindow(), DerivedWindow():
            return _derived(stored, past, window)
        case DerivedReference(), DerivedWindow(), _:
            return _derived(stored, past, past)[0], window
        case NumericReference(), NumericWindow(), _:
            return _numbers(stored, past), window
        case _:
            return (past if isinstance(past, Unusable) else stored), window


def _derived(
    stored: DerivedReference, past: DerivedWindow, window: DerivedWindow
) -> tuple[DerivedReference, DerivedWindow]:
    pairs = {name: _rebase(part, past.parts[name], window.parts[name]) for name, part in stored.parts.items()}
    references = {
        name: one for name, (one, _) in pairs.items() if isinstance(one, NumericReference | CategoricalReference)
    }
    windows = {name: one for name, (_, one) in pairs.items() if isinstance(one, NumericWindow | CategoricalWindow)}
    reference = replace(stored, parts=references, missing=past.missing, rows=past.rows, span=past.span)
    return reference, replace(window, parts=windows)


def _numbers(stored: NumericReference, past: NumericWindow) -> NumericReference:
    n = past.n
    return replace(
        stored,
        counts=past.counts,
        tied=past.tied,
        sums=past.sums,
        missing=past.missing,
        above=past.above,
        below=past.below,
        mean=stored.mean + past.total / n if n else stored.mean,
        m2=max(0.0, past.square - past.total**2 / n) if n else 0.0,
        values=None,
    )


def _levels(
    stored: CategoricalReference, past: CategoricalWindow, window: CategoricalWindow
) -> tuple[CategoricalReference, CategoricalWindow]:
    kept = stored.kept
    learnt = list(past.unseen)[: KEPT_LEVELS - kept]
    folded = [level for level in past.unseen if level not in set(learnt)]
    beyond = int(past.counts[-1]) + past.unnamed + sum(past.unseen[level] for level in folded)
    reference = CategoricalReference(
        (*stored.levels[:kept], *learnt),
        np.r_[past.counts[:kept], [past.unseen[level] for level in learnt]].astype(np.int64),
        past.missing,
        beyond,
        max(stored.distinct, kept) + past.unseen_levels,
    )
    known = {*learnt, *folded}
    other = int(window.counts[-1]) + sum(window.unseen.get(level, 0) for level in folded)
    counts = np.r_[window.counts[:kept], [window.unseen.get(level, 0) for level in learnt], other].astype(np.int64)
    unseen = {level: rows for level, rows in window.unseen.items() if level not in known}
    fewer = len(window.unseen) - len(unseen)
    return reference, replace(window, counts=counts, unseen=unseen, unseen_levels=window.unseen_levels - fewer)
