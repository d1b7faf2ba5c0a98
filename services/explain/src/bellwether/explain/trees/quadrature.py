"""Exact path-dependent Shapley values for trees of any depth, by Gauss-Legendre quadrature.

For a leaf with value v, players 1..k on its path, p_j the product of the cover ratios of player j's nodes and a_j = 1
if the row satisfies them all, else 0, the leaf's game is multilinear, and

    phi_f = v (a_f - p_f) * integral_0^1 prod_{j != f} (t a_j + (1 - t) p_j) dt.

The integrand has degree k - 1, so ceil(k / 2) nodes integrate it exactly. All factors are positive: no cancellation,
unlike the polynomial division of other linear-time schemes. One depth-first walk per tree for a block of rows; cost
O(rows * edges * k / 2), memory O(depth * k / 2 * block).

Source: multilinear extension, Owen 1972 (doi 10.1287/mnsc.18.5.64); game: Lundberg et al. 2020.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellwether.explain.trees import walk
from bellwether.explain.trees.ensemble import Ensemble, Floats, Ints, Tree, Unsupported, check
from bellwether.explain.trees.tables import in_threads, players

MAX_BYTES = 1 << 30


class Quadrature:
    """A compiled ensemble; ``attribute`` is safe to call from several threads.

    Attributes
    ----------
    base_value
        Cover-weighted mean output, the model's offset included.
    n_players
        Number of columns of the result: features, or groups of features.

    Raises
    ------
    Unsupported
        The trees have so many edges that the plan would exceed ``max_bytes``.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        groups: Sequence[int] | None = None,
        max_bytes: int = MAX_BYTES,
        n_players: int = 0,
    ) -> None:
        check(ensemble)
        self._ensemble = ensemble
        player = players(ensemble, groups)
        self.n_players = max(n_players, int(player.max(initial=-1)) + 1)
        n_edges = [len(tree.left) - 1 for tree in ensemble.trees]
        start = np.concatenate([[0], np.cumsum(n_edges)]).astype(np.int64)
        edges = _edges([*map(_arrays, ensemble.trees)], player, start)
        self.base_value = ensemble.offset + float(edges.pop("base").sum())
        k_max = max(1, int(edges.pop("players").max(initial=1)))
        n_nodes = (k_max + 1) // 2
        if start[-1] * n_nodes * 32 > max_bytes:
            raise Unsupported(f"{start[-1]} edges with {n_nodes} nodes each would exceed {max_bytes} bytes")
        t, w = np.polynomial.legendre.leggauss(n_nodes)
        t, w = (t + 1) / 2, w / 2
        p_old, p = edges["p_old"][:, None], edges["p"][:, None]
        again = edges["above"][:, None] >= 0
        factor = np.where(again, t + (1 - t) * p_old, 1.0)
        undo = np.where(again, w * (1 - p_old) / (t + (1 - t) * p_old), 0.0)
        depth = edges["depth"]
        self._plan = (
            start, depth, edges["above"], edges["feature"], edges["player"], edges["is_left"], edges["is_leaf"],
            edges["value"], edges["threshold"], edges["missing_left"], edges["first"], edges["words"], edges["other"],
            np.concatenate([np.zeros(0, np.uint32), *(t.sets.bits for t in ensemble.trees if t.sets is not None)]),
            (t + (1 - t) * p) / factor,
            (1 - t) * p / factor,
            w * (1 - p) / (t + (1 - t) * p) - undo,
            -w / (1 - t) - undo,
            edges["p"] / np.where(edges["p_old"] > 0, edges["p_old"], 1.0),
            int(depth.max(initial=0)),
        )  # fmt: skip

    def attribute(self, x: NDArray[np.floating], threads: int = 1) -> Floats:
        """Return contributions, shape (n rows, p players), in the model's raw output unit."""
        rows = self._ensemble.rows(x)
        out = np.zeros((len(rows), self.n_players))
        in_threads(lambda s: walk.walk(rows[s], *self._plan, out[s]), len(rows), threads)
        return out


def _arrays(tree: Tree) -> tuple[Tree, Ints, Ints, NDArray[np.bool_], int]:
    """The tree with its sets, empty ones where it has none, and the number of their words."""
    m, sets = len(tree.left), tree.sets
    if sets is None:
        return tree, np.full(m, -1, np.int32), np.zeros(m, np.int32), np.zeros(m, np.bool_), 0
    return tree, sets.first, sets.words, sets.other_left, len(sets.bits)


def _edges(
    trees: Sequence[tuple[Tree, Ints, Ints, NDArray[np.bool_], int]], player: Ints, start: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    """Every edge of every tree in preorder: what it tests, whose it is, what the path above it holds."""
    n = int(start[-1])
    integers = {name: np.zeros(n, np.int32) for name in ("depth", "above", "feature", "player", "first", "words")}
    flags = {name: np.zeros(n, np.bool_) for name in ("is_left", "is_leaf", "missing_left", "other")}
    floats = {name: np.zeros(n) for name in ("value", "threshold", "p_old", "p")}
    base, most = np.zeros(len(trees)), np.zeros(len(trees), np.int64)
    n_bits = 0
    for number, (tree, first, words, other, own_bits) in enumerate(trees):
        s = slice(start[number], start[number + 1])
        who = np.where(tree.left >= 0, player[np.maximum(tree.feature, 0)], -1).astype(np.int32)
        order, parent = walk.preorder(tree.left, tree.right)
        node, above = order[1:], parent[order[1:]]
        base[number], most[number] = walk.edges(
            tree.left, tree.right, who, tree.cover, tree.value, order, parent,
            integers["depth"][s], integers["above"][s], floats["p_old"][s], floats["p"][s],
        )  # fmt: skip
        integers["feature"][s], integers["player"][s] = tree.feature[above], who[above]
        integers["first"][s] = np.where(first[above] >= 0, first[above] + n_bits, -1)
        integers["words"][s] = words[above]
        flags["is_left"][s], flags["is_leaf"][s] = tree.left[above] == node, tree.left[node] < 0
        flags["missing_left"][s], flags["other"][s] = tree.missing_left[above], other[above]
        floats["value"][s] = np.where(tree.left[node] < 0, tree.value[node], 0.0)
        floats["threshold"][s] = tree.threshold[above]
        n_bits += own_bits
    return {**integers, **flags, **floats, "base": base, "players": most}
