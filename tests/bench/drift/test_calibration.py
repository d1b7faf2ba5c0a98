"""False alarms on stable data and power on known shifts, over the whole path from counts to verdicts.

``docs/verdicts.md`` shows the figures; `scripts/bench tests/bench/drift/test_calibration.py` prints them.

Most counts are drawn from the laws rows would give them: the reference's deciles are order statistics, so the window's
shares between them are Dirichlet, and its counts multinomial. So a million rows cost as little as a hundred. Rows
themselves of eight shapes are drawn as well, in fewer reports the larger they are.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from bellwether.contracts import Batch, Column, DriftReport, Model, fact_id, month_pk
from bellwether.drift.analysis import analyse
from bellwether.profile import (
    CategoricalReference,
    CategoricalWindow,
    NumericReference,
    NumericWindow,
    ReferencePart,
    ReferenceProfile,
    WindowPart,
    WindowProfile,
    fit,
    window,
)

pytestmark = pytest.mark.bench

REPORTS = int(os.environ.get("BELLWETHER_TEST_BENCH_REPORTS", "2000"))
ALLOWED = 0.01
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MODEL = Model(pk="m", name="m", task="binary", created_at=NOW, updated_at=NOW)
BATCH_ID = fact_id(NOW, "batch", "m")
BATCH = Batch(
    id=BATCH_ID, pk=month_pk("m", BATCH_ID), model="m", state="accepted", media_type="x", raw_uri="x", digest="x",
    submitted_at=NOW, end=NOW,
)  # fmt: skip
Counts = NDArray[np.int64]


def numeric(g: np.random.Generator, n: int, m: int, missing: float) -> tuple[ReferencePart, WindowPart]:
    """A continuous column of any shape: only its ranks matter to its bins."""
    absent = int(g.binomial(n, missing))
    kept = n - absent
    counts = np.diff((np.arange(11) * kept + 9) // 10)
    shares = g.dirichlet(np.append(counts[:-1], counts[-1] + 1))
    gone = int(g.binomial(m, missing))
    edges = np.arange(9.0)
    zeros = np.zeros(10)
    reference = NumericReference(
        edges, counts, np.append(np.ones(9, np.int64), 0), zeros, np.arange(9), absent, 0, 0, 4.0, 9.0 * kept
    )
    drawn = g.multinomial(m - gone, shares)
    return reference, NumericWindow(drawn, np.zeros(10, np.int64), zeros, gone, 0, 0, 0.0, 0.0, -1.0, 10.0)


def levels(g: np.random.Generator, n: int, m: int, size: int) -> tuple[ReferencePart, WindowPart]:
    """A category of so many levels, most of them rare; levels the reference missed are unseen."""
    shares = 1 / np.arange(1, size + 1)
    before, now = (g.multinomial(rows, shares / shares.sum()) for rows in (n, m))
    order = np.argsort(-before, kind="stable")
    order = order[before[order] > 0]
    names = tuple(str(k) for k in order)
    reference = CategoricalReference(names, before[order], 0, 0, order.size)
    counts = np.append(now[order[:1000]], now[order[1000:]].sum())
    unseen = {str(k): int(now[k]) for k in np.flatnonzero((before == 0) & (now > 0))}
    return reference, CategoricalWindow(counts, 0, unseen, 0, len(unseen))


def report(g: np.random.Generator, n: int, m: int, features: int) -> DriftReport:
    """A report on stable data: 70 % numbers, some with missing values, 30 % categories of 2 to 2,000 levels."""
    columns, reference, window = [], {}, {}
    for i in range(features):
        is_number = i < 0.7 * features
        name = f"x{i}"
        pair = numeric(g, n, m, 0.03 * (i % 2)) if is_number else levels(g, n, m, int(2 * 1000 ** ((i % 7) / 6)))
        reference[name], window[name] = pair
        columns.append(Column(name=name, role="feature", kind="numeric" if is_number else "categorical", dtype=""))
    profile = ReferenceProfile(tuple(columns), n, reference)
    seen = WindowProfile(profile.digest, m, window)
    return analyse(profile, seen, model=MODEL, batch=BATCH, reference_id="r", now=NOW)


@pytest.mark.parametrize("features", [20, 200])
@pytest.mark.parametrize(
    "sizes", [(100, 100), (200, 200), (500, 500), (1_000, 1_000), (20_000, 500), (5_000, 5_000), (1_000_000, 1_000_000)]
)
def test_false_alarms(sizes: tuple[int, int], features: int, say: Callable[[str], None]) -> None:
    g = np.random.default_rng(sizes[0] + features)
    runs = REPORTS // 4 if features < 100 else REPORTS // 10
    any_feature = index = 0
    for _ in range(runs):
        found = report(g, *sizes, features)
        any_feature += any(one.status in {"watch", "act"} for one in found.features)
        index += found.overall.status in {"watch", "act"}
    say(
        f"n {sizes[0]:>9,} m {sizes[1]:>9,}, {features:>3} features: a drifted feature in {any_feature / runs:.2%}, "
        f"a drifted index in {index / runs:.2%} of {runs} reports"
    )
    limit = ALLOWED + 3 * np.sqrt(ALLOWED / runs)
    assert any_feature / runs <= limit
    assert index / runs <= limit


SHAPES: dict[str, Callable[[np.random.Generator, int], NDArray[np.float64]]] = {
    "normal": lambda g, n: g.normal(size=n),
    "skewed": lambda g, n: g.exponential(size=n),
    "heavy-tailed": lambda g, n: g.standard_t(3, size=n),
    "counts": lambda g, n: g.poisson(4, size=n).astype(float),
}
DRAWN: tuple[Callable[[np.random.Generator, int], NDArray[np.float64]], ...] = (
    *SHAPES.values(),
    lambda g, n: g.standard_cauchy(size=n),
    lambda g, n: np.where(g.random(n) < 0.4, 0.0, g.lognormal(size=n)),
    lambda g, n: g.normal(size=n).round(1),
    lambda g, n: np.minimum(g.zipf(1.3, size=n), 10**9).astype(float),
)
"""Shapes of the rows no alarm may come from; the last one stands for levels, most of them rare."""
VALUES = 100_000_000
"""Cells drawn for the reports of one size, at most, unless that made fewer than ``FEWEST`` of them."""
FEWEST = 3


def drawn(g: np.random.Generator, rows: int, features: int) -> DriftReport:
    """A report on rows without drift, a column at a time: a million rows of 200 columns need not be held at once."""
    columns, before, now = [], {}, {}
    for i in range(features):
        draw, level = DRAWN[i % len(DRAWN)], i % len(DRAWN) == len(DRAWN) - 1
        column = Column(name=f"x{i}", role="feature", kind="categorical" if level else "numeric", dtype="")
        sides = [pa.array(draw(g, rows), mask=g.random(rows) < 0.02 * (i % 3)) for _ in range(2)]
        tables = [pa.table({column.name: side.cast(pa.int64()).cast(pa.string()) if level else side}) for side in sides]
        profile = fit(tables[0], [column])
        part = profile.parts[column.name]
        now[column.name] = window(tables[1], profile).parts[column.name]
        before[column.name] = replace(part, values=None) if isinstance(part, NumericReference) else part
        columns.append(column)
    reference = ReferenceProfile(tuple(columns), rows, before)
    seen = WindowProfile(reference.digest, rows, now)
    return analyse(reference, seen, model=MODEL, batch=BATCH, reference_id="r", now=NOW)


@pytest.mark.parametrize("features", [20, 200])
@pytest.mark.parametrize("rows", [100, 1_000, 10_000, 100_000, 1_000_000])
def test_false_alarms_on_rows(rows: int, features: int, say: Callable[[str], None]) -> None:
    g = np.random.default_rng(rows + features)
    runs = max(FEWEST, min(REPORTS // 10, VALUES // (rows * features)))
    alarms = columns = index = 0
    for _ in range(runs):
        found = drawn(g, rows, features)
        drifted = sum(one.status in {"watch", "act"} for one in found.features)
        alarms, columns = alarms + bool(drifted), columns + drifted
        index += found.overall.status in {"watch", "act"}
    say(
        f"rows {rows:>9,}, {features:>3} features: a drifted feature in {alarms / runs:.2%}, a drifted index in "
        f"{index / runs:.2%} of {runs} reports; {columns} of {runs * features:,} features"
    )
    limit = ALLOWED + 3 * np.sqrt(ALLOWED / runs)
    assert alarms / runs <= limit
    assert index / runs <= limit


@pytest.mark.parametrize("shape", list(SHAPES))
def test_half_a_standard_deviation_in_one_of_twenty_is_found_at_once(shape: str, say: Callable[[str], None]) -> None:
    g = np.random.default_rng(5)
    draw, runs = SHAPES[shape], max(50, REPORTS // 10)
    names = [f"x{i}" for i in range(20)]
    columns = [Column(name=name, role="feature", kind="numeric", dtype="") for name in names]
    spread = float(draw(g, 100_000).std())
    found = others = 0
    for _ in range(runs):
        reference = pa.table({name: draw(g, 5_000) for name in names})
        current = {name: draw(g, 1_000) for name in names}
        current["x3"] = current["x3"] + 0.5 * spread
        profile = fit(reference, columns)
        seen = window(pa.table(current), profile)
        said = analyse(profile, seen, model=MODEL, batch=BATCH, reference_id="r", now=NOW)
        drifted = [one.feature for one in said.features if one.status in {"watch", "act"}]
        found += "x3" in drifted
        others += len(drifted) > ("x3" in drifted)
    share, other = found / runs, others / runs
    say(f"half a SD, {shape:12}: found in {share:.1%} of {runs} first batches; another column in {other:.1%}")
    assert found / runs >= 0.99
