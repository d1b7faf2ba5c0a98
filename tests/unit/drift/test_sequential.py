"""Evidence carried over batches: false alarms within the guarantee at every look, slow drift found early."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from bellwether.contracts import Batch, Column, Model, fact_id, month_pk
from bellwether.drift.analysis import analyse, bins, point
from bellwether.drift.histories import evidences
from bellwether.drift.sequential import aligned, watch
from bellwether.profile import fit, window

Counts = NDArray[np.int64]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MODEL = Model(pk="m", name="m", task="binary", created_at=NOW, updated_at=NOW)


def batch_of(day: int) -> Batch:
    at = NOW + timedelta(days=day)
    id = fact_id(at, "batch", "m")
    return Batch(
        id=id, pk=month_pk("m", id), model="m", state="accepted", media_type="x", raw_uri="x", digest="x",
        submitted_at=at, start=at, end=at + timedelta(days=1),
    )  # fmt: skip


def counts(reference: NDArray[np.float64], batches: list[NDArray[np.float64]]) -> tuple[Counts, Counts]:
    """Numbers on the reference's deciles, with an empty bin of missing values."""
    ordered = np.sort(reference)
    edges = np.unique(ordered[[(i * ordered.size + 9) // 10 - 1 for i in range(1, 10)]])

    def count(x: NDArray[np.float64]) -> Counts:
        return np.append(np.bincount(np.searchsorted(edges, x, side="left"), minlength=edges.size + 1), 0)

    return count(reference), np.array([count(x) for x in batches])


def ever(reference: Counts, batches: Counts, name: str, *, ordered: bool) -> float:
    """Largest value the martingale reached at any look."""
    values = (watch(reference, batches[: t + 1], name=name, ordered=ordered) for t in range(len(batches)))
    return math.exp(max(one.log_value for one in values if one is not None))


@pytest.mark.parametrize("kind", ["normal", "counts", "levels"])
def test_nothing_changed_is_almost_never_an_alarm_however_often_one_looks(kind: str) -> None:
    """Ville: at most a fifth of histories ever reach five, whatever the law and the size of the reference."""
    g = np.random.default_rng(11)
    runs, reached = 24, 0
    for run in range(runs):
        n, m = int(g.integers(100, 800)), int(g.integers(50, 800))
        if kind == "levels":
            shares = 1 / np.arange(1, 40)
            reference, *batches = (np.append(g.multinomial(rows, shares / shares.sum()), 0) for rows in (n, *[m] * 15))
            value = ever(reference, np.array(batches), str(run), ordered=False)
        else:
            draw = g.standard_cauchy if kind == "normal" else lambda k: np.asarray(g.poisson(4, k), dtype=float)
            value = ever(*counts(draw(n), [draw(m) for _ in range(15)]), str(run), ordered=True)
        reached += value >= 5
    assert reached / runs <= 0.2 + 3 * math.sqrt(0.2 * 0.8 / runs)


def test_the_expected_value_is_at_most_one() -> None:
    """The definition of an e-value, on exact laws: a small reference, so that its own luck is part of it."""
    g = np.random.default_rng(12)
    values = []
    for run in range(300):
        reference, batches = counts(g.random(60), [g.random(90) for _ in range(2)])
        one = watch(reference, batches, name=str(run), ordered=True)
        assert one is not None
        values.append(math.exp(one.log_value))
    assert np.mean(values) <= 1 + 3 * np.std(values) / math.sqrt(len(values))


def test_a_leak_too_slow_for_any_single_batch_is_found_and_dated() -> None:
    g = np.random.default_rng(13)
    slow = [max(0, day - 9) * 0.01 for day in range(40)]
    reference, batches = counts(g.normal(size=10_000), [g.normal(shift, 1, 1_000) for shift in slow])
    found = [watch(reference, batches[: day + 1], name="x", ordered=True) for day in range(40)]
    first = next(day for day, one in enumerate(found) if one is not None and one.exceeds(20))
    assert 10 <= first <= 22, "a shift of an eighth of a standard deviation at the latest"
    last = found[-1]
    assert last is not None
    assert 8 <= last.start <= 24


def test_levels_and_missing_values_that_appear_are_evidence() -> None:
    reference = np.array([500, 300, 200, 0])
    steady = np.tile([50, 30, 20, 0], (10, 1))
    grown = steady + np.array([0, 0, 0, 15])
    calm, loud = (watch(reference, one, name="c", ordered=False) for one in (steady, grown))
    assert calm is not None
    assert loud is not None
    assert not calm.exceeds(1)
    assert loud.exceeds(100)


def test_nothing_to_compare_says_nothing() -> None:
    assert watch(np.zeros(4, np.int64), np.ones((3, 4), np.int64), name="x", ordered=True) is None
    assert watch(np.ones(4, np.int64), np.zeros((3, 4), np.int64), name="x", ordered=True) is None


def test_levels_not_listed_by_all_batches_are_taken_together() -> None:
    labels = [("a", "b", "missing"), ("b", "c", "missing")]
    names, reference, found = aligned(
        labels, [np.array([4, 1, 0]), np.array([1, 4, 0])], [np.array([1, 2, 3]), np.array([4, 5, 6])]
    )
    assert names == ("b", "rest", "missing")
    assert reference.tolist() == [1, 4, 0]
    assert found.tolist() == [[2, 1, 3], [4, 5, 6]]


def test_levels_named_by_luck_are_taken_together() -> None:
    """``x`` is named by both batches, yet as rare as what they left unnamed; ``a`` could not have been."""
    labels = [("a", "x", "other", "missing")] * 2
    counts = np.array([600, 12, 388, 0])
    names, _, found = aligned(labels, [counts, counts], [counts, counts])
    assert names == ("a", "rest", "missing")
    assert found.tolist() == [[600, 400, 0]] * 2


def test_many_levels_of_which_each_batch_names_its_most_frequent_are_no_alarm() -> None:
    """The whole path: levels that every batch happens to name have had luck in every batch."""
    g = np.random.default_rng(14)
    shares = 1 / np.sqrt(np.arange(1, 201))
    column = Column(name="c", role="feature", kind="categorical", dtype="string")

    def drawn(rows: int) -> pa.Table:
        return pa.table({"c": [f"level {k}" for k in g.choice(200, rows, p=shares / shares.sum())]})

    for _ in range(3):
        reference = fit(drawn(5_000), [column])
        days = [batch_of(day) for day in range(12)]
        seen = [window(drawn(1_000), reference) for _ in days]
        said = [
            analyse(reference, now, model=MODEL, batch=day, reference_id="r", now=NOW)
            for now, day in zip(seen, days, strict=True)
        ]
        history = [bins(one, reference, now) for one, now in zip(said, seen, strict=True)]
        [found] = evidences(history, [point(*one) for one in zip(said, days, strict=True)], said[-1]).values()
        assert len(history[0].features[0].labels) == 51, "not all of them are named"
        assert found.value < 1.0, "ten to one, after twelve looks"
