"""What is wrong with columns and rows: shares that rose, with size and evidence, and columns gone bad; pure.

Each share of the window (missing, infinite, unseen, beyond the reference's range, rows that repeat) is tested against
the reference's by the two-proportion z test; q-values by Benjamini-Hochberg over all of one batch. A share that falls
is no issue.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

from scipy import special

from bellwether.contracts import Issue, IssueKind, Status
from bellwether.drift.decision import ENOUGH_ROWS, q_values
from bellwether.profile import (
    CategoricalReference,
    CategoricalWindow,
    DerivedReference,
    DerivedWindow,
    NumericReference,
    NumericWindow,
    ReferencePart,
    Unusable,
    WindowPart,
)

WATCH, ACT = 0.01, 0.1
"""Rise of a share that calls for a look, and for action: conventions, safe because evidence is needed as well."""
ALPHA = 0.01

Parts = tuple[ReferencePart, WindowPart]
Share = tuple[IssueKind, tuple[int, int], tuple[int, int]]
"""What, then (rows concerned, rows) of the reference and of the window."""


def issues(columns: Mapping[str, Parts], rows: Sequence[Share] = ()) -> dict[str | None, tuple[Issue, ...]]:
    """Return what is wrong with each column, the worst first, and under None with ``rows`` as a whole.

    What has nothing wrong is left out.
    """
    found: dict[str | None, list[Issue]] = {}
    named: list[tuple[str | None, Share]] = [(name, one) for name, parts in columns.items() for one in shares(*parts)]
    named += [(None, one) for one in rows]
    tests = {f"{share[0]}|{name or ''}": (name, share) for name, share in named if _big(share)}
    q = q_values({key: two_proportions(share[1], share[2]) for key, (_, share) in tests.items()})
    for key, (name, (kind, (a, n), (b, m))) in tests.items():
        rise = b / m - a / n
        if rise >= WATCH and q[key] <= ALPHA:
            status: Status = "act" if rise >= ACT else "watch"
            one = Issue(kind=kind, status=status, reference=a / n, current=b / m, q_value=q[key])
            found.setdefault(name, []).append(one)
    for name, (reference, window) in columns.items():
        if (state := _state(reference, window)) is not None:
            found.setdefault(name, []).append(state)
    return {
        name: tuple(sorted(some, key=lambda one: (one.status, -(one.current or 1)))) for name, some in found.items()
    }


def shares(reference: ReferencePart, window: WindowPart) -> Iterator[Share]:
    """Yield what can be counted of a column; of levels and range the reference has nothing beyond, by definition."""
    match reference, window:
        case NumericReference(), NumericWindow():
            n, m = reference.rows, window.rows
            yield "missing", (reference.missing, n), (window.missing, m)
            infinite = reference.above + reference.below, window.above + window.below
            yield "infinite", (infinite[0], n), (infinite[1], m)
            if reference.n:
                yield "below_min", (0, n), (int(window.counts[0] - window.tied[0]), m)
                yield "above_max", (0, n), (int(window.counts[-1]), m)
        case CategoricalReference(), CategoricalWindow():
            yield "missing", (reference.missing, reference.rows), (window.missing, window.rows)
            yield "unseen", (0, reference.rows), (window.new, window.rows)
        case DerivedReference(), DerivedWindow():
            yield "missing", (reference.missing, reference.rows), (window.missing, window.rows)


def two_proportions(reference: tuple[int, int], window: tuple[int, int]) -> float:
    """Return the two-sided p-value of equal shares, in [0, 1], by the pooled z test."""
    (a, n), (b, m) = reference, window
    pooled = (a + b) / (n + m)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return 1.0 if spread == 0 else float(2 * special.ndtr(-abs(b / m - a / n) / spread))


def _big(share: Share) -> bool:
    return min(share[1][1], share[2][1]) >= ENOUGH_ROWS


def _state(reference: ReferencePart, window: WindowPart) -> Issue | None:
    match reference, window:
        case Unusable(), _:
            return None
        case _, Unusable(reason="column_missing" | "type_changed" as reason, detail=detail):
            return Issue(kind=reason, status="act", detail=detail)
        case NumericReference(), NumericWindow() if window.n >= ENOUGH_ROWS and not reference.constant:
            if window.smallest == window.largest:
                return Issue(kind="constant", status="watch", detail=f"always {window.smallest + reference.origin:g}")
    return None
