"""Estimates without labels against the truth, where the truth is known."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from bellwether.drift.performance.base import Outcomes
from bellwether.drift.performance.binary import BINARY
from bellwether.drift.performance.calibration import IDENTITY, calibrate, calibration, ece, isotonic
from bellwether.drift.performance.estimated import fit_confidence, fit_decision_confidence
from bellwether.drift.performance.losses import fit_losses, summary
from bellwether.drift.performance.normal import checked
from bellwether.drift.performance.weighting import effective_rows, split, weights

NONE = np.zeros(2, dtype=bool)


def drawn(n: int, seed: int, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Scores that say too much, and labels that follow the true probability."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(-1 + shift, 1.5, n)
    truth = 1 / (1 + np.exp(-logit))
    score = 1 / (1 + np.exp(-1.7 * logit - 0.3))
    return score, (rng.random(n) < truth).astype(float)


@pytest.mark.parametrize("shift", [0.0, 0.7, -0.7])
def test_estimates_meet_the_realised_values_under_covariate_shift(shift: float) -> None:
    reference_score, reference_label = drawn(50_000, 1)
    score, label = drawn(50_000, 2, shift)
    decision = (score > 0.5).astype(float)
    expected = fit_confidence(reference_score, reference_label).estimate(score, decision)
    outcomes = Outcomes(label, decision, score)
    for metric in BINARY:
        assert expected[metric.slug] == pytest.approx(metric.measure(outcomes), abs=0.015), metric.slug


def test_perfectly_known_probabilities_give_the_closed_form() -> None:
    # Two groups of equal size with p = 0.2 and 0.8, decided at 0.5: every cell of the table is known.
    score = np.repeat([0.2, 0.8], 1000)
    expected = fit_confidence(score, np.tile(np.repeat([1.0, 0.0], [200, 800]), 2)[: score.size]).calibrator
    known = fit_confidence(
        score, np.concatenate([np.repeat([1.0, 0.0], [200, 800]), np.repeat([1.0, 0.0], [800, 200])])
    )
    found = known.estimate(score, (score > 0.5).astype(float))
    assert expected is not None
    assert found["accuracy"] == pytest.approx(0.8)
    assert found["precision"] == pytest.approx(0.8)
    assert found["recall"] == pytest.approx(0.8)
    assert found["roc_auc"] == pytest.approx(0.8)
    assert found["brier"] == pytest.approx(0.16)
    assert found["log_loss"] == pytest.approx(-(0.8 * np.log(0.8) + 0.2 * np.log(0.2)))


def test_a_calibrated_model_is_left_alone_and_another_is_mended() -> None:
    rng = np.random.default_rng(3)
    score = rng.random(20_000)
    honest = (rng.random(20_000) < score).astype(float)
    assert calibrate(score[:500], honest[:500]) is IDENTITY or ece(score, honest) < 0.02
    bold_score, bold_label = drawn(20_000, 4)
    mended = calibrate(bold_score, bold_label)
    assert mended is not IDENTITY
    other_score, other_label = drawn(20_000, 5)
    assert ece(mended(other_score), other_label) < 0.5 * ece(other_score, other_label)


def test_the_isotonic_map_is_monotone_and_the_least_squares_one() -> None:
    score, label = drawn(3_000, 6)
    score = np.round(score, 2)
    ours = isotonic(score, label)(score)
    theirs = IsotonicRegression(y_min=0, y_max=1).fit(score, label).predict(score)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_the_reliability_table_adds_up() -> None:
    score, label = drawn(5_000, 7)
    table = calibration(score, label)
    assert sum(rows for _, _, rows in table.bins) == 5_000
    assert table.observed_to_expected == pytest.approx(label.sum() / score.sum())
    by_hand = sum(abs(promised - seen) * rows for promised, seen, rows in table.bins) / 5_000
    assert table.ece == pytest.approx(by_hand)


def test_confidence_in_decisions_gives_the_accuracy_of_many_classes() -> None:
    rng = np.random.default_rng(8)
    confidence = rng.uniform(0.3, 1.0, 40_000)
    right = (rng.random(40_000) < confidence**2).astype(float)
    fitted = fit_decision_confidence(confidence[:20_000], right[:20_000])
    easy = confidence[20_000:] > 0.6
    found = fitted.estimate(confidence[20_000:][easy])["accuracy"]
    assert found == pytest.approx(right[20_000:][easy].mean(), abs=0.01)


def test_expected_losses_follow_where_the_model_is_weak() -> None:
    rng = np.random.default_rng(9)
    inputs = rng.uniform(0, 1, (6_000, 2))
    error = rng.normal(0, 1 + 4 * (inputs[:, 0] > 0.5))
    fitted = fit_losses(inputs, error, NONE)
    hard = inputs[inputs[:, 0] > 0.5]
    found = summary(fitted.expected(hard))
    assert found["mae"] == pytest.approx(5 * np.sqrt(2 / np.pi), rel=0.08)
    assert found["rmse"] == pytest.approx(5, rel=0.08)
    assert summary(fitted.held_out)["mae"] == pytest.approx(np.abs(error).mean(), rel=0.03)


def test_weights_make_the_reference_look_like_the_window() -> None:
    rng = np.random.default_rng(10)
    reference, current = rng.normal(0, 1, (8_000, 2)), rng.normal(0, 1, (4_000, 2))
    current[:, 0] += 0.8
    weight = weights(reference, current, NONE)
    assert weight.values.mean() == pytest.approx(1.0)
    assert np.average(reference[:, 0], weights=weight.values) == pytest.approx(0.8, abs=0.15)
    assert effective_rows(weight.values) < 8_000


def test_a_fall_by_other_rows_is_told_from_a_changed_world() -> None:
    rng = np.random.default_rng(11)
    reference = rng.normal(0, 1, (8_000, 2))
    loss = np.exp(reference[:, 0])
    current = rng.normal(0, 1, (8_000, 2))
    current[:, 0] += 0.7
    weight = weights(reference, current, NONE)
    moved = split(loss, weight, float(np.exp(current[:, 0]).mean()))
    assert moved.covariate is not None
    assert moved.concept is not None
    assert abs(moved.concept) < 0.35 * moved.covariate
    changed = split(loss, weights(reference, rng.normal(0, 1, (8_000, 2)), NONE), float(loss.mean()) + 2)
    assert changed.concept == pytest.approx(2, abs=0.15)


def test_no_overlap_is_said_and_not_guessed() -> None:
    rng = np.random.default_rng(12)
    reference, current = rng.normal(0, 1, (2_000, 2)), rng.normal(8, 1, (2_000, 2))
    found = split(np.ones(2_000), weights(reference, current, NONE), 3.0)
    assert (found.covariate, found.reason) == (None, "no_overlap")


def test_an_estimate_is_held_against_labels_chunk_by_chunk_and_its_interval_holds_the_truth() -> None:
    g = np.random.default_rng(21)
    truth = g.normal(0.8, 0.02, 60)
    guess = truth + g.normal(0.0, 0.01, 60)
    parts = [slice(i * 500, (i + 1) * 500) for i in range(60)]
    found = checked(parts, lambda p: float(guess[p.start // 500]), lambda p: float(truth[p.start // 500]))
    assert found is not None
    assert found.error == pytest.approx(0.01, rel=0.25)
    ends = [found.interval(value, 500, 0.0, 1.0) for value in guess]
    assert sum(low <= real <= high for (low, high), real in zip(ends, truth, strict=True)) >= 54
    low, high = found.interval(0.8, 125, 0.0, 1.0)  # a quarter of the rows: twice as wide
    assert high - low == pytest.approx(2 * 2 * 1.96 * found.error, rel=1e-3)
    assert found.interval(0.999, 125, 0.0, 1.0)[1] == 1.0
    assert checked(parts[:4], lambda p: 1.0, lambda p: 1.0) is None
