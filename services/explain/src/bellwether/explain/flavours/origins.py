"""Which input columns each encoded column is made of: walking scikit-learn's pipelines by their fitted attributes.

The names of the classes are read, the package is not imported. What is not known mixes everything, which is safe: a
mixed column makes the kernels step aside. The result is checked by perturbing real rows.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bellwether.explain.trees.ensemble import Unsupported

Origins = list[frozenset[int]]

_SAME = "OneToOneFeatureMixin"


def origins(transformer: Any, n_in: int) -> Origins:
    """Return for each output column of a fitted transformer the input columns it depends on.

    Raises
    ------
    Unsupported
        The number of output columns cannot be told.
    """
    if transformer is None or transformer == "passthrough":
        return [frozenset([i]) for i in range(n_in)]
    if transformer == "drop":
        return []
    names = {base.__name__ for base in type(transformer).__mro__}
    for name, walk in _WALKS.items():
        if name in names:
            return walk(transformer, n_in)
    if _SAME in names or type(transformer).__name__ == "FunctionTransformer":
        return [frozenset([i]) for i in range(n_in)]
    everything = frozenset(range(n_in))
    return [everything] * _count(transformer)


def compose(first: Origins, then: Origins) -> Origins:
    """Return the origins of two steps in a row."""
    return [frozenset().union(*(first[i] for i in through)) for through in then]


def _pipeline(pipeline: Any, n_in: int) -> Origins:
    found: Origins = [frozenset([i]) for i in range(n_in)]
    for _, step in pipeline.steps:
        found = compose(found, origins(step, len(found)))
    return found


def _columns(transformer: Any, n_in: int) -> Origins:
    inputs = transformer._transformer_to_input_indices  # noqa: SLF001 - the fitted columns as numbers
    places = transformer.output_indices_
    found: Origins = [frozenset()] * max((s.stop for s in places.values()), default=0)
    for name, step, _ in transformer.transformers_:
        mine = list(inputs.get(name, []))
        if name not in places or places[name].start == places[name].stop:
            continue
        own = [frozenset([i]) for i in mine]
        found[places[name]] = compose(own, origins(step, len(mine)))
    return found


def _union(union: Any, n_in: int) -> Origins:
    return [column for _, step in union.transformer_list for column in origins(step, n_in)]


def _one_hot(encoder: Any, n_in: int) -> Origins:
    return _repeated(encoder._n_features_outs)  # noqa: SLF001 - counts what is dropped and what is infrequent


def _repeated(counts: Sequence[int]) -> Origins:
    return [frozenset([i]) for i, count in enumerate(counts) for _ in range(int(count))]


def _imputer(imputer: Any, n_in: int) -> Origins:
    kept = list(range(n_in))
    statistics = np.asarray(imputer.statistics_)
    if not getattr(imputer, "keep_empty_features", False) and statistics.dtype.kind == "f":
        kept = [i for i in kept if not np.isnan(statistics[i])]
    found = [frozenset([i]) for i in kept]
    if imputer.indicator_ is not None:
        found += [frozenset([int(i)]) for i in imputer.indicator_.features_]
    return found


def _selected(selector: Any, n_in: int) -> Origins:
    return [frozenset([int(i)]) for i in selector.get_support(indices=True)]


def _bins(binner: Any, n_in: int) -> Origins:
    return _repeated(binner.n_bins_ if "onehot" in binner.encode else [1] * n_in)


def _powers(polynomial: Any, n_in: int) -> Origins:
    return [frozenset(np.flatnonzero(row).tolist()) for row in polynomial.powers_]


def _splines(splines: Any, n_in: int) -> Origins:
    return _repeated([splines.n_features_out_ // n_in] * n_in)


def _target(encoder: Any, n_in: int) -> Origins:
    return _repeated([len(encoder.classes_) if encoder.target_type_ == "multiclass" else 1] * n_in)


_WALKS = {
    "Pipeline": _pipeline,
    "ColumnTransformer": _columns,
    "FeatureUnion": _union,
    "OneHotEncoder": _one_hot,
    "SimpleImputer": _imputer,
    "SelectorMixin": _selected,
    "KBinsDiscretizer": _bins,
    "PolynomialFeatures": _powers,
    "SplineTransformer": _splines,
    "TargetEncoder": _target,
}


def _count(transformer: Any) -> int:
    for name in ("n_features_out_", "n_components_", "_n_features_out"):
        count = getattr(transformer, name, None)
        if isinstance(count, (int, np.integer)):
            return int(count)
    if hasattr(transformer, "get_feature_names_out"):
        return len(transformer.get_feature_names_out())
    raise Unsupported(f"how many columns {type(transformer).__name__} makes cannot be told")


def groups(found: Origins, names: Sequence[str]) -> list[int]:
    """Return the input column of each encoded column; raises ``Unsupported`` where one mixes several."""
    for column in found:
        if len(column) > 1:
            mixed = ", ".join(repr(names[i]) for i in sorted(column)[:5])
            more = f" and {len(column) - 5} more" if len(column) > 5 else ""
            raise Unsupported(f"the model's preprocessing mixes columns {mixed}{more}")
    return [next(iter(column), 0) for column in found]
