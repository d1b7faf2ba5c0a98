"""scikit-learn's trees, forests, gradient boosting and histogram boosting, read from the fitted object. Pure.

Attributes only: no method of the model is called, and scikit-learn is not imported.
"""

from typing import Any

import numpy as np

from bellwether.explain.trees.ensemble import Ensemble, Tree, Unsupported, sets_of


def tree_ensemble(trees: list[Any], output: int, *, offset: float = 0.0, scale: float, classifier: bool) -> Ensemble:
    """Return the sum of fitted ``tree_`` objects times ``scale``.

    Parameters
    ----------
    classifier
        Leaves hold class weights: their shares are the values.
    """
    return Ensemble(
        tuple(_tree(tree, output, scale, classifier) for tree in trees),
        offset,
        int(trees[0].n_features),
        single=True,
    )


def _tree(tree: Any, output: int, scale: float, classifier: bool) -> Tree:
    value = np.asarray(tree.value, np.float64)
    if value.shape[1] != 1:
        raise Unsupported("a tree with several targets")
    value = value[:, 0, :]
    if classifier:
        total = value.sum(axis=1, keepdims=True)
        value = value / np.where(total > 0, total, 1.0)
    elif value.shape[1] == 1:
        output = 0
    left = np.asarray(tree.children_left, np.int32)
    inner = left >= 0
    missing = getattr(tree, "missing_go_to_left", None)
    missing_left = np.zeros(len(left), np.bool_) if missing is None else np.asarray(missing).astype(np.bool_)
    return Tree(
        np.where(inner, left, -1).astype(np.int32),
        np.where(inner, tree.children_right, -1).astype(np.int32),
        missing_left & inner,
        np.where(inner, tree.feature, -1).astype(np.int32),
        np.where(inner, tree.threshold, 0.0).astype(np.float64),
        np.where(inner, 0.0, value[:, output] * scale),
        np.asarray(tree.weighted_n_node_samples, np.float64).copy(),
    )


def gradient_boosting(model: Any, output: int) -> Ensemble:
    """Return a fitted GradientBoosting model's raw prediction; its start must be a constant."""
    estimators = np.asarray(model.estimators_)
    trees = [row[output if estimators.shape[1] > 1 else 0].tree_ for row in estimators]
    return tree_ensemble(trees, 0, offset=_start(model, output), scale=float(model.learning_rate), classifier=False)


def _start(model: Any, output: int) -> float:
    init = model.init_
    if isinstance(init, str) and init == "zero":
        return 0.0
    name = type(init).__name__
    if name == "DummyRegressor":
        return float(np.ravel(init.constant_)[0])
    if name != "DummyClassifier":
        raise Unsupported(f"gradient boosting that starts from a {name}")
    eps = np.finfo(np.float64).eps
    prior = np.clip(np.asarray(init.class_prior_, np.float64), eps, 1 - eps)
    loss = type(model._loss).__name__  # noqa: SLF001 - where scikit-learn keeps the link
    if len(prior) == 2:
        # the exponential loss halves the log-odds
        return float(np.log(prior[1] / prior[0])) * (0.5 if loss == "ExponentialLoss" else 1.0)
    return float(np.log(prior[output]) - np.mean(np.log(prior)))


def histogram_boosting(model: Any, output: int) -> Ensemble:
    """Return a fitted HistGradientBoosting model's raw prediction, over the columns its own encoder makes.

    Categories of a node's set go left; codes never seen in training count as missing.
    """
    mapper = model._bin_mapper  # noqa: SLF001 - the only place of the known categories
    flags = mapper.is_categorical_
    categorical: list[int] = [] if flags is None else np.flatnonzero(flags).tolist()
    known = {f: {int(code) for code in mapper.bin_thresholds_[f]} for f in categorical}
    trees = tuple(_histogram_tree(row[output], known) for row in model._predictors)  # noqa: SLF001 - of the trees
    offset = float(np.ravel(model._baseline_prediction)[output])  # noqa: SLF001 - and of their start
    return Ensemble(trees, offset, len(mapper.bin_thresholds_))


def histogram_order(model: Any) -> list[int]:
    """Return for each column the trees see the model's input column: its encoder puts categories first."""
    flags = model.is_categorical_
    if flags is None:
        return list(range(model.n_features_in_))
    return [*np.flatnonzero(flags).tolist(), *np.flatnonzero(~flags).tolist()]


def _codes(words: Any) -> list[int]:
    return [32 * w + b for w, word in enumerate(np.asarray(words)) for b in range(32) if int(word) >> b & 1]


def _histogram_tree(predictor: Any, known: dict[int, set[int]]) -> Tree:
    nodes = predictor.nodes
    inner = nodes["is_leaf"] == 0
    codes: list[list[int] | None] = [None] * len(nodes)
    for i in np.flatnonzero(inner & (nodes["is_categorical"] != 0)):
        to_left = set(_codes(predictor.raw_left_cat_bitsets[nodes["bitset_idx"][i]]))
        unknown = set(range(256)) - known[int(nodes["feature_idx"][i])]
        codes[i] = sorted(to_left - unknown | (unknown if nodes["missing_go_to_left"][i] else set()))
    return Tree(
        np.where(inner, nodes["left"], -1).astype(np.int32),
        np.where(inner, nodes["right"], -1).astype(np.int32),
        (nodes["missing_go_to_left"] != 0) & inner,
        np.where(inner, nodes["feature_idx"], -1).astype(np.int32),
        np.where(inner, nodes["num_threshold"], 0.0).astype(np.float64),
        np.where(inner, 0.0, nodes["value"]).astype(np.float64),
        nodes["count"].astype(np.float64),
        sets_of(codes, (nodes["missing_go_to_left"] != 0).tolist()),
    )
