"""Each method against an independent source: scipy, brute force, or a closed form."""

import inspect
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import special, stats
from scipy.spatial.distance import jensenshannon
from scipy.stats.contingency import association

from bellwether.contracts import Column, Kind
from bellwether.drift.methods import (
    ad,
    chi2,
    cramer_v,
    cvm,
    energy,
    hellinger,
    js,
    kl,
    ks,
    mwu,
    psi,
    tvd,
    wasserstein,
)
from bellwether.drift.methods.base import Measurement
from bellwether.drift.methods.nulls import chi2_isf, detectable_chi2
from bellwether.drift.pairs import Pair, pair_of
from bellwether.drift.pooling import pool
from bellwether.profile import KernelName, Unusable, WindowProfile, fit, window

Floats = NDArray[np.float64]

TABLES = {
    "alike": ([500, 300, 200, 40], [480, 310, 190, 45]),
    "moved": ([500, 300, 200, 40], [350, 280, 150, 90]),
    "unseen and vanished": ([500, 300, 200, 0, 60], [350, 280, 150, 20, 0]),
    "unequal sizes": ([50_000, 30_000, 20_000], [35, 28, 45]),
    "disjoint": ([500, 0], [0, 300]),
}
every_table = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))


def counts(reference: list[int], current: list[int], *, ordered: bool = False) -> Pair:
    labels = (*(str(i) for i in range(len(reference))), "missing")
    return Pair(labels, np.array([*reference, 0]), np.array([*current, 0]), ordered)


def shares(table: tuple[list[int], list[int]]) -> tuple[Floats, Floats]:
    r, x = (np.array(side, dtype=float) for side in table)
    return r / r.sum(), x / x.sum()


def value(found: Measurement) -> float:
    assert found.value is not None
    return found.value


def p_value(found: Measurement) -> float:
    assert found.p_value is not None
    return found.p_value


def numeric(reference: Floats, current: Floats, kernel: KernelName = "auto") -> Pair:
    profile = fit(pa.table({"x": reference}), [Column(name="x", role="feature", kind="numeric", dtype="")])
    return of(profile.parts["x"], window(pa.table({"x": current}), profile, kernel=kernel))


def of(part: object, seen: WindowProfile, rows: Floats | None = None) -> Pair:
    other = seen.parts["x"]
    assert not isinstance(part, Unusable)
    assert not isinstance(other, Unusable)
    return pair_of(part, other, rows)  # type: ignore[arg-type]  # not Unusable


def ranked(reference: Floats, current: Floats) -> Pair:
    """A pair with the rows at hand."""
    profile = fit(pa.table({"x": reference}), [Column(name="x", role="feature", kind="numeric", dtype="")])
    return of(profile.parts["x"], window(pa.table({"x": current}), profile), np.sort(current))


@every_table
def test_psi_is_its_sum_with_shares_floored(table: tuple[list[int], list[int]]) -> None:
    p, q = (np.maximum(side, 1e-4) for side in shares(table))
    expected = sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert value(psi.psi(counts(*table))) == pytest.approx(expected, rel=1e-12)


@every_table
def test_js_equals_scipy(table: tuple[list[int], list[int]]) -> None:
    expected = jensenshannon(*shares(table), base=2)
    assert value(js.js(counts(*table))) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@every_table
def test_hellinger_and_tvd_are_their_sums(table: tuple[list[int], list[int]]) -> None:
    p, q = shares(table)
    affinity = sum(math.sqrt(a * b) for a, b in zip(p, q, strict=True))
    assert value(hellinger.hellinger(counts(*table))) == pytest.approx(math.sqrt(1 - affinity), rel=1e-9, abs=1e-12)
    found = tvd.tvd(counts(*table))
    assert value(found) == pytest.approx(sum(abs(a - b) for a, b in zip(p, q, strict=True)) / 2, rel=1e-12)
    assert found.beside["linf"] == pytest.approx(max(abs(a - b) for a, b in zip(p, q, strict=True)), rel=1e-12)


@every_table
def test_chi_squared_equals_scipy_on_the_pooled_table(table: tuple[list[int], list[int]]) -> None:
    pair = counts(*table)
    expected = stats.chi2_contingency(np.array(pair.pooled), correction=False)
    found = chi2.chi2(pair)
    assert value(found) == pytest.approx(expected.statistic, rel=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-300)
    assert found.df == expected.dof
    for other in (cramer_v.cramer_v(pair), tvd.tvd(pair)):
        assert other.p_value == found.p_value


def test_balanced_v_equals_scipy_where_the_sizes_are_equal_and_does_not_feel_their_ratio() -> None:
    r, x = np.array([400, 300, 300]), np.array([300, 350, 350])
    found = cramer_v.cramer_v(counts(r.tolist(), x.tolist()))
    expected = association(np.array([r, x]), method="cramer")
    assert value(found) == pytest.approx(expected, rel=1e-12)
    assert found.beside["plain"] == pytest.approx(expected, rel=1e-12)
    ratio = cramer_v.cramer_v(counts((r * 1000).tolist(), x.tolist()))
    assert value(ratio) == pytest.approx(expected, rel=1e-12)
    assert ratio.beside["plain"] < expected / 5


@pytest.mark.parametrize("kernel", ["compiled", "plain"])
@pytest.mark.parametrize("shift", [0.0, 0.05, 0.5])
def test_ks_and_its_p_value_equal_scipy(shift: float, kernel: KernelName) -> None:
    g = np.random.default_rng(1)
    r, x = g.normal(size=6_000), g.normal(shift, size=2_500)
    found = ks.ks(numeric(r, x, kernel))
    expected = stats.ks_2samp(r, x, method="asymp")
    assert value(found) == expected.statistic
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-300)


def test_wasserstein_equals_scipy_in_reference_deviations() -> None:
    g = np.random.default_rng(2)
    r, x = g.lognormal(size=6_000), g.lognormal(0.1, size=2_500)
    found = wasserstein.wasserstein(numeric(r, x))
    expected = stats.wasserstein_distance(r, x)
    assert value(found) == pytest.approx(expected / r.std(), rel=1e-9)
    assert found.beside["raw"] == pytest.approx(expected, rel=1e-9)


RANKED: dict[str, tuple[Floats, Floats]] = {
    "alike": (np.random.default_rng(10).normal(size=6_000), np.random.default_rng(11).normal(size=2_500)),
    "moved": (np.random.default_rng(10).normal(size=6_000), np.random.default_rng(11).normal(0.1, 1.2, 2_500)),
    "heavy tails": (np.random.default_rng(10).standard_cauchy(5_000), np.random.default_rng(11).standard_cauchy(9_000)),
    "counts with ties": (
        np.random.default_rng(10).poisson(4, 5_000).astype(float),
        np.random.default_rng(11).poisson(4.2, 800).astype(float),
    ),
    "few": (np.array([1.0, 4.0, 4.0, 9.0, 2.5, 7.0]), np.array([2.0, 4.0, 8.0])),
    "apart": (np.arange(50.0), np.arange(100.0, 130.0)),
}
every_sample = pytest.mark.parametrize("sample", RANKED.values(), ids=list(RANKED))


@every_table
def test_kl_is_its_sum_with_shares_floored(table: tuple[list[int], list[int]]) -> None:
    p, q = (np.maximum(side, 1e-4) for side in shares(table))
    assert value(kl.kl(counts(*table))) == pytest.approx(special.rel_entr(q, p).sum(), rel=1e-12, abs=1e-15)


@every_sample
def test_mann_whitney_equals_scipy(sample: tuple[Floats, Floats]) -> None:
    r, x = sample
    expected = stats.mannwhitneyu(x, r, method="asymptotic", alternative="two-sided")
    found = mwu.mwu(ranked(r, x))
    assert found.beside["auc"] == pytest.approx(expected.statistic / (r.size * x.size), rel=1e-12)
    assert value(found) == pytest.approx(abs(2 * expected.statistic / (r.size * x.size) - 1), rel=1e-9, abs=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-300)
    assert found.bounds is None


@every_sample
def test_cramer_von_mises_equals_scipy_where_no_value_comes_twice(sample: tuple[Floats, Floats]) -> None:
    r, x = sample
    found = cvm.cvm(ranked(r, x))
    if np.unique(np.r_[r, x]).size == r.size + x.size:
        expected = stats.cramervonmises_2samp(r, x, method="asymptotic")
        assert value(found) == pytest.approx(expected.statistic, rel=1e-9)
        assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-9)  # scipy stops its series there
    both = np.r_[r, x]
    gap = np.array([(r <= v).mean() - (x <= v).mean() for v in both[:: max(1, both.size // 500)]])
    if both.size < 500:
        assert value(found) == pytest.approx(r.size * x.size / both.size**2 * np.square(gap).sum(), rel=1e-9)


@every_sample
@pytest.mark.filterwarnings("ignore:p-value")  # scipy's, at both ends of its table
def test_anderson_darling_equals_scipy(sample: tuple[Floats, Floats]) -> None:
    expected = scipy_ad(*sample)
    found = ad.ad(ranked(*sample))
    assert value(found) == pytest.approx(expected.statistic, rel=1e-9)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9)


@every_sample
def test_energy_equals_scipy_in_the_root_of_reference_deviations(sample: tuple[Floats, Floats]) -> None:
    r, x = sample
    expected = stats.energy_distance(r, x)
    found = energy.energy(ranked(r, x))
    assert found.beside["raw"] == pytest.approx(expected, rel=1e-9)
    assert value(found) == pytest.approx(expected / math.sqrt(r.std()), rel=1e-9)


@every_sample
@pytest.mark.filterwarnings("ignore:p-value")
def test_of_a_profile_rank_statistics_are_those_of_the_values_rounded_to_its_bins(
    sample: tuple[Floats, Floats],
) -> None:
    r, x = sample
    pair = numeric(r, x)
    assert pair.numbers is not None
    edges = pair.numbers[0].edges
    rounded = [rounded_to(edges, side) for side in (r, x)]
    assert mwu.mwu(pair).p_value == pytest.approx(
        stats.mannwhitneyu(*rounded[::-1], method="asymptotic").pvalue, rel=1e-9, abs=1e-300
    )
    assert value(cvm.cvm(pair)) == pytest.approx(value(cvm.cvm(ranked(*rounded))), rel=1e-9)
    assert value(ad.ad(pair)) == pytest.approx(scipy_ad(*rounded).statistic, rel=1e-9)
    exact, close = mwu.mwu(ranked(r, x)), mwu.mwu(pair)
    low, high = close.bounds or (value(close), value(close))
    assert low - 1e-12 <= value(exact) <= high + 1e-12
    assert high - low < 0.002
    assert value(energy.energy(pair)) == pytest.approx(value(energy.energy(ranked(r, x))), rel=0.05, abs=1e-4)


def rounded_to(edges: Floats, values: Floats) -> Floats:
    """Twice the number of edges below a value, plus one where it stands on an edge."""
    below = np.searchsorted(edges, values)
    return np.asarray(2.0 * below + np.isin(values, edges), dtype=np.float64)


def scipy_ad(r: Floats, x: Floats) -> Any:
    parameters = inspect.signature(stats.anderson_ksamp).parameters
    return stats.anderson_ksamp([r, x], **({"variant": "midrank"} if "variant" in parameters else {"midrank": True}))


def test_tails_of_rank_tests_without_drift_are_what_they_say() -> None:
    g = np.random.default_rng(12)
    runs, methods = 400, (mwu.mwu, cvm.cvm, ad.ad)
    pairs = [ranked(*(g.normal(size=size) for size in (300, 120))) for _ in range(runs)]
    tied = [ranked(*(g.normal(size=size).round() for size in (300, 120))) for _ in range(runs)]
    for level in (0.1, 0.05, 0.01):
        slack = 3 * math.sqrt(level / runs) + 0.1 * level
        for measure in methods:
            assert np.mean([p_value(measure(one)) <= level for one in pairs]) == pytest.approx(level, abs=slack)
        assert np.mean([p_value(mwu.mwu(one)) <= level for one in tied]) == pytest.approx(level, abs=slack)
        assert np.mean([p_value(cvm.cvm(one)) <= level for one in tied]) <= level + slack


def test_a_constant_reference_has_no_deviation_to_divide_by() -> None:
    found = wasserstein.wasserstein(numeric(np.full(300, 2.0), np.full(300, 5.0)))
    assert (found.value, found.reason, found.beside["raw"]) == (None, "constant_reference", 3.0)


def test_a_constant_reference_has_three_bins() -> None:
    pair = numeric(np.full(300, 2.0), np.array([1.0, 2.0, 2.0, 3.0, np.nan]))
    assert pair.labels == ("< 2", "2", "> 2", "missing")
    assert pair.current.tolist() == [1, 2, 1, 1]


def test_bins_are_deciles_of_the_reference_that_never_move() -> None:
    g = np.random.default_rng(3)
    r = g.normal(size=5_003)
    expected = np.quantile(r, np.arange(1, 10) / 10, method="inverted_cdf")
    for x in (g.normal(size=1_000), g.normal(50, size=10)):
        pair = numeric(r, x)
        for side, sample in ((pair.reference, r), (pair.current, x)):
            found = np.bincount(np.searchsorted(expected, sample), minlength=10)
            assert side[:-1].tolist() == found.tolist()


def test_infinite_values_fall_into_the_end_bins_and_missing_ones_into_their_own() -> None:
    pair = numeric(np.arange(100.0), np.array([-np.inf, np.inf, np.inf, np.nan, 50.0]))
    assert pair.current.tolist() == [1, 0, 0, 0, 0, 1, 0, 0, 0, 2, 1]


def test_a_far_outlier_moves_psi_as_the_deciles_say() -> None:
    g = np.random.default_rng(4)
    r = g.normal(size=50_000)
    x = np.where(g.random(50_000) < 0.1, 1e6, g.normal(size=50_000))
    expected = 0.09 * math.log(1.9) + 9 * 0.01 * math.log(1 / 0.9)  # the last decile takes them in
    assert value(psi.psi(numeric(r, x))) == pytest.approx(expected, rel=0.05)


def test_missing_values_are_part_of_the_score() -> None:
    g = np.random.default_rng(5)
    r, x = (np.where(g.random(20_000) < share, np.nan, g.normal(size=20_000)) for share in (0.05, 0.25))
    pair = numeric(r, x)
    assert value(psi.psi(pair)) == pytest.approx(0.354, abs=0.03)
    assert value(psi.psi(pair.observed)) < 0.01


@pytest.mark.parametrize("method", [psi, js, hellinger, cramer_v, tvd, chi2])
def test_tails_without_drift_are_those_of_chi_squared(method: object) -> None:
    g = np.random.default_rng(6)
    measure = method.METHOD.measure  # type: ignore[attr-defined]  # a method module
    runs = 4_000
    r, x = (g.multinomial(2_000, np.full(11, 1 / 11), runs) for _ in range(2))
    p = np.array([measure(counts(a.tolist(), b.tolist())).p_value for a, b in zip(r, x, strict=True)])
    for level in (0.05, 0.01, 0.001):
        assert (p <= level).mean() == pytest.approx(level, abs=3 * math.sqrt(level / runs) + 0.1 * level)


def test_the_detectable_effect_is_that_of_the_noncentral_law() -> None:
    assert chi2_isf(0.01, 10) == pytest.approx(23.21, abs=0.005)
    assert detectable_chi2(0.01, 10) == pytest.approx(22.18, abs=0.005)
    assert stats.ncx2.sf(chi2_isf(0.01, 10), 10, detectable_chi2(0.01, 10)) == pytest.approx(0.8, abs=1e-9)


@pytest.mark.parametrize(("kind", "ordered"), [("numeric", True), ("categorical", False)])
def test_rare_bins_are_pooled_until_a_chi_squared_law_holds(kind: Kind, ordered: bool) -> None:
    g = np.random.default_rng(7)
    for _ in range(200):
        r, x = g.poisson(g.gamma(0.3, 20, size=12)), g.poisson(g.gamma(0.3, 20, size=12))
        if r.sum() == 0 or x.sum() == 0:
            continue
        a, b = pool(r, x, ordered=ordered)
        assert (a.sum(), b.sum()) == (r.sum(), x.sum())
        expected = (a + b) * min(a.sum(), b.sum()) / (a.sum() + b.sum())
        assert a.size == 1 or expected.min() >= 5 - 1e-9
