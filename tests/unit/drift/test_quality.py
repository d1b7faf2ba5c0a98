"""What is wrong with values: shares that rise, columns that go bad, and no false alarms."""

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from bellwether.contracts import Column, Issue
from bellwether.drift.quality import issues, two_proportions
from bellwether.profile import fit, window

COLUMNS = (
    Column(name="x", role="feature", kind="numeric", dtype="double"),
    Column(name="level", role="feature", kind="categorical", dtype="string"),
)


def table(seed: int, n: int = 2_000, **given: object) -> pa.Table:
    g = np.random.default_rng(seed)
    base: dict[str, object] = {"x": g.normal(size=n), "level": g.choice(["a", "b"], n)}
    return pa.table({name: values for name, values in (base | given).items() if values is not None})


def found(batch: pa.Table) -> dict[str | None, tuple[Issue, ...]]:
    reference = fit(table(0, 5_000), COLUMNS)
    made = window(batch, reference)
    return issues({name: (reference.parts[name], made.parts[name]) for name in reference.parts})


def kinds(batch: pa.Table) -> dict[str | None, list[tuple[str, str]]]:
    return {name: [(one.kind, one.status) for one in some] for name, some in found(batch).items()}


def test_nothing_is_wrong_with_rows_of_the_same_kind() -> None:
    assert all(found(table(seed)) == {} for seed in range(1, 40))


def test_shares_that_rise_are_named_with_their_size() -> None:
    x = np.random.default_rng(1).normal(size=2_000)
    x[:40], x[40:340], x[340:640], x[640:670] = np.nan, 50.0, -50.0, np.inf
    level = np.where(np.arange(2_000) < 600, "new", "a")
    said = found(table(1, x=x, level=level))
    assert {(one.kind, one.status) for one in said["x"]} == {
        ("missing", "watch"), ("above_max", "act"), ("below_min", "act"), ("infinite", "watch"),
    }  # fmt: skip
    (unseen,) = said["level"]
    assert (unseen.kind, unseen.status, unseen.reference, unseen.current) == ("unseen", "act", 0.0, 0.3)
    assert said["x"][0].status == "act", "the worst first"


def test_a_column_that_is_gone_retyped_or_constant_is_a_state() -> None:
    assert kinds(table(1, x=None)) == {"x": [("column_missing", "act")]}
    assert kinds(table(1, x=["some text"] * 2_000)) == {"x": [("type_changed", "act")]}
    said = found(table(1, x=[0.25] * 2_000))
    assert [(one.kind, one.detail) for one in said["x"]] == [("constant", "always 0.25")]


def test_few_rows_are_no_evidence() -> None:
    assert found(table(1, 100, level=["new"] * 100)) == {}


def test_the_test_of_two_shares_is_the_known_one() -> None:
    a, n, b, m = 30, 5_000, 40, 2_000
    expected = stats.chi2_contingency([[a, n - a], [b, m - b]], correction=False).pvalue
    assert two_proportions((a, n), (b, m)) == pytest.approx(expected, rel=1e-9)
    assert two_proportions((0, 10), (0, 10)) == 1.0
