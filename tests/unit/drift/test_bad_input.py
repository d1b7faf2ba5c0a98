"""Columns nobody should send: each gets a clear state, and the rest of the report is what it would be without them."""

import warnings
from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from bellwether.contracts import Batch, Column, DriftReport, FeatureDrift, Kind, Model, fact_id, month_pk
from bellwether.drift.analysis import analyse, bins, point
from bellwether.drift.methods import METHODS
from bellwether.drift.trimming import LIMIT, fitted
from bellwether.profile import KernelName, ReferenceProfile, WindowProfile, fit, window

NOW = datetime(2026, 1, 15, tzinfo=UTC)
ROWS = 1_000
ID = fact_id(NOW, "batch", "m")
BATCH = Batch(
    id=ID, pk=month_pk("m", ID), model="m", state="accepted", media_type="x", raw_uri="x", digest="x",
    submitted_at=NOW, end=NOW,
)  # fmt: skip
MODEL = Model(
    pk="m", name="m", task="binary", created_at=NOW, updated_at=NOW, methods=tuple(one.slug for one in METHODS)
)
G = np.random.default_rng(1)
NORMAL = G.normal(size=ROWS)
LEVELS = G.choice(list("abc"), ROWS)
TIMES = pa.array(np.arange(ROWS) * 3_600_000_000, pa.timestamp("us", tz="UTC"))
TEXTS = pa.array([f"some words {i % 50}" for i in range(ROWS)])

Case = tuple[Kind, object, object, str, str | None]
CASES: Mapping[str, Case] = {
    "a constant": ("numeric", np.ones(ROWS), np.ones(ROWS), "fine", None),
    "a constant that moved": ("numeric", np.ones(ROWS), np.full(ROWS, 2.0), "act", None),
    "became constant": ("numeric", NORMAL, np.zeros(ROWS), "act", None),
    "missing in the batch": ("numeric", NORMAL, pa.nulls(ROWS, pa.float64()), "act", None),
    "missing in the reference": ("numeric", pa.nulls(ROWS, pa.float64()), NORMAL, "act", None),
    "missing in both": ("numeric", pa.nulls(ROWS, pa.float64()), pa.nulls(ROWS, pa.float64()), "fine", None),
    "nothing known of it": ("numeric", pa.nulls(ROWS), pa.nulls(ROWS), "fine", None),
    "infinite": ("numeric", NORMAL, np.full(ROWS, np.inf), "act", None),
    "infinite on both sides": ("numeric", np.full(ROWS, -np.inf), np.full(ROWS, -np.inf), "fine", None),
    "some infinite": ("numeric", NORMAL, np.where(np.arange(ROWS) < 5, np.inf, G.normal(size=ROWS)), "fine", None),
    "largest floats": ("numeric", NORMAL * 1.7e307, G.normal(size=ROWS) * 1.7e307, "fine", None),
    "smallest floats": ("numeric", np.abs(NORMAL) * 5e-322, np.abs(G.normal(size=ROWS)) * 5e-322, "fine", None),
    "numbers that became text": ("numeric", NORMAL, pa.array(["x"] * ROWS), "act", "type_changed"),
    "numbers as text": ("numeric", np.arange(ROWS), pa.array([str(i) for i in range(ROWS)]), "act", "type_changed"),
    "numbers that became lists": ("numeric", NORMAL, pa.array([[1.0]] * ROWS), "act", "type_changed"),
    "dates as text": ("datetime", TIMES, pa.array(["2026-01-01"] * ROWS), "act", "type_changed"),
    "text as dates": ("text", TEXTS, TIMES, "act", "type_changed"),
    "text that is gone": ("text", TEXTS, pa.nulls(ROWS, pa.string()), "act", None),
    "empty text": ("text", TEXTS, pa.array([""] * ROWS), "act", None),
    "times that are gone": ("datetime", TIMES, pa.nulls(ROWS, TIMES.type), "unknown", "span_too_short"),
    "mixed types as text": (
        "categorical", pa.array(["1", "a", "2.5", None] * (ROWS // 4)), pa.array(["a", None, "1", "2.5"] * (ROWS // 4)),
        "fine", None,
    ),
    "levels that became numbers": ("categorical", LEVELS, np.arange(ROWS), "act", None),
    "levels that became lists": ("categorical", LEVELS, pa.array([["a"]] * ROWS), "act", "type_changed"),
    "one level": ("categorical", pa.array(["a"] * ROWS), pa.array(["a"] * ROWS), "fine", None),
    "new levels alone": ("categorical", LEVELS, pa.array(["z"] * ROWS), "act", None),
    "an id": ("categorical", pa.array([f"u{i}" for i in range(ROWS)]), pa.array([f"v{i}" for i in range(ROWS)]),
              "unknown", "identifier"),
    "a flag that is gone": ("boolean", NORMAL > 0, pa.nulls(ROWS, pa.bool_()), "act", None),
}  # fmt: skip


def column(name: str, kind: Kind) -> Column:
    return Column(name=name, role="feature", kind=kind, dtype="")


def said(profile: ReferenceProfile, seen: WindowProfile) -> DriftReport:
    report = analyse(profile, seen, model=MODEL, batch=BATCH, reference_id="r", now=NOW)
    documents = fitted(report, point(report, BATCH), bins(report, profile, seen))
    assert sum(len(one.model_dump_json()) for one in documents) <= LIMIT
    assert DriftReport.model_validate_json(report.model_dump_json()) == report
    return report


def reported(
    reference: pa.Table, current: pa.Table, kinds: Mapping[str, Kind], kernel: KernelName = "auto"
) -> dict[str, FeatureDrift]:
    profile = fit(reference, [column(name, kind) for name, kind in kinds.items()], kernel=kernel)
    profile = ReferenceProfile.from_bytes(profile.to_bytes())
    seen = window(current, profile, kernel=kernel)
    report = said(profile, WindowProfile.from_bytes(seen.to_bytes()))
    merged = seen + window(current.slice(0, 0), profile, kernel=kernel)
    assert {one.feature for one in said(profile, merged).features} == {one.feature for one in report.features}
    return {one.feature: one for one in report.features}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_bad_column_has_a_clear_state_and_the_rest_is_as_without_it(case: Case) -> None:
    kind, reference, current, status, reason = case
    good = {"x": NORMAL, "c": LEVELS}
    later = {"x": G.normal(size=ROWS), "c": LEVELS[::-1]}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = reported(
            pa.table({**good, "bad": reference}),
            pa.table({**later, "bad": current}),
            {"x": "numeric", "c": "categorical", "bad": kind},
        )
    bad = found["bad"]
    assert (bad.status, bad.reason) == (status, reason)
    assert bad.sentence.strip()
    alone = reported(pa.table(good), pa.table(later), {"x": "numeric", "c": "categorical"})
    for name in ("x", "c"):
        assert found[name].status == alone[name].status == "fine"
        assert found[name].methods == alone[name].methods
    for method in bad.methods:
        assert (method.value is None) == (method.reason is not None)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_rows_are_unknown_and_nothing_worse(rows: int) -> None:
    kinds: dict[str, Kind] = {"x": "numeric", "c": "categorical", "t": "text", "d": "datetime", "b": "boolean"}
    table = pa.table({"x": NORMAL, "c": LEVELS, "t": TEXTS, "d": TIMES, "b": NORMAL > 0})
    for reference, current in ((table, table.slice(0, rows)), (table.slice(0, rows), table)):
        found = reported(reference, current, kinds)
        assert {one.status for one in found.values()} == {"unknown"}
        assert all(one.reason for one in found.values())


def test_columns_that_came_and_went_are_named() -> None:
    kinds: dict[str, Kind] = {"x": "numeric", "gone": "numeric"}
    found = reported(pa.table({"x": NORMAL, "gone": NORMAL}), pa.table({"x": NORMAL, "new": NORMAL}), kinds)
    assert (found["gone"].status, found["gone"].reason) == ("act", "column_missing")
    assert (found["new"].status, found["new"].reason) == ("unknown", "not_in_reference")
    assert found["x"].status == "fine"


def test_a_hundred_thousand_categories_are_scored_and_fit_into_a_report() -> None:
    g = np.random.default_rng(2)
    share = 1 / np.arange(1, 100_001) ** 0.7
    before, now = (
        pa.array([f"level {k}" for k in g.choice(100_000, 300_000, p=share / share.sum())]) for _ in range(2)
    )
    found = reported(
        pa.table({"c": before, "x": g.normal(size=300_000)}),
        pa.table({"c": now, "x": g.normal(size=300_000)}),
        {"c": "categorical", "x": "numeric"},
    )
    assert found["c"].status == found["x"].status == "fine"
    assert found["c"].score is not None
    assert found["c"].new_categories_total > 1_000
    assert len(found["c"].new_categories) == 50
