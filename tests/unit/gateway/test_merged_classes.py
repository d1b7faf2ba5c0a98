"""Importance for each class over several batches, against the mean over all their rows together."""

from datetime import UTC, datetime

import numpy as np
import pytest

from bellwether.contracts import Additivity, ClassImportance, Explanation, Importance
from bellwether.gateway.merging import classes

NAMES = ("age", "income", "debt")


def batch(contributions: dict[str, np.ndarray], without: str = "") -> Explanation:
    told = []
    for name, phi in contributions.items():
        size = np.abs(phi).mean(axis=0)
        features = tuple(
            Importance(feature=NAMES[j], importance=size[j], share=size[j] / size.sum(), mean=phi[:, j].mean())
            for j in np.argsort(-size)
        )
        reason = "it has no trees" if name == without else None
        checked = Additivity(state="exact", max_abs=float(len(phi)), rows=len(phi))
        told.append(
            ClassImportance(
                output_class=name, method="m", rows=len(phi), features=features, additivity=checked, reason=reason
            )
        )
    rows = len(next(iter(contributions.values())))
    return Explanation(
        id="g", pk="p", model="m", method="m", batch="b", rows=rows, features=(), classes=tuple(told),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def test_classes_of_batches_merge_to_those_of_all_rows() -> None:
    rng = np.random.default_rng(0)
    parts = [{name: rng.normal(size=(rows, 3)) * (1, 2, 3) for name in ("a", "b")} for rows in (30, 70)]
    merged = classes([batch(part) for part in parts])
    assert [one.output_class for one in merged] == ["a", "b"]
    for one in merged:
        every = np.concatenate([part[one.output_class] for part in parts])
        found = {feature.feature: feature for feature in one.features}
        for j, name in enumerate(NAMES):
            assert found[name].importance == pytest.approx(np.abs(every[:, j]).mean())
            assert found[name].mean == pytest.approx(every[:, j].mean())
        assert (one.rows, one.additivity.rows, one.additivity.max_abs) == (100, 100, 70.0)


def test_a_class_that_one_batch_does_not_tell_of_is_left_out() -> None:
    rng = np.random.default_rng(0)
    one, other = ({name: rng.normal(size=(9, 3)) for name in ("a", "b")} for _ in range(2))
    assert [found.output_class for found in classes([batch(one), batch(other, without="b")])] == ["a"]
    assert classes([batch({"a": rng.normal(size=(3, 3))}), batch({"c": rng.normal(size=(3, 3))})]) == ()
