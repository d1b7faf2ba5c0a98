"""The drift index of a batch: importance-weighted distance, with an interval and one combined p-value; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bellwether.contracts import INDEX_LINES, Lines, Overall, Status, Weights
from bellwether.drift.columns import GONE, HARMLESS, Measured
from bellwether.drift.decision import ALPHA, ENOUGH_ROWS, global_p
from bellwether.drift.methods import BY_SLUG, js
from bellwether.drift.pairs import Pair
from bellwether.drift.sentences import Verdict, summary

RESAMPLES = 200
WIDEST = 64
"""Bins kept apart in resamples; the rarest of a wider column are taken together."""
_SEED = 20_130_101

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Share:
    """One feature's part in the index: its weight, distance, noise floor and evidence."""

    name: str
    weight: float
    distance: float
    floor: float
    p_value: float
    pair: Pair | None

    @property
    def part(self) -> float:
        return self.weight * self.distance


def overall(
    features: Sequence[Measured],
    statuses: Mapping[str, Status],
    importance: Mapping[str, float] | None,
    lines: Lines | None,
    source: Weights | None = None,
    answers: Status = "fine",
) -> Overall:
    """Return index, interval, combined p and verdict over the features; weights sum to 1 over what was scored.

    An input that is gone or changed its type counts as moved entirely, and asks for action whatever the index
    is. Features past their act line ask for a look when the index would pass its watch line had they moved entirely,
    or when nobody knows how much they matter: a part of the data that clearly changed is never lost in a mean. Where
    the model's ``answers`` are past their act line as well, the harm is seen: the verdict is one step worse. What
    drifted is harmless when it is known that the index could not pass its watch line even if all of it moved entirely.
    """
    shares = _shares(features, importance)
    drifted = [s for s in shares if statuses[s.name] in {"watch", "act"}]
    moved = [s for s in shares if statuses[s.name] == "act"]
    rows = [min(s.pair.n, s.pair.m) for s in shares if s.pair is not None]
    enough = bool(rows) and max(rows) >= ENOUGH_ROWS
    score = 100 * sum(s.part for s in shares) if shares else None
    floor = 100 * sum(s.weight * s.floor for s in shares)
    chosen = lines or INDEX_LINES
    watch, act = max(chosen.watch, floor), max(chosen.act, floor)
    p_value = global_p([s.p_value for s in shares], [s.weight for s in shares]) if shares else None
    gone = [s.name for s in shares if s.pair is None and s.weight >= HARMLESS]
    status, reason = _verdict(score, p_value, watch, act, enough, bool(gone))
    reach = 100 * sum(s.weight for s in moved)
    if status == "fine" and moved and (not importance or reach >= watch):
        status, reason = "watch", "features_moved" if importance else "importance_unknown"
    used = 100 * sum(s.weight for s in drifted)
    if moved and answers == "act" and status in {"fine", "watch"}:
        status, reason = "act" if status == "watch" else "watch", "answers_moved"
    harmless = status == "fine" and bool(drifted) and bool(importance) and used < watch
    named = gone if reason == "inputs_gone" else [s.name for s in sorted(drifted, key=lambda s: -s.part)]
    top = named or [s.name for s in sorted((s for s in shares if s.part > 0), key=lambda s: -s.part)]
    scored = len(features)
    needed = ENOUGH_ROWS - max(s.pair.m for s in shares if s.pair is not None) if rows and not enough else 0
    verdict = Verdict(
        status,
        reason,
        score,
        act,
        tuple(top[:3]),
        len(drifted),
        scored,
        reach,
        harmless,
        needed if needed > 0 else None,
    )
    return Overall(
        score=score,
        threshold=act,
        watch=watch,
        status=status,
        reason=reason,
        harmless=harmless,
        method="importance" if importance else "uniform",
        weights=(source or Weights(source="explanation")) if importance else Weights(source="uniform"),
        reach=reach,
        rows_needed=verdict.rows_needed,
        p_value=p_value,
        interval=None if score is None else _interval(shares, score),
        n_features=scored,
        n_drifted=len(drifted),
        share_drifted=len(drifted) / scored if scored else None,
        sentence=summary(verdict, {s.name: s.weight for s in shares} if importance else {}),
    )


def weights(names: Sequence[str], importance: Mapping[str, float] | None) -> dict[str, float]:
    """Return each feature's share of the importance, sum 1; alike when none is known of any."""
    known = [max(0.0, (importance or {}).get(name, 0.0)) for name in names]
    total = sum(known)
    if total <= 0:
        return dict.fromkeys(names, 1.0 / len(names)) if names else {}
    return {name: value / total for name, value in zip(names, known, strict=True)}


def _shares(features: Sequence[Measured], importance: Mapping[str, float] | None) -> list[_Share]:
    scored = [one for one in features if one.score is not None or one.reason in GONE]
    weight = weights([one.column.name for one in scored], importance)
    return [_share(one, weight[one.column.name]) for one in scored]


def _share(one: Measured, weight: float) -> _Share:
    name = one.column.name
    if one.pair is None:
        return _Share(name, weight, 1.0, 0.0, 0.0, None)
    found = next((r for r in one.results if r.method.slug == "js"), None)
    value = BY_SLUG["js"].measure(one.pair).value if found is None else found.found.value
    floor = found.floor if found is not None else None
    return _Share(name, weight, value or 0.0, floor or 0.0, 1.0 if one.evidence is None else one.evidence, one.pair)


def _verdict(
    score: float | None, p_value: float | None, watch: float, act: float, enough: bool, gone: bool
) -> tuple[Status, str | None]:
    if gone:
        return "act", "inputs_gone"
    if score is None or p_value is None:
        return "unknown", "no_features"
    if not enough:
        return "unknown", "not_enough_data"
    if p_value > ALPHA or score < watch:
        return "fine", None
    return ("act" if score >= act else "watch"), None


def _interval(shares: Sequence[_Share], score: float) -> tuple[float, float]:
    """The range 95 % of redrawn batches and references of these sizes would put the index in.

    Redrawing adds the noise of sampling a second time, so the middle of the redrawn indices lies above the
    index; their spread, not their middle, is what is told.
    """
    g = np.random.default_rng(_SEED)
    redrawn = np.zeros(RESAMPLES)
    for share in shares:
        if share.pair is not None and share.weight > 0:
            redrawn += 100 * share.weight * _redrawn(share.pair, g)
    low, high = np.quantile(redrawn - redrawn.mean(), [0.025, 0.975])
    return float(max(0.0, score + low)), float(min(100.0, score + high))


def _redrawn(pair: Pair, g: np.random.Generator) -> Floats:
    """Jensen-Shannon distances of multinomial resamples, shape (RESAMPLES,)."""
    r, x = pair.reference, pair.current
    if r.size > WIDEST:
        order = np.argsort(-(r + x), kind="stable")
        r, x = (np.append(c[order[: WIDEST - 1]], c[order[WIDEST - 1 :]].sum()) for c in (r, x))
    p = g.multinomial(pair.n, r / pair.n, RESAMPLES) / pair.n
    q = g.multinomial(pair.m, x / pair.m, RESAMPLES) / pair.m
    return np.asarray(np.sqrt(np.clip(js.terms(p, q).sum(axis=1), 0.0, 1.0)))
