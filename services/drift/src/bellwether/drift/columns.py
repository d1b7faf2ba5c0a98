"""One column of a report: what was measured, and what is said about it; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bellwether.contracts import Column, Contribution, FeatureDrift, Kind, Lines, Model, Rates, Status
from bellwether.drift.decision import ALPHA, CORRECTED, ENOUGH_ROWS, Sized, result, sized, status_of
from bellwether.drift.derived import phrase
from bellwether.drift.methods import BY_SLUG, DEFAULTS, METHODS
from bellwether.drift.pairs import Pair, pair_of
from bellwether.drift.sentences import describe
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
from bellwether.profile.times import comparable

NAMED = 50
"""Category names a report lists; the rest is counted."""
HARMLESS = 0.01
"""Share of the importance below which drift of a feature hardly moves the model."""
IDENTIFIER = 0.9
"""Distinct levels per row above which text is an identifier and says nothing by its levels."""
GONE = frozenset({"column_missing", "type_changed"})
"""States of an input that need action at once."""

ReportRole = Literal["feature", "prediction", "score", "label"]


@dataclass(frozen=True, slots=True)
class Measured:
    """A column with its measurements, before the correction over all columns.

    ``results[0]`` is the headline; ``evidence`` the p-value that decides for it; without a pair ``reason``
    says why.
    """

    column: Column
    reference: ReferencePart
    window: WindowPart
    lines: Lines
    pair: Pair | None = None
    results: tuple[Sized, ...] = ()
    evidence: float | None = None
    reason: str | None = None

    @property
    def role(self) -> ReportRole:
        """Role of the column in a report."""
        role = self.column.role
        assert role in {"feature", "prediction", "score", "label"}
        return role

    @property
    def of(self) -> str | None:
        """What of the column the headline measured, where it is not its values."""
        return self.results[0].of if self.results else None

    @property
    def compared(self) -> tuple[ReferencePart, WindowPart]:
        """The parts the headline compared."""
        if self.of and isinstance(self.reference, DerivedReference) and isinstance(self.window, DerivedWindow):
            return self.reference.parts[self.of], self.window.parts[self.of]
        return self.reference, self.window

    @property
    def score(self) -> float | None:
        """Value of the headline."""
        return self.results[0].found.value if self.results else None


def measure(column: Column, reference: ReferencePart, window: WindowPart, model: Model) -> Measured:
    """Return what the methods of this kind say of one column; never raises."""
    chosen = model.thresholds.features.get(column.name)
    slugs = _methods(column.kind, model)
    default = BY_SLUG[slugs[0]].lines
    lines = chosen or default or Lines(watch=0.0, act=0.0)
    reason = _unmeasurable(reference, window)
    if reason is not None:
        return Measured(column, reference, window, lines, reason=reason)
    if isinstance(reference, DerivedReference) and isinstance(window, DerivedWindow):
        return _derived(Measured(column, reference, window, lines), reference, window)
    assert isinstance(reference, NumericReference | CategoricalReference)
    assert isinstance(window, NumericWindow | CategoricalWindow)
    pair = pair_of(reference, window)
    h = 0.0 if pair.empty else pair.h
    results = tuple(sized(BY_SLUG[slug], BY_SLUG[slug].measure(pair), h) for slug in slugs)
    return Measured(column, reference, window, lines, pair, results, _evidence(results), pair.empty)


def _methods(kind: Kind, model: Model) -> tuple[str, ...]:
    """The methods of a kind: the chosen headline, if it can decide for this kind, the usual ones, those asked for."""
    usual = DEFAULTS[kind]
    method = BY_SLUG.get(model.thresholds.headline.get(kind, usual[0]))
    able = method is not None and method.lines is not None and kind in method.kinds
    asked = (one.slug for one in METHODS if one.slug in model.methods and kind in one.kinds)
    return tuple(dict.fromkeys((*([method.slug] if able and method else []), *usual, *asked)))


def _derived(one: Measured, reference: DerivedReference, window: DerivedWindow) -> Measured:
    """Measure what was derived of a column; its own p-value times their number decides for the clearest."""
    method = BY_SLUG[DEFAULTS[one.column.kind][0]]
    pairs = {name: pair_of(reference.parts[name], window.parts[name]) for name in comparable(reference, window)}
    pairs = {name: pair for name, pair in pairs.items() if not pair.empty}
    if not pairs:
        return replace(one, reason="no_rows" if not window.rows else "span_too_short")
    found = {name: replace(sized(method, method.measure(pair), pair.h), of=name) for name, pair in pairs.items()}
    tests = len(found)

    def clearest(name: str) -> tuple[bool, float]:
        p_value = min(1.0, tests * (found[name].found.p_value or 0.0))
        return (p_value <= ALPHA, (found[name].found.value or 0.0) if p_value <= ALPHA else -p_value)

    first = max(found, key=clearest)
    evidence = min(1.0, tests * (found[first].found.p_value or 0.0))
    rest = (result for name, result in found.items() if name != first)
    return replace(one, pair=pairs[first], results=(found[first], *rest), evidence=evidence)


def _unmeasurable(reference: ReferencePart, window: WindowPart) -> str | None:
    for part in (reference, window):
        if isinstance(part, Unusable):
            return part.reason
    if isinstance(reference, CategoricalReference):
        many = reference.n >= ENOUGH_ROWS and reference.distinct > IDENTIFIER * reference.n
        if many:
            return "identifier"
        return None if isinstance(window, CategoricalWindow) else "type_changed"
    wanted = DerivedWindow if isinstance(reference, DerivedReference) else NumericWindow
    return None if isinstance(window, wanted) else "type_changed"


def _evidence(results: tuple[Sized, ...]) -> float | None:
    """The headline's p-value, or that of the method that stands in for it."""
    headline = results[0]
    if headline.found.p_value is not None or headline.method.gate is None:
        return headline.found.p_value
    found = {one.method.slug: one.found.p_value for one in results}
    return found.get(headline.method.gate)


def conclude(one: Measured, q_value: float | None, importance: float | None, rows: Mapping[str, int]) -> FeatureDrift:
    """Return the report's entry of one column; ``rows``: rows of ``reference`` and ``current`` tables."""
    status, reason = _status(one, q_value)
    names, needed = _names(one), _rows_needed(one) if reason == "not_enough_data" else None
    return FeatureDrift(
        feature=one.column.name,
        role=one.role,
        kind=one.column.kind,
        status=status,
        reason=reason,
        score=one.score,
        score_observed=_observed(one),
        q_value=q_value,
        importance=importance,
        harmless=status in {"watch", "act"} and importance is not None and importance < HARMLESS,
        rows_needed=needed,
        missing=_missing(one, rows),
        below_min_rate=_outside(one, "below"),
        above_max_rate=_outside(one, "above"),
        new_categories=names.new[:NAMED],
        new_categories_total=names.total,
        vanished_categories=names.vanished[:NAMED],
        contributions=_contributions(one),
        methods=tuple(
            result(sized_, one.lines, q_value, CORRECTED)
            if i == 0
            else result(sized_, sized_.method.lines, _own(sized_, one))
            for i, sized_ in enumerate(one.results)
        ),
        sentence=describe(
            phrase(one.column.name, one.of), status, reason, one.pair, *one.compared, one.results, needed
        ),
    )


def _own(companion: Sized, one: Measured) -> float | None:
    if companion.found.p_value is not None or companion.method.gate is None:
        return companion.found.p_value
    return next((s.found.p_value for s in one.results if s.method.slug == companion.method.gate), None)


def _status(one: Measured, q_value: float | None) -> tuple[Status, str | None]:
    if one.reason is not None:
        return ("act" if one.reason in GONE and one.role != "label" else "unknown"), one.reason
    assert one.pair is not None
    if min(one.pair.n, one.pair.m) < ENOUGH_ROWS:
        return "unknown", "not_enough_data"
    headline = one.results[0]
    if headline.found.value is None:
        return "unknown", headline.found.reason
    return status_of(headline, one.lines, q_value), None


def _rows_needed(one: Measured) -> int | None:
    """Rows the batch lacks before there is a verdict; None where it is the reference that is too small."""
    if one.pair is None or one.pair.n < ENOUGH_ROWS:
        return None
    return max(0, ENOUGH_ROWS - one.pair.m) or None


def _observed(one: Measured) -> float | None:
    """The headline without the missing bin."""
    if one.pair is None or not one.results or one.pair.observed.empty:
        return None
    return one.results[0].method.measure(one.pair.observed).value


def _missing(one: Measured, rows: Mapping[str, int]) -> Rates:
    def rate(part: ReferencePart | WindowPart) -> float | None:
        return None if isinstance(part, Unusable) or not part.rows else part.missing / part.rows

    gone = isinstance(one.window, Unusable) and one.window.reason == "column_missing" and rows["current"]
    return Rates(reference=rate(one.reference), current=1.0 if gone else rate(one.window))


def _outside(one: Measured, side: Literal["below", "above"]) -> float | None:
    """Share of the window's numbers beyond the reference's smallest or largest."""
    window = one.window
    if not isinstance(window, NumericWindow) or not isinstance(one.reference, NumericReference):
        return None
    values = window.n + window.above + window.below
    if not values or not one.reference.n:
        return None
    finite = window.counts[0] - window.tied[0] if side == "below" else window.counts[-1]
    return float((int(finite) + (window.below if side == "below" else window.above)) / values)


@dataclass(frozen=True, slots=True)
class _Names:
    new: tuple[str, ...] = ()
    total: int = 0
    vanished: tuple[str, ...] = ()


def _names(one: Measured) -> _Names:
    """Levels the reference never had, and levels whose absence luck explains once in a hundred at most."""
    reference, window = one.reference, one.window
    if not isinstance(reference, CategoricalReference) or not isinstance(window, CategoricalWindow):
        return _Names()
    absent = window.counts[: reference.kept] == 0
    sure = (1.0 - reference.counts[: reference.kept] / max(reference.rows, 1)) ** window.rows < 0.01
    vanished = tuple(reference.levels[i] for i in (absent & sure).nonzero()[0])
    return _Names(tuple(window.unseen), window.unseen_levels, vanished)


def _contributions(one: Measured) -> tuple[Contribution, ...]:
    """The five bins that add most to the headline, those below one per cent left out."""
    if one.pair is None or not one.results:
        return ()
    parts = one.results[0].found.parts
    total = float(parts.sum()) if parts.size else 0.0
    if total <= 0:
        return ()
    order = (-parts).argsort(kind="stable")[:5]
    shares = ((one.pair.labels[i], float(parts[i]) / total) for i in order)
    return tuple(Contribution(bin=label, share=min(1.0, share)) for label, share in shares if share >= 0.01)
