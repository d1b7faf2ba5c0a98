"""Rows in pieces: any split, order or number of workers gives the profile of one pass, exact distances included."""

from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bellwether.contracts import Column, Kind
from bellwether.profile import (
    CategoricalReference,
    NumericReference,
    NumericWindow,
    ReferenceProfile,
    WindowProfile,
    distance_bounds,
    fit,
    pick,
    rank_bins,
    settle,
    undecided,
    window,
    window_of_file,
)

KINDS: dict[str, Kind] = {
    "x": "numeric",
    "k": "numeric",
    "big": "numeric",
    "c": "categorical",
    "b": "boolean",
    "t": "text",
}
COLUMNS = [Column(name=name, role="feature", kind=kind, dtype="") for name, kind in KINDS.items()]


def table(g: np.random.Generator, rows: int, shift: float = 0.0) -> pa.Table:
    return pa.table(
        {
            "x": pa.array(g.normal(shift, 1, rows), mask=g.random(rows) < 0.05),
            "k": pa.array(g.poisson(3 + shift, rows)),
            "big": pa.array(2**60 + g.integers(0, 5_000, rows)),
            "c": pa.array(g.choice(list("abcdef"), rows), mask=g.random(rows) < 0.1),
            "b": pa.array(g.random(rows) < 0.3),
            "t": pa.array([f"text {i}" for i in g.integers(0, 30, rows)]),
        }
    )


def exact(profile: WindowProfile, name: str) -> tuple[float, float]:
    part = profile.parts[name]
    assert isinstance(part, NumericWindow)
    assert part.exact is not None
    return part.exact.ks, part.exact.wasserstein


def bare(profile: ReferenceProfile) -> ReferenceProfile:
    return ReferenceProfile.from_bytes(profile.to_bytes(), values=False)


@pytest.mark.parametrize("shift", [0.0, 0.3])
@pytest.mark.parametrize("workers", [1, 3])
def test_a_file_in_row_groups_has_the_profile_of_one_pass(tmp_path: Path, workers: int, shift: float) -> None:
    g = np.random.default_rng(1)
    reference, rows = fit(table(g, 6_000), COLUMNS), table(g, 9_000, shift)
    path = tmp_path / "rows.parquet"
    pq.write_table(rows, path, row_group_size=1_100)
    whole, pieced = window(rows, reference), window_of_file(path, reference, workers)
    assert (pieced.rows, pieced.reference) == (9_000, reference.digest)
    for name in ("x", "k", "big"):
        one, two = whole.parts[name], pieced.parts[name]
        assert isinstance(one, NumericWindow)
        assert isinstance(two, NumericWindow)
        assert np.array_equal(one.counts, two.counts)
        assert exact(whole, name)[0] == exact(pieced, name)[0]
        assert exact(whole, name)[1] == pytest.approx(exact(pieced, name)[1], rel=1e-12)
    for name in ("c", "b"):
        assert whole.parts[name] == whole.parts[name]
        assert np.array_equal(whole.parts[name].counts, pieced.parts[name].counts)  # type: ignore[union-attr]
    assert window_of_file(path, bare(reference), workers).parts["x"].exact is None  # type: ignore[union-attr]


numbers = hnp.arrays(
    np.float64,
    st.integers(1, 80),
    elements=st.one_of(st.floats(-1e9, 1e9), st.sampled_from([0.0, 1.0, np.nan, np.inf, -np.inf])),
)


@settings(max_examples=40, deadline=None)
@given(reference=numbers, current=numbers, cuts=st.lists(st.integers(0, 80), max_size=5), seed=st.integers(0, 9))
def test_any_split_in_any_order_settles_to_the_single_pass(
    reference: np.ndarray, current: np.ndarray, cuts: list[int], seed: int
) -> None:
    profile = fit(pa.table({"x": reference}), COLUMNS[:1], kernel="plain")
    whole = window(pa.table({"x": current}), profile, kernel="plain").parts["x"]
    pieces = [pa.table({"x": some}) for some in np.split(current, sorted(cut % (current.size + 1) for cut in cuts))]
    order = np.random.default_rng(seed).permutation(len(pieces))
    merged = reduce(add, (window(pieces[i], bare(profile), kernel="plain") for i in order))
    flagged = undecided(profile, merged)
    part = settle(profile, merged, [pick(piece, bare(profile), flagged) for piece in pieces]).parts["x"]
    assert isinstance(whole, NumericWindow)
    assert isinstance(part, NumericWindow)
    assert np.array_equal(part.counts, whole.counts)
    assert (part.missing, part.above, part.below) == (whole.missing, whole.above, whole.below)
    if whole.exact is None:
        assert part.exact is None
        return
    assert part.exact is not None
    # Sums in another order differ by rounding, which is as large as the values are.
    both = np.concatenate([reference, current])
    rounding = 1e-14 * np.abs(both[np.isfinite(both)]).max(initial=1.0)
    assert part.exact.ks == pytest.approx(whole.exact.ks, abs=1e-15)
    assert part.exact.wasserstein == pytest.approx(whole.exact.wasserstein, rel=1e-9, abs=rounding)
    base = profile.parts["x"]
    assert isinstance(base, NumericReference)
    (low, high), (least, most) = distance_bounds(base, part)
    assert low - 1e-12 <= whole.exact.ks <= high + 1e-12
    slack = 1e-9 * abs(most) + rounding
    assert least - slack <= whole.exact.wasserstein <= most + slack
    ranks = rank_bins(base, part)
    assert (ranks.n, ranks.m) == (base.n, part.n)
    assert (np.diff(ranks.values) >= 0).all()


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.one_of(st.none(), st.sampled_from("abcdefgh")), min_size=1, max_size=60), cut=st.integers(0, 60)
)
def test_levels_of_pieces_add_up(rows: list[str | None], cut: int) -> None:
    column = [COLUMNS[3]]
    profile = fit(pa.table({"c": pa.array(list("aabbc"))}), column)
    assert isinstance(profile.parts["c"], CategoricalReference)
    pieces = [window(pa.table({"c": pa.array(some, pa.string())}), profile) for some in (rows[:cut], rows[cut:])]
    whole = window(pa.table({"c": pa.array(rows, pa.string())}), profile)
    assert (pieces[0] + pieces[1]).to_bytes() == whole.to_bytes()


def test_pieces_that_were_not_picked_from_are_missed() -> None:
    g = np.random.default_rng(2)
    profile = fit(table(g, 3_000), COLUMNS[:1])
    rows = table(g, 2_000)
    counted = window(rows, bare(profile)) + window(rows, bare(profile))
    with pytest.raises(ValueError, match="pick from every piece"):
        settle(profile, counted, [pick(rows, profile, undecided(profile, counted))])
    with pytest.raises(ValueError, match="holds no values"):
        settle(bare(profile), counted, [])
