"""Reference and batch to report: what is found, what is said, and that nothing is raised."""

import json
from datetime import UTC, datetime
from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellwether.contracts import Batch, Column, DriftReport, FeatureDrift, Kind, Model, Overall, Role, fact_id, month_pk
from bellwether.drift.analysis import analyse, bins, point
from bellwether.drift.trimming import LIMIT, fitted
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
    used, unknown = (report(reference, current, columns, importance=i).overall for i in ({"x0": 2, "x1": 98}, None))
    assert used.harmless
    assert used.sentence.startswith(
        "1 of 9 inputs moved (x0), but 2 % of the decisions rest on it: drifting, but harml"
    )
    assert (unknown.status, unknown.harmless) == ("watch", False)
    assert unknown.weights is not None
    assert unknown.weights.source == "uniform"


def test_a_part_of_the_model_that_clearly_moved_is_not_lost_in_the_mean() -> None:
    g = np.random.default_rng(12)
    reference = pa.table({f"x{i}": g.normal(size=5_000) for i in range(4)})
    current = reference.set_column(0, "x0", pa.array(g.normal(0.6, 1, 5_000)))
    kinds: dict[str, Kind | tuple[Role, Kind]] = dict.fromkeys(reference.column_names, "numeric")
    columns = columns_of(**kinds)

    def overall(share: float) -> Overall:
        rest = dict.fromkeys(reference.column_names[1:], (1 - share) / 3)
        return report(reference, current, columns, importance={"x0": share, **rest}).overall

    found = overall(0.25)
    assert found.score is not None
    assert found.score < found.watch <= (found.reach or 0)
    assert (found.status, found.reason, found.harmless) == ("watch", "features_moved", False)
    assert "on which 25 % of the decisions rest" in found.sentence
    assert (overall(0.05).status, overall(0.05).harmless) == ("fine", True)


def test_a_score_comes_before_the_decision_and_neither_counts_as_an_input() -> None:
    g = np.random.default_rng(3)
    columns = columns_of(x="numeric", y=("prediction", "categorical"), s=("score", "numeric"), t=("label", "boolean"))

    def table(threshold: float) -> pa.Table:
        s = g.random(3_000)
        return pa.table(
            {"x": g.normal(size=3_000), "s": s, "y": np.where(s > threshold, "late", "in time"), "t": s > 0.5}
        )

    found = report(table(0.5), table(0.8), columns)
    assert found.prediction is not None
    assert found.prediction.feature == "s"
    assert found.target is not None
    assert [(one.feature, one.role, one.status) for one in found.features] == [
        ("x", "feature", "fine"),
        ("y", "prediction", "act"),
    ]
    assert (found.overall.n_features, found.overall.n_drifted) == (1, 0)
    assert report(table(0.5), table(0.5).drop_columns(["t"]), columns).target is None
    line = point(found, batch_of())
    inputs = [one.feature for one in found.features if one.role == "feature"]
    assert list(line.features[-line.n_features :]) == inputs, "rules take the last ones for the inputs"


def test_answers_that_moved_with_an_input_ask_for_action_whatever_the_mean_says() -> None:
    g = np.random.default_rng(14)
    kinds: dict[str, Kind | tuple[Role, Kind]] = {f"x{i}": "numeric" for i in range(8)}
    columns = columns_of(**kinds, s=("score", "numeric"))

    def table(shift: float, answer: float) -> pa.Table:
        inputs = {f"x{i}": g.normal(shift if i == 0 else 0.0, 1, 3_000) for i in range(8)}
        return pa.table({**inputs, "s": g.normal(answer, 1, 3_000)})

    importance = {f"x{i}": 0.13 if i == 0 else 0.87 / 7 for i in range(8)}
    reference = table(0.0, 0.0)

    def status(shift: float, answer: float) -> tuple[str, str | None]:
        said = report(reference, table(shift, answer), columns, importance=importance).overall
        return said.status, said.reason

    assert status(3.0, 0.0)[0] == "watch"
    assert status(3.0, 1.0) == ("act", "answers_moved")
    assert status(0.0, 1.0)[0] == "fine"  # the answers alone are told of on their own


def test_the_interval_holds_the_index_and_narrows_with_rows() -> None:
    g = np.random.default_rng(4)

    def interval(rows: int) -> tuple[float, float]:
        reference, current = (pa.table({"x": g.normal(shift, 1, rows)}) for shift in (0.0, 0.4))
        overall = report(reference, current, columns_of(x="numeric")).overall
        assert overall.interval is not None
        assert overall.score is not None
        assert overall.interval[0] <= overall.score <= overall.interval[1]
        return overall.interval

    (a, b), (c, d) = interval(500), interval(50_000)
    assert d - c < (b - a) / 5


def test_what_was_said_of_a_window_never_changes() -> None:
    g = np.random.default_rng(5)
    reference = pa.table({"x": g.normal(size=2_000), "c": g.choice(list("ab"), 2_000)})
    one, two = (pa.table({"x": g.normal(s, 1, 900), "c": g.choice(list("abz"), 900)}) for s in (0.3, 2.0))
    columns = columns_of(x="numeric", c="categorical")
    first = report(reference, one, columns).model_dump_json()
    report(reference, two, columns)
    assert report(reference, one, columns).model_dump_json() == first


def test_a_harmless_feature_drifts_without_harm() -> None:
    g = np.random.default_rng(6)
    reference = pa.table({"x": g.normal(size=3_000), "y": g.normal(size=3_000)})
    current = pa.table({"x": g.normal(2, size=3_000), "y": g.normal(size=3_000)})
    found = report(reference, current, columns_of(x="numeric", y="numeric"), importance={"x": 0.5, "y": 99.5})
    assert [(one.status, one.harmless) for one in found.features] == [("act", True), ("fine", False)]
    assert found.overall.status == "fine"
    assert found.overall.method == "importance"


@pytest.mark.parametrize("rows", [0, 1, 2, 199])
def test_too_few_rows_say_nothing_but_how_little_they_could_show(rows: int) -> None:
    g = np.random.default_rng(7)
    reference = pa.table({"x": g.normal(size=5_000)})
    found = report(reference, pa.table({"x": g.normal(9, 1, rows)}), columns_of(x="numeric"))
    (one,) = found.features
    assert (one.status, one.reason) == ("unknown", "not_enough_data" if rows else "no_rows")
    assert found.overall.status == "unknown"
    assert found.overall.reason is not None
    if rows:
        assert one.methods[0].detectable is not None
        assert one.rows_needed == found.overall.rows_needed == 200 - rows
        assert f"{200 - rows} more are needed" in one.sentence
        assert f"{200 - rows} more are needed" in found.overall.sentence


G = np.random.default_rng(8)
GOOD = G.normal(size=1_000)
BAD: dict[str, tuple[Kind, pa.Array, pa.Array | None, str, str | None]] = {
    "constant": ("numeric", pa.array([3.0] * 1_000), pa.array([3.0] * 1_000), "fine", None),
    "constant that moved": ("numeric", pa.array([3.0] * 1_000), pa.array([4.0] * 1_000), "act", None),
    "became constant": ("numeric", pa.array(GOOD), pa.array([0.0] * 1_000), "act", None),
    "all missing": ("numeric", pa.array(GOOD), pa.array([None] * 1_000, pa.float64()), "act", None),
    "no type at all": ("numeric", pa.array(GOOD), pa.nulls(1_000), "act", None),
    "never there": ("numeric", pa.nulls(1_000, pa.float64()), pa.nulls(1_000, pa.float64()), "fine", None),
    "there at last": ("numeric", pa.nulls(1_000, pa.float64()), pa.array(GOOD), "act", None),
    "infinite": ("numeric", pa.array(GOOD), pa.array([np.inf] * 500 + [-np.inf] * 500), "act", None),
    "huge": ("numeric", pa.array(GOOD), pa.array([1.7e308, -1.7e308] * 500), "act", None),
    "gone": ("numeric", pa.array(GOOD), None, "act", "column_missing"),
    "became text": ("numeric", pa.array(GOOD), pa.array(["a"] * 1_000), "act", "type_changed"),
    "became a list": ("categorical", pa.array(["a"] * 1_000), pa.array([[1]] * 1_000), "act", "type_changed"),
    "became numbers": ("categorical", pa.array(["a", "b"] * 500), pa.array([1, 2] * 500), "act", None),
    "numbers as text": ("categorical", pa.array([1, 2] * 500), pa.array(["1", "2"] * 500), "fine", None),
    "new level": ("categorical", pa.array(["a", "b"] * 500), pa.array(["a", "z"] * 500), "act", None),
    "identifier": ("categorical", pa.array(map(str, range(1_000))), pa.array(["x"] * 1_000), "unknown", "identifier"),
    "all levels missing": ("categorical", pa.array(["a", "b"] * 500), pa.nulls(1_000, pa.string()), "act", None),
    "never a level": ("categorical", pa.nulls(1_000, pa.string()), pa.nulls(1_000, pa.string()), "fine", None),
    "flag": ("boolean", pa.array([True, False] * 500), pa.array([True] * 1_000), "act", None),
    "flag as digits": ("boolean", pa.array([True, False] * 500), pa.array([1, 0] * 500), "act", None),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_column_has_a_clear_state_and_the_rest_is_whole(name: str) -> None:
    kind, before, now, status, reason = BAD[name]
    reference = pa.table({"bad": before, "good": GOOD})
    current = pa.table({"good": GOOD} if now is None else {"bad": now, "good": GOOD})
    found = report(reference, current, columns_of(bad=kind, good="numeric"))
    bad, good = found.features
    assert (bad.status, bad.reason) == (status, reason)
    assert bad.sentence
    assert (good.status, good.score) == ("fine", 0.0)
    assert found.overall.sentence


def test_a_new_column_is_listed_and_not_judged() -> None:
    reference = pa.table({"x": GOOD})
    found = report(reference, pa.table({"x": GOOD, "new/ü": GOOD}), columns_of(x="numeric"))
    assert [(one.feature, one.status, one.reason) for one in found.features] == [
        ("x", "fine", None),
        ("new/ü", "unknown", "not_in_reference"),
    ]
    assert found.overall.n_features == 1


def test_a_hundred_thousand_categories_are_kept_within_bounds() -> None:
    g = np.random.default_rng(9)
    names = np.array([f"level {i}" for i in range(100_000)])
    share = 1 / np.arange(1, 100_001)
    before, now = (g.choice(names, 300_000, p=share / share.sum()) for _ in range(2))
    mixed = np.where(g.random(300_000) < 0.2, np.char.add(now, "!"), now)
    columns = columns_of(c="categorical")
    (calm,) = report(pa.table({"c": before}), pa.table({"c": now}), columns).features
    assert calm.status == "fine"
    (one,) = report(pa.table({"c": before}), pa.table({"c": mixed}), columns).features
    assert one.status == "act"
    assert len(one.new_categories) == 50
    assert one.new_categories_total > 1_000


def test_two_thousand_columns_fit_the_store_and_keep_the_worst_whole() -> None:
    g = np.random.default_rng(10)
    names = [f"a rather long name of a feature, number {i}" for i in range(2_000)]
    reference = pa.table({name: g.normal(size=300) for name in names})
    current = pa.table({name: g.normal(3.0 * (i < 20), 1, 300) for i, name in enumerate(names)})
    kinds: dict[str, Kind | tuple[Role, Kind]] = dict.fromkeys(names, "numeric")
    columns = columns_of(**kinds)
    profile = fit(reference, columns)
    seen = window(current, profile)
    whole = analyse(profile, seen, model=MODEL, batch=batch_of(), reference_id="reference~1", now=NOW)
    documents = fitted(whole, point(whole, batch_of()), bins(whole, profile, seen))
    assert sum(len(json.dumps(one.model_dump(mode="json")).encode()) for one in documents) <= 1.1 * LIMIT
    slim = documents[0]
    assert isinstance(slim, DriftReport)
    assert len(slim.features) == 2_000
    assert slim.features[:20] == whole.features[:20]


def drifted(found: DriftReport) -> list[FeatureDrift]:
    return [one for one in found.features if one.status in {"watch", "act"}]


@pytest.mark.parametrize("rows", [200, 1_000])
def test_false_alarms_are_rare(rows: int) -> None:
    """Any drifted feature in at most 1 % of reports without drift, at 20 features."""
    g = np.random.default_rng(rows)
    runs, alarms, indices = 60, 0, 0
    kinds: dict[str, Kind | tuple[Role, Kind]] = {f"x{i}": "numeric" if i < 14 else "categorical" for i in range(20)}

    def table() -> pa.Table:
        return pa.table(
            {f"x{i}": g.lognormal(0, 1.0 + i / 5, rows) for i in range(7)}
            | {f"x{i}": g.poisson(i, rows).astype(float) for i in range(7, 14)}
            | {f"x{i}": g.geometric(1 / (i - 10), rows).astype(str) for i in range(14, 20)}
        )

    for _ in range(runs):
        found = report(table(), table(), columns_of(**kinds))
        alarms += bool(drifted(found))
        indices += found.overall.status != "fine"
    assert alarms / runs <= 0.01 + 3 * np.sqrt(0.01 / runs)
    assert indices <= alarms


def test_a_shift_of_twice_the_detectable_effect_is_found() -> None:
    g = np.random.default_rng(11)
    found = 0
    for _ in range(20):
        reference, current = (pa.table({f"x{i}": g.normal(size=1_000) for i in range(20)}) for _ in range(2))
        moved = current.set_column(3, "x3", pa.array(g.normal(0.5, 1, 1_000)))
        kinds: dict[str, Kind | tuple[Role, Kind]] = dict.fromkeys(reference.column_names, "numeric")
        found += [one.feature for one in drifted(report(reference, moved, columns_of(**kinds)))] == ["x3"]
    assert found >= 19


numbers = st.lists(st.one_of(st.none(), st.floats(width=64), st.sampled_from([0.0, 1.0, -1e300, 1e300])), max_size=30)
texts = st.lists(st.one_of(st.none(), st.text(max_size=4)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(before=st.one_of(numbers, texts), now=st.one_of(numbers, texts), numeric=st.booleans())
def test_nothing_is_raised_whatever_the_columns_hold(
    before: list[float | str | None], now: list[float | str | None], numeric: bool
) -> None:
    report(
        pa.table({"x": pa.array(before)}),
        pa.table({"x": pa.array(now)}),
        columns_of(x="numeric" if numeric else "categorical"),
    )


def of_text(reference: list[str | None], current: list[str | None]) -> FeatureDrift:
    before, now = (pa.table({"t": pa.array(rows, pa.string())}) for rows in (reference, current))
    (one,) = report(before, now, columns_of(t="text")).features
    return one


def test_text_drifts_by_its_length_or_not_at_all() -> None:
    g = np.random.default_rng(40)
    words = ["".join(letters) for letters in product("abcdefg", repeat=3)]

    def rows(length: float) -> list[str | None]:
        return [" ".join(g.choice(words, 1 + g.poisson(length))) for _ in range(1_500)]

    before = rows(8)
    same, longer = (of_text(before, now) for now in (rows(8), rows(12)))
    assert same.status == "fine"
    assert {one.method for one in same.methods} == {
        f"js:{of}" for of in ("characters", "words", "digits", "non_ascii", "unknown_words", "word_groups")
    }
    assert longer.status == "act"
    assert longer.methods[0].method in {"js:characters", "js:words"}
    assert "t" in longer.sentence
    assert "higher" in longer.sentence


def test_times_shorter_than_their_cycle_are_not_compared_by_it() -> None:
    instants = pa.array(np.arange(0, 3_000) * 3_600_000_000, pa.timestamp("us", tz="UTC"))
    columns = columns_of(d="datetime")
    table = pa.table({"d": instants})
    (one,) = report(table, table.slice(0, 6), columns).features
    assert (one.status, one.reason) == ("unknown", "span_too_short")
    (two,) = report(table, table.slice(0, 720), columns).features
    assert two.status == "fine"
    night = table.filter(pa.array(np.arange(3_000) % 24 < 6))
    (three,) = report(table, night, columns).features
    assert (three.status, three.methods[0].method) == ("act", "js:hour")


def test_rows_that_came_twice_are_an_issue_of_the_batch_and_no_drift() -> None:
    g = np.random.default_rng(7)
    reference, current = (pa.table({"x": g.normal(size=n)}) for n in (5_000, 2_000))
    profile = fit(reference, columns_of(x="numeric"))
    twice = pa.concat_tables([current, current.slice(0, 300)])
    said = {}
    for name, repeats in {"once": ((1, 2_300),), "twice": ((1, 1_700), (2, 300))}.items():
        said[name] = analyse(
            profile, window(twice, profile), model=MODEL, batch=batch_of(repeats=repeats), reference_id="reference~1",
            now=NOW, repeats=((1, 5_000),),
        )  # fmt: skip
    assert said["once"].issues == ()
    (found,) = said["twice"].issues
    assert (found.kind, found.status, found.reference) == ("repeated_rows", "act", 0.0)
    assert found.current == pytest.approx(300 / 2_300)
    assert said["twice"].features[0].issues == ()
    assert said["twice"].overall.status == "fine"
