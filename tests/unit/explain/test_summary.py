"""What is said about a batch: errors that are true, ranks, directions, attribution drift, shifts, cohorts."""

import numpy as np
import pytest
from scipy import stats

from bellwether.explain.attribution import against_reference, ndcg, output_shift, p_value, shares, total_variation
from bellwether.explain.cohorts import cohorts
from bellwether.explain.summary import Values, importances, magnitudes


def contributions(n: int, seed: int = 0, scale: tuple[float, ...] = (3.0, 1.0, 0.9, 0.0)) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, len(scale))) * scale


NAMES = ("a", "b", "c", "d")


def test_importances_are_sorted_and_share_the_whole() -> None:
    phi = contributions(500)
    found, other = importances(phi, NAMES, rng=np.random.default_rng(0))
    assert [f.feature for f in found] == ["a", "b", "c", "d"]
    assert [f.rank for f in found] == [1, 2, 3, 4]
    assert sum(f.share for f in found) + other == pytest.approx(1)
    assert found[0].importance == pytest.approx(np.abs(phi[:, 0]).mean())
    assert found[0].interval == (found[0].importance, found[0].importance)  # every row was explained


def test_intervals_of_a_sample_cover_the_whole_batch() -> None:
    everyone = np.abs(contributions(2_000, 1)).mean(axis=0)
    hits, ranks = [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        drawn = contributions(2_000, 1)[rng.choice(2_000, 400, replace=False)]
        found, _ = importances(drawn, NAMES, population=2_000, rng=rng)
        true_rank = stats.rankdata(-everyone, method="ordinal")
        for f in found:
            j = NAMES.index(f.feature)
            assert f.interval is not None
            assert f.rank_interval is not None
            if j < 3:
                hits.append(f.interval[0] <= everyone[j] <= f.interval[1])
            ranks.append(f.rank_interval[0] <= true_rank[j] <= f.rank_interval[1])
    assert 0.92 <= np.mean(hits) <= 0.98
    assert np.mean(ranks) >= 0.95


def test_noise_of_estimates_does_not_make_a_feature_important() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(size=(20_000, 2)) * (1.0, 0.0)
    error = np.full(true.shape, 0.3)
    noisy = true + rng.normal(size=true.shape) * error
    plain, mended = np.abs(noisy).mean(axis=0), magnitudes(noisy, error).mean(axis=0)
    assert abs(mended[0] - np.abs(true[:, 0]).mean()) < abs(plain[0] - np.abs(true[:, 0]).mean())
    assert mended[1] < 0.6 * plain[1]
    np.testing.assert_array_equal(magnitudes(noisy, np.zeros_like(noisy)), np.abs(noisy))


def test_direction_is_a_rank_correlation_or_a_mean_by_category() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    x[:10] = np.nan
    labels = np.array([None, *rng.choice(["u", "v"], 299)], dtype=object)
    phi = np.column_stack([-(np.nan_to_num(x) ** 3), (labels == "u") * 2.0, np.zeros(300)])
    found, _ = importances(phi, ("x", "l", "z"), values=[Values(x), Values(labels=labels), Values(np.ones(300))])
    by_name = {f.feature: f for f in found}
    assert by_name["x"].direction == pytest.approx(-1)
    assert by_name["z"].direction is None
    effects = {c.category: c for c in by_name["l"].categories}
    assert effects["u"].mean == 2
    assert effects["v"].mean == 0
    assert effects["(missing)"].rows == 1
    expected = stats.spearmanr(x[10:], phi[10:, 0]).statistic
    assert by_name["x"].direction == pytest.approx(expected)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_rows_and_many_features_are_no_fault(n: int) -> None:
    phi = contributions(n, scale=(1.0,) * 300)
    if n == 0:
        return
    found, other = importances(phi, [f"f{i}" for i in range(300)], rng=np.random.default_rng(0))
    assert len(found) == 200
    assert sum(f.share for f in found) + other == pytest.approx(1)
    assert (found[0].std_error is None) == (n == 1)


def test_total_variation_and_ndcg_of_known_vectors() -> None:
    assert total_variation(np.array([0.7, 0.3]), np.array([0.2, 0.8])) == pytest.approx(0.5)
    assert ndcg(np.array([0.70, 0.50, 0.05]), np.array([0.10, 0.20, 0.70])) == pytest.approx(0.6876, abs=5e-5)
    assert ndcg(np.array([3.0, 2, 1]), np.array([30.0, 2, 1])) == 1
    assert ndcg(np.zeros(3), np.ones(3)) == 1
    np.testing.assert_array_equal(shares(np.zeros((5, 2))), [0, 0])


def test_p_values_without_drift_are_uniform() -> None:
    found = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        a, b = np.abs(rng.normal(size=(2, 60, 3)) * [3.0, 1, 0.5])
        found.append(p_value(a, b, rng, permutations=99))
    assert stats.kstest(found, "uniform").pvalue > 0.001


def test_drift_of_attributions_is_found_and_stability_is_not() -> None:
    reference = np.abs(contributions(800))
    rng = np.random.default_rng(5)
    calm = against_reference(reference, np.abs(contributions(500, 1)), NAMES, rng)
    assert calm.status == "fine"
    moved = against_reference(reference, np.abs(contributions(500, 2, (1.0, 3.0, 0.9, 0.0))), NAMES, rng)
    assert moved.status == "act"
    assert moved.p_value == pytest.approx(1 / 501)
    assert moved.tv is not None
    assert moved.tv > 0.2
    assert {f.feature for f in moved.features[:2]} == {"a", "b"}
    assert moved.features[0].q_value is not None
    assert moved.features[0].q_value < 1e-6
    assert moved.ndcg is not None
    assert moved.ndcg < 1


def test_too_little_or_nothing_is_unknown_with_a_reason() -> None:
    rng = np.random.default_rng(0)
    few = against_reference(np.ones((29, 2)), np.ones((500, 2)), ("a", "b"), rng)
    assert (few.status, few.tv) == ("unknown", None)
    assert "30 of each are needed" in str(few.reason)
    none = against_reference(np.zeros((50, 2)), np.ones((500, 2)), ("a", "b"), rng)
    assert none.reason == "no feature moves the output"


def test_a_constant_attribution_has_a_p_value() -> None:
    found = against_reference(np.ones((50, 2)), np.ones((60, 2)) * (1, 2), ("a", "b"), np.random.default_rng(0))
    assert {f.feature: f.q_value for f in found.features} == {"a": 1.0, "b": 0.0}


def test_the_shift_of_the_mean_output_is_split_exactly() -> None:
    before, after = contributions(400), contributions(300, 1) + np.array([0.5, 0, -0.2, 0])
    shift = output_shift(before, after, NAMES, 10.0)
    assert shift is not None
    assert shift.change == pytest.approx(shift.current - shift.reference)
    assert sum(f.change for f in shift.features) + shift.other == pytest.approx(shift.change)
    welch = stats.ttest_ind(after[:, 0], before[:, 0], equal_var=False)
    part = next(f for f in shift.features if f.feature == "a")
    assert part.change == pytest.approx(after[:, 0].mean() - before[:, 0].mean())
    assert part.interval == pytest.approx(tuple(welch.confidence_interval(0.95)), rel=0.02)
    assert output_shift(before[:10], after, NAMES, 10.0) is None


def test_a_cohort_is_compared_with_all_others() -> None:
    phi = contributions(400)
    labels = np.array(["x"] * 150 + ["y"] * 220 + [None] * 30, dtype=object)
    phi[:150, 1] += 2
    found = cohorts("site", labels, phi, NAMES, 1.0)
    assert [c.value for c in found] == ["y", "x"]  # the third has fewer than 50 rows
    x = found[1]
    assert x.features[0].feature == "b"
    assert x.output - x.rest == pytest.approx(sum(f.change for f in x.features) + x.other)
    assert not cohorts("site", np.array(["x"] * 400, dtype=object), phi, NAMES, 1.0)
