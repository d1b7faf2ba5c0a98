"""CatBoost's JSON: symmetric and other trees over numeric features. Pure.

A float split sends ``x > border`` to the right, in float32. Splits on categories need CatBoost's own hash tables and
are refused.
"""

from typing import Any

import numpy as np

from bellwether.explain.trees.ensemble import Ensemble, Tree, Unsupported


def ensemble(model: dict[str, Any], output: int = 0) -> Ensemble:
    """Return the trees of one output; raises ``Unsupported`` where a split is not on a number."""
    features = model["features_info"]["float_features"]
    if model["features_info"].get("categorical_features"):
        raise Unsupported("categorical features: their splits are on hashes and target statistics")
    missing_left = {f["feature_index"]: f.get("nan_value_treatment", "AsIs") != "AsTrue" for f in features}
    column = {f["feature_index"]: f.get("flat_feature_index", f["feature_index"]) for f in features}
    scale, bias = model.get("scale_and_bias", [1.0, [0.0]])
    bias = bias if isinstance(bias, list) else [bias]
    n_outputs = outputs(model)
    if "oblivious_trees" in model:
        trees = [_symmetric(t, output, n_outputs, scale, missing_left, column) for t in model["oblivious_trees"]]
    else:
        trees = [_free(t, output, scale, missing_left, column) for t in model["trees"]]
    offset = float(bias[output] if len(bias) > 1 else bias[0])
    return Ensemble(tuple(trees), offset, max(column.values(), default=-1) + 1, single=True)


def outputs(model: dict[str, Any]) -> int:
    """Return the number of raw outputs: classes, or 1."""
    trees = model.get("oblivious_trees")
    if trees:
        return len(trees[0]["leaf_values"]) // max(1, len(trees[0]["leaf_weights"]))
    trees = model.get("trees") or []
    return len(_leaf_values(_some_leaf(trees[0]))) if trees else 1


def _some_leaf(node: dict[str, Any]) -> dict[str, Any]:
    while "left" in node:
        node = node["left"]
    return node


def _leaf_values(leaf: dict[str, Any]) -> list[float]:
    value = leaf["value"]
    return value if isinstance(value, list) else [value]


def _number(split: dict[str, Any]) -> tuple[int, float]:
    if split.get("split_type", "FloatFeature") != "FloatFeature":
        raise Unsupported(f"a split of type {split['split_type']}")
    return int(split["float_feature_index"]), float(np.float32(split["border"]))


def _symmetric(
    tree: dict[str, Any],
    output: int,
    n_outputs: int,
    scale: float,
    missing_left: dict[int, bool],
    column: dict[int, int],
) -> Tree:
    """All nodes of a level ask the same; bit i of a leaf's number is the answer of split i, so the last is the root."""
    splits = [_number(split) for split in reversed(tree.get("splits") or [])]
    depth = len(splits)
    m = (2 << depth) - 1
    level = np.array([i.bit_length() - 1 for i in range(1, m + 1)])
    inner = level < depth
    at = np.minimum(level, max(depth - 1, 0))
    feature = np.array([f for f, _ in splits] or [0])[at]
    threshold = np.array([t for _, t in splits] or [0.0])[at]
    values = np.asarray(tree["leaf_values"], np.float64).reshape(-1, n_outputs)[:, output] * scale
    weights = np.asarray(tree["leaf_weights"], np.float64)
    cover = np.zeros(m)
    cover[~inner] = weights
    for i in range((m - 1) // 2 - 1, -1, -1):
        cover[i] = cover[2 * i + 1] + cover[2 * i + 2]
    index = np.arange(m)
    value = np.zeros(m)
    value[~inner] = values
    return Tree(
        np.where(inner, 2 * index + 1, -1).astype(np.int32),
        np.where(inner, 2 * index + 2, -1).astype(np.int32),
        np.array([missing_left.get(int(f), True) for f in feature], np.bool_),
        np.where(inner, [column.get(int(f), int(f)) for f in feature], -1).astype(np.int32),
        np.where(inner, threshold, 0.0),
        value,
        cover,
    )


def _free(
    root: dict[str, Any], output: int, scale: float, missing_left: dict[int, bool], column: dict[int, int]
) -> Tree:
    left, right, feature, threshold, value, cover, missing = [], [], [], [], [], [], []
    queue = [root]
    for node in queue:  # grows while it is read
        is_leaf = "left" not in node
        f, t = (0, 0.0) if is_leaf else _number(node["split"])
        left.append(-1 if is_leaf else len(queue))
        right.append(-1 if is_leaf else len(queue) + 1)
        feature.append(-1 if is_leaf else column[f])
        missing.append(missing_left.get(f, True))
        threshold.append(t)
        value.append(_leaf_values(node)[output] * scale if is_leaf else 0.0)
        cover.append(float(node["weight"]) if is_leaf else 0.0)
        if not is_leaf:
            queue += [node["left"], node["right"]]
    for i in range(len(queue) - 1, -1, -1):
        if left[i] >= 0:
            cover[i] = cover[left[i]] + cover[right[i]]
    return Tree(
        np.array(left, np.int32),
        np.array(right, np.int32),
        np.array(missing, np.bool_),
        np.array(feature, np.int32),
        np.array(threshold),
        np.array(value),
        np.array(cover),
    )
