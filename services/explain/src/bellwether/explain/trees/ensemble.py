"""Tree ensembles in one neutral form, whatever library fitted them. Pure, numpy only.

Contributions and base values computed from it are in the model's raw output: log-odds for boosted classifiers,
probability for forests, the target's unit for regression.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint32]

MAX_DEPTH = 500


class Unsupported(ValueError):
    """The exact kernels do not apply to this model; take the next route."""


@dataclass(frozen=True, slots=True)
class CategorySets:
    """The tests of one tree's categorical nodes: arrays of shape (m nodes,) and the sets' bits.

    Node i asks whether the value, cut to an integer code, is among the bits ``bits[first[i] : first[i] + words[i]]``
    (left) or not (right). ``first[i]`` is -1 for a numeric node. A negative code, or one beyond the bits, goes left
    where ``other_left[i]``.
    """

    first: Ints
    words: Ints
    other_left: Flags
    bits: Words


@dataclass(frozen=True, slots=True)
class Tree:
    """One binary tree; all arrays have shape (m nodes,), node 0 is the root.

    A row goes left when ``x <= threshold`` (missing: when ``missing_left``), or as ``sets`` says. ``left`` and
    ``right`` are -1 at leaves. ``cover`` is the training weight that reached the node. ``value`` counts at leaves
    only.
    """

    left: Ints
    right: Ints
    missing_left: Flags
    feature: Ints
    threshold: Floats
    value: Floats
    cover: Floats
    sets: CategorySets | None = None


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The sum of its trees plus ``offset``.

    ``single``: rows are rounded to float32 before any test. ``zero_missing``: features in which a value within 1e-35
    of zero counts as missing.
    """

    trees: tuple[Tree, ...]
    offset: float
    n_features: int
    single: bool = False
    zero_missing: tuple[int, ...] = field(default=())

    def rows(self, x: NDArray[np.floating]) -> Floats:
        """Return rows as the model sees them, shape (n rows, f features), float64 and contiguous.

        XGBoost, scikit-learn trees and CatBoost compare in float32: a float64 value next to a threshold would
        otherwise take another branch here than in the model.
        """
        if x.ndim != 2 or x.shape[1] != self.n_features:
            raise ValueError(f"rows have shape {x.shape}, the model has {self.n_features} features")
        if self.single:
            with np.errstate(over="ignore"):
                x = x.astype(np.float32)
        out = np.array(x, np.float64, order="C")
        for feature in self.zero_missing:
            column = out[:, feature]
            column[np.abs(column) <= 1e-35] = np.nan
        return out


def check(ensemble: Ensemble) -> None:
    """Raise ``Unsupported`` unless every tree is one: the kernels follow child indices without looking."""
    if not np.isfinite(ensemble.offset):
        raise Unsupported(f"the offset is {ensemble.offset}")
    if any(not 0 <= feature < ensemble.n_features for feature in ensemble.zero_missing):
        raise Unsupported("a feature that does not exist counts zero as missing")
    for number, tree in enumerate(ensemble.trees):
        if fault := _fault(tree, ensemble.n_features):
            raise Unsupported(f"tree {number}: {fault}")


def _fault(tree: Tree, n_features: int) -> str | None:
    m = len(tree.left)
    arrays = (tree.right, tree.missing_left, tree.feature, tree.threshold, tree.value, tree.cover)
    if m == 0 or any(a.shape != (m,) for a in (tree.left, *arrays)):
        return "its arrays differ in length or are empty"
    inner = tree.left >= 0
    if np.any(inner != (tree.right >= 0)):
        return "a node has one child"
    children = np.concatenate([tree.left[inner], tree.right[inner]])
    if len(children) != m - 1 or np.any(np.sort(children) != np.arange(1, m)):
        return "its nodes do not form a tree"
    if np.any((tree.feature[inner] < 0) | (tree.feature[inner] >= n_features)):
        return f"it tests a feature beyond the {n_features} there are"
    if not np.isfinite(tree.value[~inner]).all() or np.isnan(tree.threshold[inner]).any():
        return "a leaf's value or a threshold is not a number"
    if not np.isfinite(tree.cover).all() or np.any(tree.cover < 0):
        return "a node's cover is negative or not finite"
    if not _is_connected(tree, inner):
        return f"its nodes do not hang together, or lie deeper than {MAX_DEPTH}"
    return _fault_of_sets(tree.sets, m) if tree.sets is not None else None


def _is_connected(tree: Tree, inner: Flags) -> bool:
    """Say whether every node is reached from the root; that each has one parent is known."""
    level, seen = np.zeros(1, np.int64), 1
    for _ in range(MAX_DEPTH + 1):
        level = level[inner[level]]
        if not len(level):
            break
        level = np.concatenate([tree.left[level], tree.right[level]]).astype(np.int64)
        seen += len(level)
    return seen == len(inner) and not len(level)


def _fault_of_sets(sets: CategorySets, m: int) -> str | None:
    if any(a.shape != (m,) for a in (sets.first, sets.words, sets.other_left)):
        return "its category sets differ in length"
    at = sets.first >= 0
    end = sets.first[at].astype(np.int64) + sets.words[at]
    if np.any(sets.words[at] < 0) or np.any(end > len(sets.bits)):
        return "a category set lies beyond the bits"
    return None


def sets_of(codes_left: Sequence[Sequence[int] | None], other_left: Sequence[bool]) -> CategorySets | None:
    """Return the sets of a tree from the codes that go left at each node; None for a numeric node."""
    if all(codes is None for codes in codes_left):
        return None
    first, words, bits = (
        np.full(len(codes_left), -1, np.int32),
        np.zeros(len(codes_left), np.int32),
        [np.zeros(0, np.uint32)],
    )
    total = 0
    for i, codes in enumerate(codes_left):
        if codes is None:
            continue
        own = np.zeros((max(codes, default=-1) + 32) // 32, np.uint32)
        for code in codes:
            own[code >> 5] |= np.uint32(1 << (code & 31))
        first[i], words[i] = total, len(own)
        total += len(own)
        bits.append(own)
    return CategorySets(first, words, np.array(other_left, np.bool_), np.concatenate(bits))
