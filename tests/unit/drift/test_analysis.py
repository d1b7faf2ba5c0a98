"""Reference and batch to report: what is found, what is said, and that nothing is raised."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from bellwether.contracts import Batch, Column, DriftReport, Kind, Model, Role, fact_id, month_pk
from bellwether.drift.analysis import analyse, bins, point
from bellwether.errors import Conflict
from bellwether.profile import fit, window

NOW = datetime(2026, 1, 15, tzinfo=UTC)
MODEL = Model(pk="flights", name="flights", task="binary", created_at=NOW, updated_at=NOW)


def batch_of(**given: object) -> Batch:
    id = fact_id(NOW, "batch", "flights", "one")
    base = {
        "id": id, "pk": month_pk("flights", id), "model": "flights", "state": "accepted",
        "media_type": "application/vnd.apache.parquet", "raw_uri": "raw/1", "digest": "0", "submitted_at": NOW,
        "end": NOW,
    }  # fmt: skip
    return Batch.model_validate(base | given)


def columns_of(**kinds: Kind | tuple[Role, Kind]) -> list[Column]:
    found = []
    for name, kind in kinds.items():
        role, kind_ = kind if isinstance(kind, tuple) else ("feature", kind)
        found.append(Column.model_validate({"name": name, "role": role, "kind": kind_, "dtype": ""}))
    return found


def report(reference: pa.Table, current: pa.Table, columns: list[Column], **given: object) -> DriftReport:
    profile = fit(reference, columns)
    seen = window(current, profile)
    found = analyse(
        profile,
        seen,
        model=MODEL,
        batch=batch_of(),
        reference_id="reference~1",
        now=NOW,
        **given,  # type: ignore[arg-type]
    )
    assert DriftReport.model_validate_json(found.model_dump_json()) == found
    point(found, batch_of())
    bins(found, profile, seen)
    return found


def test_only_missing_values_moving_is_found_and_said() -> None:
    g = np.random.default_rng(1)
    x = g.normal(size=5_000)
    table = pa.table({"x": pa.array(x, mask=g.random(5_000) < 0.05)})
    found = report(table, pa.table({"x": pa.array(x, mask=g.random(5_000) < 0.25)}), columns_of(x="numeric"))
    (one,) = found.features
    assert one.status == "act"
    assert one.sentence.startswith("Missing values of x went from 5")
    assert one.score_observed is not None
    assert one.score_observed < 0.05


def test_an_unseen_level_is_named() -> None:
    reference = pa.table({"c": ["a", "b"] * 2_000})
    current = pa.table({"c": ["a", "b"] * 1_940 + ["z"] * 120})
    (one,) = report(reference, current, columns_of(c="categorical")).features
    assert one.new_categories == ("z",)
    assert one.status == "watch"
    assert "'z'" in one.sentence


def test_a_report_on_another_reference_is_refused() -> None:
    table = pa.table({"x": [1.0, 2.0]})
    one, two = fit(table, columns_of(x="numeric")), fit(table.slice(1), columns_of(x="numeric"))
    with pytest.raises(Conflict, match="was profiled on reference"):
        analyse(one, window(table, two), model=MODEL, batch=batch_of(), reference_id="r", now=NOW)


def test_one_column_of_nine_moves_the_verdict_by_its_importance() -> None:
    g = np.random.default_rng(2)
    names = [f"x{i}" for i in range(9)]
    reference = pa.table({name: g.normal(size=5_000) for name in names})
    current = pa.table({name: g.normal(3.0 if name == "x0" else 0.0, size=5_000) for name in names})
    kinds: dict[str, Kind | tuple[Role, Kind]] = dict.fromkeys(names, "numeric")
    columns = columns_of(**kinds)

    def status(share: float) -> str:
        rest = dict.fromkeys(names[1:], (1 - share) / 8)
        return report(reference, current, columns, importance={"x0": share, **rest}).overall.status

    assert (status(0.3), status(0.11), status(0.02)) == ("act", "watch", "fine")
