"""Whose importances weigh a verdict: the newest explanation's, on the reference's rows before a batch's own."""

from datetime import UTC, datetime

import pytest

from bellwether.contracts import AgainstReference, AttributionChange, Explanation
from bellwether.contracts import Importance as FeatureImportance
from bellwether.drift.importance import learnt

NOW = datetime(2026, 1, 15, tzinfo=UTC)


def explanation(shares: dict[str, float], **given: object) -> Explanation:
    features = tuple(FeatureImportance(feature=name, importance=share, share=share) for name, share in shares.items())
    base = {"id": "g~1", "pk": "m|2026-01", "model": "m", "batch": "1", "method": "tree_shap", "rows": 500,
            "features": features, "created_at": NOW}  # fmt: skip
    return Explanation.model_validate(base | given)


def test_nothing_is_known_without_a_usable_explanation() -> None:
    assert learnt([], ["x"]) is None
    assert learnt([explanation({}), explanation({"x": 1.0}, reason="no model")], ["x"]) is None


def test_importances_on_the_reference_count_before_those_of_a_batch_that_moved() -> None:
    change = AttributionChange(feature="x", share=0.9, reference_share=0.1)
    rest = AttributionChange(feature="y", share=0.1, reference_share=0.9)
    against = AgainstReference(status="act", features=(change, rest))
    moved = explanation({"x": 0.9, "y": 0.1})
    known = learnt([moved, explanation({"x": 0.9, "y": 0.1}, against_reference=against, batch="2")], ["x", "y"])
    assert known is not None
    assert known.shares == pytest.approx({"x": 0.1, "y": 0.9})
    assert (known.source.batch, known.source.rows, known.source.method) == ("2", "reference", "tree_shap")


def test_without_such_the_newest_explanations_are_averaged() -> None:
    known = learnt([explanation({"x": 0.8, "y": 0.2}), explanation({"x": 0.4, "y": 0.6})], ["x", "y"])
    assert known is not None
    assert known.shares == pytest.approx({"x": 0.6, "y": 0.4})
    assert known.source.rows == "batch"


def test_a_surrogate_cannot_call_a_feature_unimportant_by_what_it_does_not_describe() -> None:
    known = learnt([explanation({"x": 1.0, "y": 0.0}, fidelity=0.4)], ["x", "y"])
    assert known is not None
    assert known.shares == pytest.approx({"x": 0.4 + 0.3, "y": 0.3})


def test_the_model_version_in_use_is_asked_first_and_unlisted_features_share_the_rest() -> None:
    old, new = explanation({"x": 1.0}, version="1"), explanation({"x": 0.7}, version="2")
    known = learnt([old, new], ["x", "a", "b", "c"], "2")
    assert known is not None
    assert known.shares == pytest.approx({"x": 0.7, "a": 0.1, "b": 0.1, "c": 0.1})
    assert learnt([old], ["x"], "2") is not None
