"""Paired leverage sampling: Shapley values as the solution of a weighted least-squares problem. Pure.

Over all coalitions the weight of size s is (d - 1) / (C(d, s) s (d - s)), and the solution sums to v(all) - v(none).
Coalitions are drawn in complementary pairs, without replacement, the same expected number of every size, and
reweighted by the inverse of their inclusion probability. The standard error is a sandwich over pairs within sizes,
with the finite-population correction (everything drawn: no error) and the small-sample factor
sqrt(pairs / (pairs - d)).

Sources: Lundberg & Lee 2017 (kernel weights); Musco & Witter 2024 (arXiv 2410.01917, leverage sampling).
"""

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from bellwether.explain.games.game import Coalitions, Estimate, Floats, Game

_LIST_UP_TO = 50_000  # coalitions of one size that are listed rather than drawn by rejection


def leverage(game: Game, evaluations: int, rng: np.random.Generator) -> Estimate:
    """Return the least-squares values; errors can be trusted from about 8 evaluations a player on."""
    if game.d == 1:
        return game.of_one_player("leverage")
    z, weight = sample(game.d, evaluations, rng)
    values, error = fit(z, game(z), weight, game.none, game.all)
    pairs = len(z) // 2
    freedom = np.inf if pairs == (1 << (game.d - 1)) - 1 else float(pairs - game.d)
    return Estimate(values, error, freedom, game.evaluations, "leverage")


def sample(d: int, evaluations: int, rng: np.random.Generator) -> tuple[Coalitions, Floats]:
    """Return complementary pairs in adjacent rows, shape (m, d), and their regression weights, shape (m,)."""
    sizes = np.arange(1, d // 2 + 1)
    middle = 2 * sizes == d  # pairs inside one size: half as many
    exist = np.array([comb(d, int(s)) // (2 if mid else 1) for s, mid in zip(sizes, middle, strict=True)], float)
    count = _shared_out(min(max(evaluations // 2, 1), exist.sum()), exist, np.where(middle, 0.5, 1.0))
    z, weight = [], []
    for s, k, pairs, mid in zip(sizes, count, exist, middle, strict=True):
        if k == 0:
            continue
        chosen = _draw(d, int(s), int(k), pairs, bool(mid), rng)
        z.append(np.stack([chosen, ~chosen], axis=1).reshape(-1, d))
        kernel = (d - 1) / (comb(d, int(s)) * s * (d - s))
        weight.append(np.full(2 * k, kernel * pairs / k))
    return np.concatenate(z), np.concatenate(weight)


def _shared_out(wanted: float, exist: Floats, per_size: Floats) -> NDArray[np.int64]:
    """Pairs of each size: c per size, as many as exist at most, summing to ``wanted``."""
    low, high = 0.0, 2.0 * wanted + 2.0
    for _ in range(100):
        c = (low + high) / 2
        low, high = (c, high) if np.minimum(exist, c * per_size).sum() < wanted else (low, c)
    expected = np.minimum(exist, high * per_size)
    count = np.floor(expected).astype(np.int64)
    short = int(wanted) - int(count.sum())
    for i in np.argsort(-(expected - count), kind="stable").tolist() * 2:
        if short > 0 and count[i] < exist[i]:
            count[i] += 1
            short -= 1
    return count


def _draw(d: int, s: int, k: int, pairs: float, middle: bool, rng: np.random.Generator) -> Coalitions:
    """K distinct coalitions of size s, shape (k, d); of the middle size only those that hold player 0."""
    if pairs <= _LIST_UP_TO:
        every = list(combinations(range(1, d), s - 1) if middle else combinations(range(d), s))
        z = np.zeros((k, d), bool)
        for row, i in enumerate(rng.choice(len(every), k, replace=False)):
            z[row, list(every[i])] = True
        if middle:
            z[:, 0] = True
        return z
    found = np.zeros((0, d), bool)
    while len(found) < k:
        z = np.argsort(np.argsort(rng.random((2 * k, d)), axis=1), axis=1) < s
        if middle:
            z = np.where(z[:, :1], z, ~z)
        both = np.concatenate([found, z])
        _, first = np.unique(np.packbits(both, axis=1), axis=0, return_index=True)
        found = both[np.sort(first)][:k]
    return found


def fit(z: Coalitions, worth: Floats, weight: Floats, none: Floats, total: Floats) -> tuple[Floats, Floats]:
    """Weighted least squares for every row; values and standard errors, shape (n, d).

    Parameters
    ----------
    z
        Shape (m, d), complements in adjacent rows.
    worth
        Shape (n, m).
    none, total
        Worth of nobody and of everybody, shape (n,): values sum to ``total - none``.
    """
    m, d = z.shape
    mean = (total - none) / d
    centre = np.eye(d) - 1 / d  # removes the constraint: phi = mean + centre psi
    b = z.astype(np.float64) @ centre
    y = worth - none[:, None] - mean[:, None] * z.sum(1)
    # rank d - 1: the default cut-off lets the null direction through (error 6e-3 where the answer is exact)
    inverse = np.linalg.pinv(b.T @ (b * weight[:, None]), rcond=1e-10, hermitian=True)
    pull = (b * weight[:, None]) @ inverse @ centre  # what one coalition's worth adds to each value
    psi = y @ (b * weight[:, None]) @ inverse
    values, pairs = mean[:, None] + y @ pull, m // 2
    if pairs == (1 << (d - 1)) - 1:  # every coalition was evaluated
        return values, np.zeros_like(values)
    if pairs <= d:
        return values, np.full_like(values, np.inf)
    residual = y - psi @ b.T
    size = np.minimum(z.sum(1), d - z.sum(1))[0::2]
    variance = np.stack([_variance(row, pull, size, d) for row in residual])
    return values, np.sqrt(variance * pairs / (pairs - d))


def _variance(residual: Floats, pull: Floats, size: NDArray[np.int64], d: int) -> Floats:
    """Sandwich over pairs, centred within each size, with its finite-population correction; shape (d,)."""
    score = pull * residual[:, None]
    score = score[0::2] + score[1::2]  # a pair is the sampling unit
    variance = np.zeros(d)
    for s in np.unique(size):
        q = score[size == s]
        n, exist = len(q), comb(d, int(s)) // (2 if 2 * s == d else 1)
        if n > 1:
            variance += (1 - n / exist) * n / (n - 1) * ((q - q.mean(0)) ** 2).sum(0)
        elif n < exist:
            variance += (q**2).sum(0)
    return variance
