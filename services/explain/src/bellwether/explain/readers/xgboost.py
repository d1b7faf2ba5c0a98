"""XGBoost's JSON and UBJSON: gbtree and dart, every objective with a known link, categorical splits. Pure.

XGBoost tests ``x < t`` in float32 where we test ``<=``, sends the categories of a node's set to the right, and codes
beyond the set to the left. Dart's trees are weighted; ``base_score`` is in the objective's own space.
"""

import itertools
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from bellwether.explain.readers import ubjson
from bellwether.explain.trees.ensemble import Ensemble, Floats, Tree, Unsupported, sets_of

_LOGIT = ("binary:logistic", "binary:logitraw", "reg:logistic")
_LOG = ("count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft")


def parse(raw: bytes) -> dict[str, Any]:
    """Read a model file; JSON or UBJSON by its second byte. Raises ``Unsupported`` when it is neither."""
    try:
        model = json.loads(raw) if raw[1:2] in (b'"', b"\n", b" ", b"\r", b"\t") else ubjson.loads(raw)
        return dict(model["learner"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unsupported(f"no XGBoost model: {error}") from error


def kind(learner: dict[str, Any]) -> str:
    """Return the booster: ``gbtree``, ``dart`` or ``gblinear``."""
    return str(learner["gradient_booster"]["name"])


def objective(learner: dict[str, Any]) -> str:
    """Return the objective's name."""
    return str(learner["objective"]["name"])


def outputs(learner: dict[str, Any]) -> int:
    """Return the number of raw outputs: classes, or targets."""
    parameters = learner["learner_model_param"]
    return max(1, int(parameters["num_class"]), int(parameters.get("num_target", 1)))


def best_iterations(learner: dict[str, Any]) -> int | None:
    """Return how many rounds early stopping kept; None without early stopping."""
    best = learner.get("attributes", {}).get("best_iteration")
    return None if best is None else int(best) + 1


def ensemble(learner: dict[str, Any], output: int = 0, rounds: int | None = None) -> Ensemble:
    """Return the trees of one output.

    Parameters
    ----------
    rounds
        Boosting rounds that count; None: all.

    Raises
    ------
    Unsupported
        The booster is linear, its leaves hold vectors, or the objective's base score has no known link.
    """
    booster, weights = learner["gradient_booster"], None
    if booster["name"] == "dart":
        booster, weights = booster["gbtree"], np.asarray(booster["weight_drop"], np.float64)
    elif booster["name"] != "gbtree":
        raise Unsupported(f"booster {booster['name']} has no trees")
    model = booster["model"]
    group = np.asarray(model["tree_info"], np.int64)
    last = len(group)
    if rounds is not None:
        starts = np.asarray(model["iteration_indptr"], np.int64)
        last = int(starts[min(rounds, len(starts) - 1)])
    trees = tuple(
        _tree(tree, 1.0 if weights is None else float(weights[i]))
        for i, tree in enumerate(model["trees"][:last])
        if group[i] == output
    )
    n_features = int(learner["learner_model_param"]["num_feature"])
    return Ensemble(trees, _offset(learner, output), n_features, single=True)


def _offset(learner: dict[str, Any], output: int) -> float:
    text = learner["learner_model_param"]["base_score"]
    scores = json.loads(text) if text.startswith("[") else [float(text)]
    score = float(np.float32(scores[output if len(scores) > 1 else 0]))
    return _link(objective(learner))(score)


def _link(name: str) -> Callable[[float], float]:
    if name in _LOGIT:
        return lambda p: float(np.log(p / (1 - p)))
    if name in _LOG:
        return lambda p: float(np.log(p))
    if name.startswith(("reg:", "rank:", "multi:", "binary:hinge")):
        return lambda p: p
    raise Unsupported(f"objective {name}: the link of its base score is not known")


def _tree(tree: dict[str, Any], weight: float) -> Tree:
    if int(tree["tree_param"].get("size_leaf_vector", 1)) > 1:
        raise Unsupported("leaves that hold vectors")
    left = np.asarray(tree["left_children"], np.int32)
    condition = np.asarray(tree["split_conditions"], np.float32)
    inner = left >= 0
    right_codes = _codes(tree)
    sets = None
    if right_codes:
        # bits hold what goes left, the node's own set goes right, and so does nothing beyond the bits
        most = max(max(codes, default=0) for codes in right_codes.values()) // 32 * 32 + 32  # whole words
        sets = sets_of(
            [sorted(set(range(most)) - right_codes[i]) if i in right_codes else None for i in range(len(left))],
            [True] * len(left),
        )
    return Tree(
        left,
        np.asarray(tree["right_children"], np.int32),
        np.asarray(tree["default_left"]).astype(np.bool_),
        np.where(inner, np.asarray(tree["split_indices"]), -1).astype(np.int32),
        np.where(inner, _below(condition), 0.0),
        np.where(inner, 0.0, condition.astype(np.float64) * weight),
        np.asarray(tree["sum_hessian"], np.float64),
        sets,
    )


def _below(threshold: Any) -> Floats:
    """The largest float32 below each threshold: x < t is x <= that for every float32 x."""
    return np.asarray(np.nextafter(threshold, np.float32(-np.inf)), np.float64)


def _codes(tree: dict[str, Any]) -> dict[int, set[int]]:
    """Categories that go right, by node."""
    all_codes = np.asarray(tree["categories"], np.int64)
    segments = zip(tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"], strict=True)
    return {int(node): set(all_codes[int(a) : int(a) + int(n)].tolist()) for node, a, n in segments}


def categories(learner: dict[str, Any]) -> dict[int, list[Any]]:
    """Return the values behind the codes of categorical features, by feature, where the model keeps them."""
    model = learner["gradient_booster"].get("model") or learner["gradient_booster"].get("gbtree", {}).get("model", {})
    found: dict[int, list[Any]] = {}
    for feature, enc in enumerate((model.get("cats") or {}).get("enc", [])):
        values = enc.get("values", [])
        if not len(values):
            continue
        if "offsets" in enc:
            ends = np.asarray(enc["offsets"], np.int64)
            text = bytes(np.asarray(values).astype(np.uint8))
            found[feature] = [text[a:b].decode() for a, b in itertools.pairwise(ends)]
        else:
            found[feature] = np.asarray(values).tolist()
    return found
