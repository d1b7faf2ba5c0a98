"""Correction, floors, combination: against scipy and by simulation."""

import numpy as np
import pytest
from scipy import stats

from bellwether.contracts import Lines, Status
from bellwether.drift.decision import ALPHA, Sized, global_p, q_values, sized, status_of
from bellwether.drift.methods import BY_SLUG, Measurement

LINES = Lines(watch=0.1, act=0.2)


def js(value: float | None, floor: float) -> Sized:
    return Sized(BY_SLUG["js"], Measurement(value), floor, None)


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    g = np.random.default_rng(1)
    p = {str(i): float(v) for i, v in enumerate(g.beta(0.3, 1, size=50))}
    expected = stats.false_discovery_control(np.array(list(p.values())))
    assert list(q_values(p).values()) == pytest.approx(expected.tolist(), rel=1e-12)
    assert q_values({}) == {}


@pytest.mark.parametrize(
    ("value", "floor", "q", "status"),
    [
        (0.15, 0.01, 1e-9, "watch"),
        (0.25, 0.01, 1e-9, "act"),
        (0.05, 0.01, 1e-9, "fine"),  # evidence without effect
        (0.25, 0.01, 0.02, "fine"),  # effect without evidence
        (0.25, 0.3, 1e-9, "fine"),  # an effect luck makes at this size
        (0.25, 0.22, 1e-9, "act"),
        (0.25, 0.01, None, "fine"),
        (None, 0.01, 1e-9, "fine"),
    ],
)
def test_effect_and_evidence_must_both_say_so(
    value: float | None, floor: float, q: float | None, status: Status
) -> None:
    assert status_of(js(value, floor), LINES, q) == status


@pytest.mark.parametrize(
    ("rows", "psi", "js", "ks"),
    [
        (200, 0.232, 0.205, 0.163),
        (1_000, 0.046, 0.092, 0.073),
        (20_000, 0.0023, 0.021, 0.016),
        (10**6, 4.6e-5, 0.0029, 0.0023),
    ],
)
def test_floors_are_those_of_the_published_table(rows: int, psi: float, js: float, ks: float) -> None:
    found = [sized(BY_SLUG[slug], Measurement(0.5, df=10), rows / 2).floor for slug in ("psi", "js", "ks")]
    assert found == pytest.approx([psi, js, ks], rel=0.03)


def test_the_combined_p_value_is_valid_under_dependence() -> None:
    g = np.random.default_rng(2)
    runs, features = 4_000, 20
    common = g.normal(size=(runs, 1))
    z = 0.7 * common + np.sqrt(1 - 0.49) * g.normal(size=(runs, features))
    p = stats.norm.sf(z)
    combined = np.array([global_p(row.tolist(), [1.0] * features) for row in p])
    assert (combined <= ALPHA).mean() <= ALPHA + 3 * np.sqrt(ALPHA / runs)


def test_the_combined_p_value_of_one_is_that_one() -> None:
    for p in (1e-290, 1e-20, 1e-14, 1e-3, 0.4, 0.9):
        assert global_p([p], [3.0]) == pytest.approx(p, rel=1e-9)
    assert global_p([0.0], [1.0]) == pytest.approx(1e-300)
    assert global_p([1e-200, 0.9], [0.5, 0.5]) == pytest.approx(2e-200)
