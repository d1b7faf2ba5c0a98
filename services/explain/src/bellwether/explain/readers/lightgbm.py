"""LightGBM's model text: gbdt, rf, dart (weights are in the leaves), categorical splits, every missing type. Pure.

Where a feature's missing type is ``None``, NaN is read as 0; where it is ``Zero``, 0 itself is missing. Missing values
and unknown categories of a categorical split go right.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bellwether.explain.trees.ensemble import CategorySets, Ensemble, Tree, Unsupported

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_NONE, _ZERO, _NAN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Text:
    """A parsed model: head fields, one block of fields per tree, and the values of pandas categories."""

    head: dict[str, str]
    trees: tuple[dict[str, str], ...]
    categories: list[list[Any]] | None


def parse(text: str) -> Text:
    """Split the model text; raises ``Unsupported`` when it is none."""
    if not text.startswith("tree\n"):
        raise Unsupported("no LightGBM model: it does not begin with 'tree'")
    body, _, tail = text.partition("end of trees")
    head, *blocks = body.split("\nTree=")
    categories = None
    for line in tail.splitlines():
        if line.startswith("pandas_categorical:"):
            categories = json.loads(line.partition(":")[2])
    flags = {line: "1" for line in head.splitlines() if line and "=" not in line}
    return Text({**_fields(head), **flags}, tuple(map(_fields, blocks)), categories or None)


def _fields(block: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in block.splitlines())
    return {name: value for name, equals, value in pairs if equals}


def outputs(model: Text) -> int:
    """Return the number of raw outputs: classes, or 1."""
    return int(model.head["num_tree_per_iteration"])


def objective(model: Text) -> str:
    """Return the objective with its parameters, such as ``binary sigmoid:1``."""
    return model.head.get("objective", "")


def feature_names(model: Text) -> list[str]:
    """Return the names as the model knows them, in order."""
    return model.head["feature_names"].split(" ")


def categorical_features(model: Text) -> list[int]:
    """Return the features that hold categories, in order: those whose range is a list of codes."""
    infos = model.head["feature_infos"].split(" ")
    return [i for i, info in enumerate(infos) if info != "none" and not info.startswith("[")]


def ensemble(model: Text, output: int = 0) -> Ensemble:
    """Return the trees of one output; raises ``Unsupported`` for linear trees."""
    try:
        n_outputs, n_features = outputs(model), int(model.head["max_feature_idx"]) + 1
        mine = [tree for i, tree in enumerate(model.trees) if i % n_outputs == output]
        weight = 1.0 / max(1, len(mine)) if "average_output" in model.head else 1.0
        missing = _missing_types(model.trees, n_features)
        trees = tuple(_tree(tree, weight) for tree in mine)
    except (KeyError, ValueError, IndexError) as error:
        raise Unsupported(f"a LightGBM model this reader does not know: {error}") from error
    return Ensemble(trees, 0.0, n_features, zero_missing=tuple(np.flatnonzero(missing == _ZERO).tolist()))


def _missing_types(trees: tuple[dict[str, str], ...], n_features: int) -> NDArray[np.int64]:
    """The missing type of every feature: all its numeric splits share one."""
    kinds = np.full(n_features, -1)
    for tree in trees:
        if int(tree["num_leaves"]) < 2:
            continue
        decision, feature = _ints(tree["decision_type"]), _ints(tree["split_feature"])
        numeric = decision & _CATEGORICAL == 0
        for f, missing in zip(feature[numeric], decision[numeric] >> 2 & 3, strict=True):
            if kinds[f] not in (-1, missing):
                raise Unsupported(f"feature {f} has two missing types")
            kinds[f] = missing
    return kinds


def _ints(text: str) -> NDArray[np.int64]:
    return np.array(text.split(), np.int64)


def _floats(text: str) -> NDArray[np.float64]:
    return np.array(text.split(), np.float64)


def _tree(tree: dict[str, str], weight: float) -> Tree:
    if tree.get("is_linear", "0") != "0":
        raise Unsupported("linear trees: their leaves hold lines")
    leaves = _floats(tree["leaf_value"]) * weight
    n = int(tree["num_leaves"]) - 1
    if n < 1:
        one = np.array([-1], np.int32)
        return Tree(one, one, np.zeros(1, np.bool_), one, np.zeros(1), leaves[:1], np.ones(1))
    decision, threshold = _ints(tree["decision_type"]), _floats(tree["threshold"])
    categorical = decision & _CATEGORICAL != 0
    missing = decision >> 2 & 3
    default_left = decision & _DEFAULT_LEFT != 0
    to_left = np.where(missing == _NONE, threshold >= 0.0, default_left) & ~categorical

    def whole(inner: NDArray[Any], at_leaves: Any, kind: Any) -> NDArray[Any]:
        return np.concatenate([inner, np.full(n + 1, at_leaves) if np.isscalar(at_leaves) else at_leaves]).astype(kind)

    def child(name: str) -> NDArray[np.int64]:
        ids = _ints(tree[name])
        return np.where(ids >= 0, ids, n + ~ids)

    sets = None
    if categorical.any():
        starts, bits = _ints(tree["cat_boundaries"]), _ints(tree["cat_threshold"]).astype(np.uint32)
        which = np.where(categorical, threshold, 0).astype(np.int64)
        first = np.where(categorical, starts[which], -1)
        words = np.where(categorical, starts[which + 1] - starts[which], 0)
        sets = CategorySets(whole(first, -1, np.int32), whole(words, 0, np.int32), np.zeros(2 * n + 1, np.bool_), bits)
    return Tree(
        whole(child("left_child"), -1, np.int32),
        whole(child("right_child"), -1, np.int32),
        whole(to_left, False, np.bool_),
        whole(_ints(tree["split_feature"]), -1, np.int32),
        whole(threshold, 0.0, np.float64),
        whole(np.zeros(n), leaves, np.float64),
        whole(_floats(tree["internal_count"]), _floats(tree["leaf_count"]), np.float64),
        sets,
    )
