"""Profiles against scipy: counts, exact distances, merging, bounds, bytes; on both kernels."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy import stats

from bellwether.contracts import Column, Kind
from bellwether.errors import Conflict, Unreadable
from bellwether.profile import (
    CategoricalWindow,
    KernelName,
    NumericReference,
    NumericWindow,
    ReferenceProfile,
    Unusable,
    WindowProfile,
    distance_bounds,
    fit,
    window,
)

Floats = NDArray[np.float64]
every_kernel = pytest.mark.parametrize("kernel", ["compiled", "plain"])


def inflated(g: np.random.Generator, n: int, share: float) -> Floats:
    return np.where(g.random(n) < share, 0.0, g.normal(0, 1, n))


SHAPES: dict[str, Callable[[np.random.Generator, int], tuple[Floats, Floats]]] = {
    "no drift": lambda g, n: (g.normal(0, 1, n), g.normal(0, 1, n)),
    "shift": lambda g, n: (g.normal(0, 1, n), g.normal(0.05, 1, n)),
    "lognormal": lambda g, n: (g.lognormal(0, 1, n), g.lognormal(0.05, 1, n)),
    "cauchy": lambda g, n: (g.standard_cauchy(n), 1.1 * g.standard_cauchy(n)),
    "poisson": lambda g, n: (g.poisson(8, n).astype(float), g.poisson(8.2, n).astype(float)),
    "zero inflated": lambda g, n: (inflated(g, n, 0.3), inflated(g, n, 0.35)),
    "out of range": lambda g, n: (g.normal(0, 1, n), g.normal(30, 1, n)),
    "constant": lambda g, n: (np.full(n, 3.0), np.where(np.arange(n) < n // 10, 4.0, 3.0)),
    "rounded": lambda g, n: (g.normal(0, 1, n).round(2), g.normal(0, 1.02, n).round(2)),
}
every_shape = pytest.mark.parametrize("shape", list(SHAPES))


def pair(shape: str, n: int) -> tuple[Floats, Floats]:
    return SHAPES[shape](np.random.default_rng(1), n)


def column(name: str, kind: Kind = "numeric") -> Column:
    return Column(name=name, role="feature", kind=kind, dtype="")


def reference_of(values: Floats | pa.Array) -> ReferenceProfile:
    return fit(pa.table({"x": values}), [column("x")])


def numeric(profile: WindowProfile, name: str = "x") -> NumericWindow:
    part = profile.parts[name]
    assert isinstance(part, NumericWindow)
    return part


def ks_of_scipy(ref: Floats, cur: Floats) -> float:
    with np.errstate(divide="ignore"):  # its p-value divides by round(h), 0 for two single values
        return float(stats.ks_2samp(ref, cur, method="asymp").statistic)


def with_missing(x: Floats) -> Floats:
    return np.where(np.random.default_rng(2).random(x.size) < 0.02, np.nan, x)


@every_kernel
@pytest.mark.parametrize("n", [1, 2, 50, 1_000, 70_000])
@every_shape
def test_ks_is_bit_equal_and_w1_agrees_with_scipy(shape: str, n: int, kernel: KernelName) -> None:
    ref, cur = pair(shape, n)
    cur = with_missing(cur)
    finite = cur[np.isfinite(cur)]
    found = numeric(window(pa.table({"x": cur}), reference_of(ref), kernel=kernel))
    assert found.missing == cur.size - finite.size
    if not finite.size:
        assert found.exact is None
        return
    assert found.exact is not None
    assert found.exact.ks == ks_of_scipy(ref, finite)
    expected = stats.wasserstein_distance(ref, finite)
    assert found.exact.wasserstein == pytest.approx(expected, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("offset", [0.0, 1e6, 1e9, 1.7e12])
def test_w1_survives_offset_and_scale(offset: float, scale: float) -> None:
    ref, cur = (offset + scale * x for x in pair("shift", 20_000))
    found = numeric(window(pa.table({"x": cur}), reference_of(ref)))
    assert found.exact is not None
    expected = stats.wasserstein_distance(ref - offset, cur - offset)
    assert found.exact.wasserstein == pytest.approx(expected, rel=1e-9)
    assert found.exact.ks == ks_of_scipy(ref, cur)


def test_threads_and_chunks_change_nothing() -> None:
    g = np.random.default_rng(6)
    columns = [column(f"x{i}") for i in range(6)] + [column("c", "categorical")]
    data = {f"x{i}": g.lognormal(size=70_000) for i in range(6)} | {"c": g.choice(list("abc"), 70_000)}
    table = pa.table(data)
    reference = fit(table.slice(0, 30_000), columns)
    whole = window(table, reference)
    parts = pa.concat_tables([table.slice(0, 1), table.slice(1, 66_000), table.slice(66_001)])
    assert window(table, reference, threads=3).to_bytes() == whole.to_bytes()
    chunked = window(parts, reference)
    for i in range(6):
        assert np.array_equal(numeric(chunked, f"x{i}").counts, numeric(whole, f"x{i}").counts)
        one, two = numeric(chunked, f"x{i}").exact, numeric(whole, f"x{i}").exact
        assert one is not None
        assert two is not None
        assert (one.ks, one.wasserstein) == pytest.approx((two.ks, two.wasserstein), rel=1e-12)


def test_no_thread_is_started_unless_told() -> None:
    """A worker forks after it warmed up; a pool started before would be dead in the child."""
    code = """
import os, pyarrow as pa
from bellwether.contracts import Column
from bellwether.profile import fit, window
from bellwether.profile.kernels import load
load()  # imports numba and with it libraries that have threads of their own
before = len(os.listdir("/proc/self/task"))
table = pa.table({"x": [1.0, 2.0, None], "c": pa.array(["a", "b", None]), "n": [1, 2, 3]})
kinds = {"x": "numeric", "c": "categorical", "n": "numeric"}
reference = fit(table, [Column(name=n, role="feature", kind=k, dtype="") for n, k in kinds.items()])
type(reference).from_bytes(reference.to_bytes())
found = window(table, reference)
type(found).from_bytes(found.to_bytes())
print(before, len(os.listdir("/proc/self/task")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    before, after = done.stdout.split()
    assert before == after, done.stdout


@every_shape
def test_windows_add_up_and_bounds_hold_the_exact_value(shape: str) -> None:
    ref, cur = pair(shape, 20_000)
    cur = with_missing(cur)
    reference = reference_of(ref)
    part = reference.parts["x"]
    assert isinstance(part, NumericReference)
    first, *rest = (window(pa.table({"x": x}), reference) for x in np.array_split(cur, 7))
    for one in rest:
        first = first + one
    whole, merged = numeric(window(pa.table({"x": cur}), reference)), numeric(first)
    assert np.array_equal(merged.counts, whole.counts)
    assert np.array_equal(merged.tied, whole.tied)
    assert (merged.missing, merged.smallest, merged.largest) == (whole.missing, whole.smallest, whole.largest)
    assert merged.sums == pytest.approx(whole.sums, rel=1e-9, abs=1e-9)
    assert merged.exact is None
    assert whole.exact is not None
    ks, w1 = distance_bounds(part, merged)
    assert ks[0] <= whole.exact.ks <= ks[1]
    assert w1[0] * (1 - 1e-9) <= whole.exact.wasserstein <= w1[1] * (1 + 1e-9)
    inner = [(w.counts - w.tied).max() / w.n for w in (part, whole)]
    assert ks[1] - ks[0] <= max(inner) + 1e-12


@every_kernel
def test_neighbouring_floats_land_in_the_right_bins(kernel: KernelName) -> None:
    values = 1e15 + np.arange(2_000) * 0.125
    reference = reference_of(values)
    part = reference.parts["x"]
    assert isinstance(part, NumericReference)
    assert np.array_equal(numeric(window(pa.table({"x": values}), reference, kernel=kernel)).counts, part.counts)


EXTREMES: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "pareto": lambda g, n: g.pareto(0.2, n),
    "two distant peaks": lambda g, n: np.where(g.random(n) < 0.5, 1e9, 0.0) + g.normal(size=n),
    "a code for missing": lambda g, n: np.where(g.random(n) < 0.1, -999.0, g.random(n)),
    "all magnitudes": lambda g, n: g.choice([-1.0, 1.0], n) * 10.0 ** g.uniform(-300, 300, n),
    "smallest floats": lambda g, n: np.asarray(5e-324 * g.integers(0, 20_000, n), dtype=np.float64),
    "largest floats": lambda g, n: g.uniform(-1, 1, n) * 1.7e308,
    "two values": lambda g, n: g.choice([-1.7e308, 1.7e308], n),
}


@pytest.mark.parametrize("shape", list(EXTREMES))
def test_both_kernels_find_the_bins_of_extreme_columns(shape: str) -> None:
    g = np.random.default_rng(4)
    values, current = EXTREMES[shape](g, 9_000), EXTREMES[shape](g, 5_000)
    reference = reference_of(values)
    part = reference.parts["x"]
    assert isinstance(part, NumericReference)
    table = pa.table({"x": np.concatenate([values, current])})
    one, two = (numeric(window(table, reference, kernel=kernel)) for kernel in ("compiled", "plain"))
    expected = np.bincount(np.searchsorted(part.edges, table["x"].to_numpy()), minlength=part.counts.size)
    assert np.array_equal(one.counts, expected)
    assert np.array_equal(two.counts, expected)
    assert np.array_equal(one.tied, two.tied)
    assert one.exact is not None
    assert two.exact is not None
    assert one.exact.ks == two.exact.ks


def test_numbers_survive_their_types() -> None:
    """Integers beyond 2**53, decimals, float32, nulls anywhere, any offset into a buffer."""
    base = 2**60
    integers = pa.array([base + i for i in range(1_000)] + [None], pa.int64())
    reference = reference_of(integers)
    part = reference.parts["x"]
    assert isinstance(part, NumericReference)
    assert (part.origin, part.edges.size, part.missing) == (base, 1_000, 1)
    found = numeric(window(pa.table({"x": pa.array([base + 3, None, base - 2, -5])}), reference))
    assert (found.counts[3], found.counts[0], found.missing) == (1, 2, 1)
    unsigned = reference_of(pa.array([2**64 - 1, 2**63, 2**63 + 1], pa.uint64()))
    again = numeric(window(pa.table({"x": pa.array([2**63 + 1, 5], pa.uint64())}), unsigned))
    assert again.counts.tolist() == [1, 1, 0, 0]
    decimals = pa.array([1.5, 2.5, None]).cast(pa.decimal128(10, 2))
    assert numeric(window(pa.table({"x": decimals}), reference_of(np.array([1.5, 2.5])))).notes
    narrow = pa.array(np.array([1.5, 2.5, 7.0], np.float32))
    assert numeric(window(pa.table({"x": narrow}), reference_of(np.array([1.5, 2.5])))).counts.tolist() == [1, 1, 1]


@every_kernel
@pytest.mark.parametrize("start", [0, 1, 7, 8, 13])
def test_validity_is_read_wherever_a_slice_begins(start: int, kernel: KernelName) -> None:
    g = np.random.default_rng(5)
    values = pa.array(g.normal(size=300), mask=g.random(300) < 0.3).slice(start)
    found = numeric(window(pa.table({"x": values}), reference_of(np.arange(-3.0, 4.0)), kernel=kernel))
    kept = values.drop_null().to_numpy()
    assert (found.n, found.missing) == (kept.size, values.null_count)
    assert found.counts.tolist() == np.bincount(np.searchsorted(np.arange(-3.0, 4.0), kept), minlength=8).tolist()


@every_kernel
def test_missing_and_both_infinities_are_counted_apart(kernel: KernelName) -> None:
    values = pa.array([1.0, None, float("nan"), float("inf"), float("-inf"), float("-inf"), 2.0])
    found = numeric(window(pa.table({"x": values}), reference_of(np.arange(10.0)), kernel=kernel))
    assert (found.n, found.missing, found.above, found.below) == (2, 2, 1, 2)


def test_levels_are_counted_by_name_whatever_their_codes_are() -> None:
    table = pa.table({"c": pa.array(["a", "b", "a", None]).dictionary_encode()})
    reference = fit(table, [column("c", "categorical")])
    chunks = pa.chunked_array([pa.array(["b", "z"]), pa.array(["z", "a"]), pa.array([None], pa.string())])
    found = window(pa.table({"c": chunks}), reference).parts["c"]
    assert isinstance(found, CategoricalWindow)
    assert (found.counts.tolist(), found.missing, dict(found.unseen)) == ([1, 1, 0], 1, {"z": 2})


def test_a_column_that_is_gone_or_changed_its_type_says_so_and_the_rest_is_whole() -> None:
    table = pa.table({"x": [1.0, 2.0], "y": [1.0, 2.0], "z": [3.0, 4.0]})
    reference = fit(table, [column("x"), column("y"), column("z")])
    found = window(pa.table({"y": ["a", "b"], "z": [3.0, 3.5], "w": [1, 2]}), reference)
    assert isinstance(found.parts["x"], Unusable)
    assert found.parts["x"].reason == "column_missing"
    assert isinstance(found.parts["y"], Unusable)
    assert found.parts["y"].reason == "type_changed"
    assert numeric(found, "z").n == 2
    assert found.new_columns == ("w",)


def test_profiles_survive_their_bytes() -> None:
    table = pa.table({"x": pair("shift", 500)[0], "c": ["a", "b"] * 250, "t": [None] * 500})
    columns = [column("x"), column("c", "categorical"), column("t", "text"), column("gone")]
    reference = fit(table, columns)
    again = ReferenceProfile.from_bytes(reference.to_bytes())
    assert again.digest == reference.digest
    assert again.to_bytes() == reference.to_bytes()
    found = window(table, again)
    read = WindowProfile.from_bytes(found.to_bytes())
    assert read.to_bytes() == found.to_bytes()
    assert (read.reference, read.rows) == (reference.digest, 500)
    bare = ReferenceProfile.from_bytes(reference.to_bytes(values=False))
    assert bare.digest == reference.digest
    assert numeric(window(table, bare)).exact is None


@pytest.mark.parametrize("data", [b"", b"BWPROF1\n", b"x" * 100, b"BWPROF1\n" + bytes(100)])
def test_other_bytes_are_no_profile(data: bytes) -> None:
    with pytest.raises(Unreadable):
        ReferenceProfile.from_bytes(data)
    with pytest.raises(Unreadable):
        WindowProfile.from_bytes(data)


def test_windows_of_different_references_cannot_be_added() -> None:
    one, two = reference_of(np.arange(5.0)), reference_of(np.arange(6.0))
    table = pa.table({"x": [1.0]})
    with pytest.raises(Conflict):
        window(table, one) + window(table, two)
