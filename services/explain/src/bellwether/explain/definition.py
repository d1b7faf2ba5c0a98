"""Shapley values by the definition. Exponential: for few players, and the independent source of every test. Pure.

Source: Shapley 1953; path-dependent game of a tree: Lundberg et al. 2020 (doi 10.1038/s42256-019-0138-9).
"""

from collections.abc import Callable, Sequence
from math import factorial

import numpy as np
from numpy.typing import NDArray

from bellwether.explain.trees.ensemble import CategorySets, Ensemble, Floats, Tree


def shapley(worth: Floats) -> Floats:
    """Return the Shapley values of a game, shape (..., d).

    Parameters
    ----------
    worth
        Shape (..., 2^d); bit j of the index says whether player j has joined.

    Examples
    --------
    One left glove and two right ones; a pair is worth 1 (Osborne & Rubinstein 1994, example 259.3):

    >>> shapley(np.array([0.0, 0, 0, 1, 0, 1, 0, 1])).round(3).tolist()
    [0.667, 0.167, 0.167]
    """
    d = worth.shape[-1].bit_length() - 1
    index = np.arange(1 << d)
    size = np.array([int(i).bit_count() for i in index])
    weight = np.array([factorial(s) * factorial(d - s - 1) / factorial(d) for s in range(d)])
    phi = np.zeros((*worth.shape[:-1], d))
    for j in range(d):
        without = index[(index >> j) & 1 == 0]
        phi[..., j] = ((worth[..., without | 1 << j] - worth[..., without]) * weight[size[without]]).sum(-1)
    return phi


def interventional(
    predict: Callable[[Floats], NDArray[np.floating]],
    rows: Floats,
    background: Floats,
    groups: Sequence[int] | None = None,
) -> Floats:
    """Return values where S is worth the mean output with S from the row, the others from the background row."""
    player = np.arange(rows.shape[1]) if groups is None else np.asarray(groups)
    d = int(player.max()) + 1
    joins = ((np.arange(1 << d)[:, None] >> np.arange(d)) & 1).astype(bool)[:, player]
    worth = [
        np.asarray(predict(np.where(joins[:, None, :], row, background).reshape(-1, rows.shape[1])), np.float64)
        .reshape(1 << d, -1)
        .mean(1)
        for row in rows
    ]
    return shapley(np.stack(worth))


def path_dependent(ensemble: Ensemble, rows: Floats, groups: Sequence[int] | None = None) -> Floats:
    """Return values where S is worth: follow the row where S tests, else average the children by cover.

    A node that no training row reached gives its children a half each.
    """
    player = np.arange(ensemble.n_features) if groups is None else np.asarray(groups)
    d = int(player.max()) + 1
    worth = [
        [sum(_expected(tree, 0, row, s, player) for tree in ensemble.trees) for s in range(1 << d)]
        for row in ensemble.rows(rows)
    ]
    return shapley(np.array(worth))


def output(ensemble: Ensemble, rows: Floats) -> Floats:
    """Return what the ensemble answers, shape (n rows,), one node at a time."""
    everyone, nobody = -1, np.arange(ensemble.n_features)
    answers = [sum(_expected(tree, 0, row, everyone, nobody) for tree in ensemble.trees) for row in ensemble.rows(rows)]
    return ensemble.offset + np.array(answers, np.float64)


def _expected(tree: Tree, node: int, row: Floats, joined: int, player: NDArray[np.integer]) -> float:
    left, right = int(tree.left[node]), int(tree.right[node])
    if left < 0:
        return float(tree.value[node])
    feature = tree.feature[node]
    if (joined >> int(player[feature])) & 1:
        return _expected(tree, left if _left(tree, node, float(row[feature])) else right, row, joined, player)
    cover = tree.cover
    parts = [cover[c] / cover[node] if cover[node] > 0 else 0.5 for c in (left, right)]
    below = zip(parts, (left, right), strict=True)
    return float(sum(part * _expected(tree, c, row, joined, player) for part, c in below if part > 0))


def _left(tree: Tree, node: int, x: float) -> bool:
    if np.isnan(x):
        return bool(tree.missing_left[node])
    if tree.sets is None or tree.sets.first[node] < 0:
        return x <= float(tree.threshold[node])
    return _in(tree.sets, node, x)


def _in(sets: CategorySets, node: int, x: float) -> bool:
    words = sets.bits[sets.first[node] : sets.first[node] + sets.words[node]]
    if not 0 <= x < 32 * len(words):
        return bool(sets.other_left[node])
    return bool((int(words[int(x) // 32]) >> (int(x) % 32)) & 1)
