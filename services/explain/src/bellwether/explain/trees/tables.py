"""Exact Shapley values of tree ensembles by look-up: path-dependent and interventional, one kernel.

A row acts on a leaf only through which of the k players (features, or groups of features) on the leaf's path it
satisfies: one of 2^k patterns. So the contributions of every pattern are computed once, at compile time, and
explaining a row is comparing, building bit patterns and adding table rows.

Path-dependent, leaf value v, p_j the product of player j's cover ratios, a_j in {0, 1}:

    phi_i(a) = v (a_i - p_i) sum_t [t! (k - t - 1)! / k!] e_t,
    e_t = coefficient of y^t in prod_{j != i} (p_j + y if a_j else p_j).

Below a node that no training row reached the cover ratios are a half each.

Interventional, background row with pattern c. The leaf's game pays v to a coalition that holds all of N = ~c and
none of M = c & ~a, and nobody unless N is a subset of a. With x = |N|, y = |M|:

    phi_i = + v (x - 1)! y! / (x + y)!  for i in N,    phi_i = - v x! (y - 1)! / (x + y)!  for i in M,

summed over the histogram of background patterns at the leaf: at most 3^k terms, whatever the number of background
rows. Bottom subtrees of height <= ``height`` share one table, keyed by the path's bits and by the outcomes of the
subtree's own tests (at most 3 for height 2, the fastest measured).

Sources: Shapley 1953; game definitions and path-dependent weights: Lundberg et al. 2020; interventional leaf terms:
Laberge & Pequignot 2022 (arXiv 2209.15123); players that hold several columns: the same, by definition.
"""

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellwether.explain.trees import kernels
from bellwether.explain.trees.ensemble import Ensemble, Floats, Ints, Tree, Unsupported, check

MAX_PLAYERS = 16
"""On one path; boosted trees of 31 leaves reach 14. ``max_bytes`` usually binds first."""
MAX_BYTES = 256 << 20
FEW_ROWS = 8
"""Up to here rows are looked up one by one."""

_FACT = [float(factorial(i)) for i in range(2 * MAX_PLAYERS + 1)]
_PATH_WEIGHT = np.zeros((MAX_PLAYERS + 1, MAX_PLAYERS + 1))  # [k, t] = t! (k - t - 1)! / k!
_PAIR_WEIGHT = np.zeros((MAX_PLAYERS + 1, MAX_PLAYERS + 1))  # [x, y] = (x - 1)! y! / (x + y)!
for _k in range(1, MAX_PLAYERS + 1):
    for _t in range(_k):
        _PATH_WEIGHT[_k, _t] = _FACT[_t] * _FACT[_k - _t - 1] / _FACT[_k]
    for _t in range(MAX_PLAYERS + 1 - _k):
        _PAIR_WEIGHT[_k, _t] = _FACT[_k - 1] * _FACT[_t] / _FACT[_k + _t]


class PatternTables:
    """A compiled ensemble; ``attribute`` is safe to call from several threads.

    Parameters
    ----------
    background
        Rows of the reference, shape (b rows, f features): interventional values. None: path-dependent values.
    groups
        Player of each encoded column, shape (f,): Shapley values in the original features.
    dtype
        Of the tables; float32 halves memory and costs about 1e-8 of accuracy.
    max_bytes
        Refuse before the tables grow beyond this.
    n_players
        Columns of the result at least: players without a column have contributions of 0.

    Attributes
    ----------
    base_value
        Mean output over the background, or cover-weighted, the model's offset included.
    n_players
        Number of columns of the result.

    Raises
    ------
    Unsupported
        A path holds more than ``MAX_PLAYERS`` players, or the tables exceed ``max_bytes``.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        background: NDArray[np.floating] | None = None,
        groups: Sequence[int] | None = None,
        height: int = 2,
        dtype: type[np.float32] | type[np.float64] = np.float32,
        max_bytes: int = MAX_BYTES,
        n_players: int = 0,
    ) -> None:
        check(ensemble)
        self._ensemble = ensemble
        player = players(ensemble, groups)
        self.n_players = max(n_players, int(player.max(initial=-1)) + 1)
        if background is not None and len(background) == 0:
            raise ValueError("the background has no rows")
        reference = None if background is None else ensemble.rows(background)
        plan = _Plan(height, dtype, max_bytes)
        self.base_value = ensemble.offset
        for tree in ensemble.trees:
            self.base_value += plan.add(tree, player, reference)
        self._plan = plan.arrays()
        self.nbytes = int(self._plan["table"].nbytes)

    def attribute(self, x: NDArray[np.floating], threads: int = 1) -> Floats:
        """Return contributions, shape (n rows, p players), in the model's raw output unit."""
        rows = self._ensemble.rows(x)
        out = np.zeros((len(rows), self.n_players))
        look_up = kernels.look_up_few if len(rows) <= FEW_ROWS else kernels.look_up
        in_threads(lambda s: look_up(rows[s], *self._plan.values(), out[s]), len(rows), threads)
        return out


def players(ensemble: Ensemble, groups: Sequence[int] | None) -> Ints:
    """Return the player of each feature, shape (f,)."""
    player = np.arange(ensemble.n_features) if groups is None else np.asarray(groups, np.int64)
    if player.shape != (ensemble.n_features,) or (len(player) and player.min() < 0):
        raise ValueError(f"groups {player.shape} do not name a player for each of {ensemble.n_features} features")
    return player.astype(np.int32)


def in_threads(work: Any, n: int, threads: int) -> None:
    """Call ``work`` with slices that cover n rows, in so many threads; whole blocks, so that none is split."""
    blocks = -(-n // kernels.BLOCK)
    cuts = np.linspace(0, blocks, min(max(threads, 1), max(blocks, 1)) + 1).astype(int) * kernels.BLOCK
    spans = [slice(int(a), int(min(b, n))) for a, b in itertools.pairwise(cuts)]
    if len(spans) == 1:
        work(spans[0])
        return
    with ThreadPoolExecutor(len(spans)) as pool:
        list(pool.map(work, spans))


class _Plan:
    """Collects, tree by tree, the flat arrays that ``kernels.look_up`` reads.

    A *unit* is a bottom subtree of height <= ``height`` with its table; a *node* is an inner node above all units.
    Child ids: >= 0 a node of the same tree, negative -1 - u the tree's unit u. Tests of nodes and of units lie in one
    list, a unit's own beside each other.
    """

    def __init__(self, height: int, dtype: type[np.float32] | type[np.float64], max_bytes: int) -> None:
        self.height, self.dtype, self.max_bytes = height, dtype, max_bytes
        self.node_start, self.unit_start = [0], [0]
        self.nodes: list[tuple[int, int, int, int]] = []  # test, slot, left child, right child
        self.tests: list[tuple[int, float, bool, int, int, bool]] = []
        self.units: list[tuple[list[int], int, int, int]] = []  # players, path bits, first test, tests
        self.bits: list[NDArray[np.uint32]] = []
        self.n_bits = 0
        self.tables: list[NDArray[Any]] = []
        self.bytes = 0

    def add(self, tree: Tree, player: Ints, reference: Floats | None) -> float:
        """Compile one tree; returns its share of the base value."""
        shape = _Shape(tree, player)
        if shape.most_players > MAX_PLAYERS:
            raise Unsupported(f"a path holds {shape.most_players} features, tables take {MAX_PLAYERS}")
        base, leaf_table = self._leaf_tables(shape, reference)
        roots, above = shape.cut(self.height)
        at = {**{node: n for n, node in enumerate(above)}, **{root: -1 - u for u, root in enumerate(roots)}}
        for i in above:
            children = at[int(tree.left[i])], at[int(tree.right[i])]
            self.nodes.append((self._test(shape, i), int(shape.slot[i]), *children))
        for root in roots:
            self._add_unit(shape, leaf_table, root)
        if tree.sets is not None:
            self.bits.append(tree.sets.bits)
            self.n_bits += len(tree.sets.bits)
        self.node_start.append(len(self.nodes))
        self.unit_start.append(len(self.units))
        return base

    def _test(self, shape: "_Shape", i: int) -> int:
        tree = shape.tree
        first = int(shape.first[i])
        self.tests.append(
            (
                int(tree.feature[i]),
                float(tree.threshold[i]),
                bool(tree.missing_left[i]),
                first + self.n_bits if first >= 0 else -1,
                int(shape.words[i]),
                bool(shape.other[i]),
            )
        )
        return len(self.tests) - 1

    def _leaf_tables(self, shape: "_Shape", reference: Floats | None) -> tuple[float, dict[int, Floats]]:
        """Contributions of every pattern of every leaf, shape (2^k, k) each, and the tree's base value."""
        tree, size = shape.tree, shape.size
        leaves = shape.order[tree.left[shape.order] < 0]
        first = np.concatenate([[0], np.cumsum(1 << size[leaves].astype(np.int64))])
        self._afford(int(first[-1]) * 8 * (1 + int(size.max(initial=1))))
        counts = np.zeros(first[-1])
        if reference is not None:
            kernels.histogram(
                tree.left, tree.right, tree.missing_left, tree.feature, tree.threshold,
                shape.first, shape.words, shape.other, shape.bits,
                shape.order, shape.slot, size, leaves, first, reference, counts,
            )  # fmt: skip
        base, tables = 0.0, {}
        for n, leaf in enumerate(leaves):
            k, value = int(size[leaf]), float(tree.value[leaf])
            table = np.zeros((1 << k, max(k, 1)))
            if k == 0:
                base += value
            elif reference is None:
                kernels.path_table(k, shape.slot_p[leaf], value, _PATH_WEIGHT, table)
                base += value * float(shape.slot_p[leaf, :k].prod())
            else:
                share = counts[first[n] : first[n + 1]]
                kernels.background_table(k, share, value, _PAIR_WEIGHT, table)
                base += value * float(share[-1])
            tables[int(leaf)] = table
        return base, tables

    def _add_unit(self, shape: "_Shape", leaf_table: Mapping[int, Floats], root: int) -> None:
        tree, slot, size = shape.tree, shape.slot, shape.size
        inner, queue = [], [root]
        while queue:
            i = queue.pop(0)
            if tree.left[i] >= 0:
                inner.append(i)
                queue += [int(tree.left[i]), int(tree.right[i])]
        path_bits = int(size[root])
        here = [int(p) for p in shape.slot_player[root, :path_bits]]
        here += [p for p in dict.fromkeys(int(shape.who[i]) for i in inner) if p not in here]
        bits = path_bits + len(inner)
        self._afford((len(here) * np.dtype(self.dtype).itemsize) << bits)
        table = np.zeros((1 << bits, len(here)))
        key = np.arange(1 << bits)
        pattern = {root: key & ((1 << path_bits) - 1)}
        for n, i in enumerate(inner):
            went_left, bit = (key >> (path_bits + n)) & 1 == 1, 1 << int(slot[i])
            seen = pattern[i] | (bit if slot[i] >= size[i] else 0)  # a new player starts satisfied
            pattern[int(tree.left[i])] = np.where(went_left, seen, seen & ~bit)
            pattern[int(tree.right[i])] = np.where(went_left, seen & ~bit, seen)
        for leaf, seen in pattern.items():
            if tree.left[leaf] < 0 and size[leaf]:
                columns = [here.index(int(p)) for p in shape.slot_player[leaf, : size[leaf]]]
                table[:, columns] += leaf_table[leaf][seen]
        first = len(self.tests)
        for i in inner:
            self._test(shape, i)
        self.units.append((here, path_bits, first, len(inner)))
        self.tables.append(table.astype(self.dtype).ravel())
        self.bytes += self.tables[-1].nbytes

    def _afford(self, more: int) -> None:
        if self.bytes + more > self.max_bytes:
            raise Unsupported(f"tables would exceed {self.max_bytes} bytes")

    def arrays(self) -> dict[str, Any]:
        """Return the flat arrays, in the order of ``kernels.look_up``'s parameters."""
        unit_player = np.zeros((len(self.units), max((len(u[0]) for u in self.units), default=1) or 1), np.int32)
        for u, unit in enumerate(self.units):
            unit_player[u, : len(unit[0])] = unit[0]
        node: Any = list(zip(*self.nodes, strict=True)) or [()] * 4
        test: Any = list(zip(*self.tests, strict=True)) or [()] * 6
        units: Any = list(zip(*self.units, strict=True)) or [()] * 4
        return {
            "node_start": np.array(self.node_start, np.int64),
            "unit_start": np.array(self.unit_start, np.int64),
            "node_test": np.array(node[0], np.int64),
            "node_slot": np.array(node[1], np.int32),
            "node_left": np.array(node[2], np.int32),
            "node_right": np.array(node[3], np.int32),
            "test_start": np.array(units[2], np.int32),
            "feature": np.array(test[0], np.int32),
            "threshold": np.array(test[1], np.float64),
            "missing_left": np.array(test[2], np.bool_),
            "first": np.array(test[3], np.int32),
            "words": np.array(test[4], np.int32),
            "other": np.array(test[5], np.bool_),
            "bits": np.concatenate([np.zeros(0, np.uint32), *self.bits]),
            "offset": np.concatenate([[0], np.cumsum([t.size for t in self.tables])])[:-1].astype(np.int64),
            "width": np.array([len(p) for p in units[0]], np.int32),
            "path_bits": np.array(units[1], np.int32),
            "unit_player": unit_player,
            "n_tests": np.array(units[3], np.int32),
            "table": np.concatenate([*self.tables, np.zeros(0, self.dtype)]),
        }


class _Shape:
    """One tree with what its paths hold: slots, players, cover products."""

    def __init__(self, tree: Tree, player: Ints) -> None:
        self.tree = tree
        self.inner = tree.left >= 0
        self.who = np.where(self.inner, player[np.maximum(tree.feature, 0)], -1).astype(np.int32)
        depth = kernels.depths(tree.left, tree.right)
        room = int(min(depth.max(), len(np.unique(self.who[self.inner])))) + 1
        self.order, self.slot, self.size, self.slot_player, self.slot_p = kernels.paths(
            tree.left, tree.right, self.who, tree.cover, room
        )
        self.most_players = int(self.size[~self.inner].max(initial=0))
        m = len(tree.left)
        sets = tree.sets
        self.first = np.full(m, -1, np.int32) if sets is None else sets.first
        self.words = np.zeros(m, np.int32) if sets is None else sets.words
        self.other = np.zeros(m, np.bool_) if sets is None else sets.other_left
        self.bits = np.zeros(0, np.uint32) if sets is None else sets.bits

    def cut(self, height: int) -> tuple[list[int], list[int]]:
        """Return the roots of the bottom subtrees of at most this height, and the nodes above them, in preorder."""
        tree = self.tree
        heights = np.zeros(len(tree.left), np.int64)
        for i in self.order[::-1]:
            if self.inner[i]:
                heights[i] = 1 + max(heights[tree.left[i]], heights[tree.right[i]])
        roots, stack = [], [0]
        while stack:
            i = stack.pop()
            if heights[i] <= height:
                roots.append(i)
            else:
                stack += [int(tree.right[i]), int(tree.left[i])]
        return roots, [int(i) for i in self.order if heights[i] > height]
