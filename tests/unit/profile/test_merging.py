"""Stored windows added as they lie in their files: equal to adding them one by one, and to one pass over all rows."""

from functools import reduce
from operator import add

import numpy as np
import pyarrow as pa
import pytest

from bellwether.contracts import Column
from bellwether.errors import Conflict, Unreadable
from bellwether.profile import (
    CategoricalWindow,
    DerivedWindow,
    NumericWindow,
    ReferenceProfile,
    WindowProfile,
    fit,
    merge_windows,
    window,
)
from bellwether.profile.categories import NAMED_UNSEEN

COLUMNS = (
    Column(name="x", role="feature", kind="numeric", dtype="double"),
    Column(name="few", role="feature", kind="numeric", dtype="double"),
    Column(name="c", role="feature", kind="categorical", dtype="string"),
    Column(name="said", role="feature", kind="text", dtype="string"),
    Column(name="due", role="feature", kind="datetime", dtype="timestamp[us]"),
)


def rows(seed: int, n: int, levels: str = "abc", **instead: pa.Array) -> pa.Table:
    g = np.random.default_rng(seed)
    words = np.array(["late", "early", "lost", "found", f"odd{seed}"])
    columns = {
        "x": pa.array(g.standard_t(2, n), mask=g.random(n) < 0.05),
        "few": pa.array(g.poisson(2, n).astype(float)),
        "c": pa.array(g.choice(list(levels), n), mask=g.random(n) < 0.05),
        "said": pa.array([" ".join(g.choice(words, 3)) for _ in range(n)]),
        "due": pa.array(g.integers(0, 10**9, n) * 10**6, pa.timestamp("us")),
    }
    return pa.table({**columns, **instead})


@pytest.fixture(scope="module")
def reference() -> ReferenceProfile:
    return fit(rows(0, 6_000), COLUMNS)


def same(one: object, two: object) -> None:
    """Counts to the last row, sums to rounding."""
    assert type(one) is type(two)
    match one, two:
        case NumericWindow(), NumericWindow():
            assert one.counts.tolist() == two.counts.tolist()
            assert one.tied.tolist() == two.tied.tolist()
            assert one.sums == pytest.approx(two.sums, rel=1e-12, abs=1e-9)
            assert (one.total, one.square) == pytest.approx((two.total, two.square), rel=1e-12)
            scalars = [(p.missing, p.above, p.below, p.smallest, p.largest, p.exact, p.notes) for p in (one, two)]
            assert scalars[0] == scalars[1]
        case CategoricalWindow(), CategoricalWindow():
            assert one.counts.tolist() == two.counts.tolist()
            assert dict(one.unseen) == dict(two.unseen)
            assert (one.missing, one.unnamed, one.unseen_levels) == (two.missing, two.unnamed, two.unseen_levels)
            assert one.notes == two.notes
        case DerivedWindow(), DerivedWindow():
            assert (one.missing, one.rows, one.span) == (two.missing, two.rows, two.span)
            for name, part in one.parts.items():
                same(part, two.parts[name])
        case _:
            assert one == two


def check(windows: list[WindowProfile]) -> WindowProfile:
    found = merge_windows(one.to_bytes() for one in windows)
    expected = reduce(add, windows)
    assert found is not None
    assert (found.reference, found.rows, found.new_columns) == (
        expected.reference, expected.rows, expected.new_columns,
    )  # fmt: skip
    assert list(found.parts) == list(expected.parts)
    for name, part in found.parts.items():
        same(part, expected.parts[name])
    return found


def test_the_sum_is_that_of_adding_one_by_one_and_counts_those_of_one_pass(reference: ReferenceProfile) -> None:
    tables = [rows(seed, 300 * seed, levels) for seed, levels in enumerate(("abc", "abd", "ae", "abc"), start=1)]
    found = check([window(one, reference) for one in tables])
    whole = window(pa.concat_tables(tables), reference)
    for name in ("x", "few", "c"):
        one, two = found.parts[name], whole.parts[name]
        assert isinstance(one, NumericWindow | CategoricalWindow)
        assert isinstance(two, NumericWindow | CategoricalWindow)
        assert one.counts.tolist() == two.counts.tolist()
    levels = found.parts["c"]
    assert isinstance(levels, CategoricalWindow)
    assert set(levels.unseen) == {"d", "e"}


def test_one_window_keeps_its_exact_distances(reference: ReferenceProfile) -> None:
    found = check([window(rows(1, 500), reference)])
    part = found.parts["x"]
    assert isinstance(part, NumericWindow)
    assert part.exact is not None


def test_columns_that_are_gone_new_or_of_another_type_are_as_when_added(reference: ReferenceProfile) -> None:
    tables = [
        rows(1, 400),
        rows(2, 400).drop_columns(["few"]),
        rows(3, 400, x=pa.array(["many words"] * 400)),
        rows(4, 400, extra=pa.array([1] * 400)),
        rows(5, 400, x=pa.array(["1.5"] * 400)),
        rows(6, 400, levels="z", other=pa.array([1] * 400)),
    ]
    windows = [window(one, reference) for one in tables]
    check(windows)
    check(windows[::-1])
    check([windows[0], windows[3], windows[4], windows[5]])


def test_names_beyond_those_that_are_kept_are_counted(reference: ReferenceProfile) -> None:
    many = NAMED_UNSEEN + 500
    tables = [rows(seed, many, c=pa.array([f"{seed} {k}" for k in range(many)])) for seed in (1, 2)]
    found = merge_windows(window(one, reference).to_bytes() for one in tables)
    assert found is not None
    part = found.parts["c"]
    assert isinstance(part, CategoricalWindow)
    assert (part.new, len(part.unseen), part.unseen_levels) == (2 * many, NAMED_UNSEEN, 2 * NAMED_UNSEEN + 500)


def test_what_does_not_belong_together_is_refused_or_left_out(reference: ReferenceProfile) -> None:
    other = fit(rows(9, 500), COLUMNS)
    mixed = [window(rows(1, 300), one).to_bytes() for one in (reference, other)]
    with pytest.raises(Conflict):
        merge_windows(mixed)
    found = merge_windows(mixed, reference.digest)
    assert found is not None
    assert (found.reference, found.rows) == (reference.digest, 300)
    assert merge_windows([]) is None
    for broken in (b"", b"not a profile", reference.to_bytes(values=False)):
        with pytest.raises(Unreadable):
            merge_windows([mixed[0], broken])


def test_counts_of_any_size_are_stored_whole(reference: ReferenceProfile) -> None:
    many = 70_000  # of one value and one level: more than two bytes hold
    column = pa.array([2.0] * many)
    table = pa.table({"x": column, "few": column, "c": pa.array(["a"] * many)})
    one = window(table, reference)
    check([one, one, window(rows(2, 100), reference)])
    back = WindowProfile.from_bytes(one.to_bytes())
    part = back.parts["few"]
    assert isinstance(part, NumericWindow)
    assert part.counts.dtype == np.int64
    assert (part.counts.max(), part.tied.max()) == (many, many)
