"""From contributions of rows to what is said about a batch: importance with its errors, ranks, directions. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from bellwether.contracts import CategoryEffect, Importance
from bellwether.explain.columns import Floats

MOST_FEATURES = 200
MOST_CATEGORIES = 10
BOOTSTRAPS = 200
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Values:
    """One feature's values in the explained rows: numbers (missing as NaN), or a label per row (missing as None)."""

    numbers: Floats | None = None
    labels: NDArray[np.object_] | None = None


def importances(
    contributions: Floats,
    names: Sequence[str],
    *,
    population: int | None = None,
    values: Sequence[Values] = (),
    std_error: Floats | None = None,
    rng: np.random.Generator | None = None,
) -> tuple[tuple[Importance, ...], float]:
    """Return mean absolute contribution per feature, largest first, and the share of those beyond ``MOST_FEATURES``.

    Parameters
    ----------
    contributions
        Shape (n rows, f features), output units.
    population
        Rows the n were drawn from; None: as many. With all rows explained nothing is uncertain.
    std_error
        Of the contributions, where they are estimated: absolute values are then biased upwards by noise, and the
        expected bias is taken off.
    rng
        Of the bootstrap; None: no rank intervals.

    Notes
    -----
    Standard error: sd(abs phi) / sqrt(n) * sqrt(1 - n / N). Rank interval: 2.5 % and 97.5 % of the rank over
    ``BOOTSTRAPS`` draws of the rows, spread by the same factor.
    """
    n = len(contributions)
    size = magnitudes(contributions, std_error)
    mean = np.maximum(size.mean(axis=0), 0.0)
    total = float(mean.sum())
    drawn = np.sqrt(max(0.0, 1.0 - n / max(population or n, n)))
    error = size.std(axis=0, ddof=1) / np.sqrt(n) * drawn if n > 1 else None
    order = np.argsort(-mean, kind="stable")
    ranks = None if rng is None or n < 2 else _rank_intervals(size, mean, float(drawn), rng)
    found = []
    for rank, j in enumerate(order[:MOST_FEATURES].tolist(), start=1):
        direction, categories = _direction(contributions[:, j], values[j]) if values else (None, ())
        found.append(
            Importance(
                feature=names[j],
                importance=float(mean[j]),
                share=float(mean[j]) / total if total > 0 else 0.0,
                std_error=None if error is None else float(error[j]),
                interval=None if error is None else _interval(float(mean[j]), float(error[j])),
                rank=rank,
                rank_interval=None if ranks is None else (int(ranks[0, j]), int(ranks[1, j])),
                direction=direction,
                mean=float(contributions[:, j].mean()),
                categories=categories,
            )
        )
    rest = float(mean[order[MOST_FEATURES:]].sum())
    return tuple(found), rest / total if total > 0 else 0.0


def magnitudes(contributions: Floats, std_error: Floats | None = None) -> Floats:
    """Return absolute contributions, less what noise of this size adds to them on average."""
    size = np.abs(contributions)
    if std_error is None:
        return size
    noise = np.where(np.isfinite(std_error), std_error, 0.0)
    ratio = np.divide(size, noise, out=np.full_like(size, np.inf), where=noise > 0)
    # mean of the folded normal distribution, less its centre
    with np.errstate(over="ignore"):
        bias = noise * np.sqrt(2 / np.pi) * np.exp(-0.5 * ratio**2) - 2 * size * special.ndtr(-ratio)
    return np.asarray(size - bias)


def _interval(mean: float, error: float) -> tuple[float, float]:
    return max(0.0, mean - Z95 * error), mean + Z95 * error


def _rank_intervals(size: Floats, mean: Floats, drawn: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """2.5 % and 97.5 % of each feature's rank, shape (2, f)."""
    n, f = size.shape
    boot = np.empty((BOOTSTRAPS, f))
    for b in range(BOOTSTRAPS):
        boot[b] = np.bincount(rng.integers(0, n, n), minlength=n) @ size / n
    boot = mean + drawn * (boot - mean)
    ranks = np.argsort(np.argsort(-boot, axis=1, kind="stable"), axis=1) + 1
    return np.asarray(np.quantile(ranks, [0.025, 0.975], axis=0, method="nearest"), np.int64)


def _direction(phi: Floats, values: Values) -> tuple[float | None, tuple[CategoryEffect, ...]]:
    if values.numbers is not None:
        known = ~np.isnan(values.numbers)
        return _spearman(values.numbers[known], phi[known]), ()
    if values.labels is None:
        return None, ()
    labels = np.array(["(missing)" if v is None else str(v) for v in values.labels])
    names, index, counts = np.unique(labels, return_inverse=True, return_counts=True)
    sums = np.bincount(index, phi, len(names))
    common = np.argsort(-counts, kind="stable")[:MOST_CATEGORIES]
    return None, tuple(
        CategoryEffect(category=str(names[c])[:200], rows=int(counts[c]), mean=float(sums[c] / counts[c]))
        for c in common
    )


def _spearman(x: Floats, phi: Floats) -> float | None:
    """Rank correlation in [-1, 1]; None where either is constant."""
    if len(x) < 3:
        return None
    a, b = stats.rankdata(x), stats.rankdata(phi)
    a, b = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(np.clip(a @ b / spread, -1.0, 1.0)) if spread > 0 else None
