"""Every drift method keeps the same promises. A new method is covered the moment it is listed."""

import importlib
import math
import pkgutil
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bellwether.contracts import Column, Kind
from bellwether.drift import methods
from bellwether.drift.decision import ALPHA, sized
from bellwether.drift.methods import DEFAULTS, METHODS, DriftMethod, Measurement
from bellwether.drift.pairs import Pair, pair_of
from bellwether.profile import (
    CategoricalReference,
    CategoricalWindow,
    NumericReference,
    NumericWindow,
    fit,
    window,
)

STANDARDISED = {"ad": 0.25}
"""Methods whose value is 0 on average without drift rather than 0 at none, and the largest p-value of their table."""
every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.slug)
bounded = settings(max_examples=15, deadline=None)

anything = st.one_of(st.floats(width=64), st.sampled_from([0.0, 1.0, 2.0, math.nan, math.inf, -math.inf]))
numbers = hnp.arrays(np.float64, st.integers(0, 60), elements=anything)
tame = hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(-1e6, 1e6))
levels = st.lists(st.one_of(st.none(), st.sampled_from("abcdefgh"), st.text(max_size=3)), max_size=60)


def pair(kind: Kind, reference: pa.Array, current: pa.Array) -> Pair:
    column = Column(name="x", role="feature", kind=kind, dtype="")
    profile = fit(pa.table({"x": reference}), [column], kernel="plain")
    seen = window(pa.table({"x": current}), profile, kernel="plain").parts["x"]
    part = profile.parts["x"]
    assert isinstance(part, NumericReference | CategoricalReference)
    assert isinstance(seen, NumericWindow | CategoricalWindow)
    return pair_of(part, seen)


def of_numbers(reference: Sequence[float] | np.ndarray, current: Sequence[float] | np.ndarray) -> Pair:
    return pair("numeric", pa.array(reference, pa.float64()), pa.array(current, pa.float64()))


def of_levels(reference: Sequence[str | None], current: Sequence[str | None]) -> Pair:
    return pair("categorical", pa.array(reference, pa.string()), pa.array(current, pa.string()))


def samples(kind: Kind, g: np.random.Generator, n: int, shift: float) -> Pair:
    """A pair that has drifted by so much."""
    if kind == "numeric":
        return of_numbers(g.normal(size=n), g.normal(shift, size=n))
    names = np.array(["yes", "no"] if kind == "boolean" else list("abcdef"))
    even = np.full(names.size, 1 / names.size)
    tilted = even * np.exp(shift * np.arange(names.size) / names.size)
    return of_levels(g.choice(names, n, p=even).tolist(), g.choice(names, n, p=tilted / tilted.sum()).tolist())


def check(method: DriftMethod, found: Measurement, of: Pair) -> None:
    """What holds for any pair."""
    low, high = method.limits
    if found.value is None:
        assert found.reason
    else:
        assert math.isfinite(found.value)
        assert low <= found.value <= (math.inf if high is None else high)
        assert found.reason is None
    if found.p_value is not None:
        assert 0.0 <= found.p_value <= 1.0
    assert found.parts.size in {0, len(of.labels)}
    assert (found.parts >= 0).all()
    one = sized(method, found, 0.0 if of.empty else of.h)
    for size in (one.floor, one.detectable):
        assert size is None or (math.isfinite(size) and size >= 0)


def test_every_module_with_a_method_is_listed_once_in_order() -> None:
    found = []
    for info in pkgutil.iter_modules(methods.__path__):
        module = importlib.import_module(f"{methods.__name__}.{info.name}")
        if hasattr(module, "METHOD"):
            assert module.METHOD.slug == info.name
            found.append(module.METHOD)
    assert list(METHODS) == sorted(found, key=lambda method: method.slug)


def test_defaults_name_methods_that_apply_and_headlines_that_can_decide() -> None:
    by_slug = {method.slug: method for method in METHODS}
    for kind, slugs in DEFAULTS.items():
        assert all(kind in by_slug[slug].kinds for slug in slugs)
        headline = by_slug[slugs[0]]
        assert headline.lines is not None
        assert headline.law is not None or headline.gate in slugs


@every_method
@bounded
@given(reference=numbers, current=numbers)
def test_any_numbers_give_a_value_or_a_reason(method: DriftMethod, reference: np.ndarray, current: np.ndarray) -> None:
    of = of_numbers(reference, current)
    check(method, method.measure(of), of)


@every_method
@bounded
@given(reference=levels, current=levels)
def test_any_levels_give_a_value_or_a_reason(
    method: DriftMethod, reference: list[str | None], current: list[str | None]
) -> None:
    of = of_levels(reference, current)
    check(method, method.measure(of), of)


@every_method
@bounded
@given(x=tame)
def test_a_sample_does_not_drift_from_itself(method: DriftMethod, x: np.ndarray) -> None:
    for of in (of_numbers(x, x), of_levels([str(v) for v in x % 7], [str(v) for v in x % 7])):
        found = method.measure(of)
        if method.slug in STANDARDISED:
            assert found.value is None or found.value < 0
            assert found.p_value is None or found.p_value == STANDARDISED[method.slug]
            continue
        assert found.value is None or found.value == pytest.approx(0.0, abs=1e-7)
        assert found.p_value is None or found.p_value == pytest.approx(1.0, abs=1e-6)


@every_method
def test_order_of_rows_does_not_matter(method: DriftMethod) -> None:
    g = np.random.default_rng(1)
    x, y = g.normal(size=300), g.normal(0.5, size=200)
    one, two = method.measure(of_numbers(x, y)), method.measure(of_numbers(g.permutation(x), g.permutation(y)))
    assert one.value == pytest.approx(two.value, rel=1e-12)
    assert one.p_value == two.p_value


@every_method
@pytest.mark.parametrize("kind", ["numeric", "categorical", "boolean"])
def test_the_value_grows_with_the_shift_and_crosses_its_line(method: DriftMethod, kind: Kind) -> None:
    if kind not in method.kinds:
        return
    g = np.random.default_rng(5)
    found = [method.measure(samples(kind, g, 4_000, shift)) for shift in (0.0, 0.7, 1.5, 4.0)]
    values = [one.value for one in found]
    assert all(value is not None for value in values)
    assert values == sorted(values, key=float)  # type: ignore[arg-type]  # none is None
    assert method.lines is None or values[0] < method.lines.watch < values[-1]  # type: ignore[operator]
    evidence = [one.p_value for one in found]
    assert method.gate is not None or (evidence[0] or 0.0) > ALPHA >= (evidence[-1] or 0.0)


@pytest.fixture(scope="module")
def calm() -> Mapping[Kind, Sequence[Pair]]:
    """Pairs without drift, 1,000 rows on each side."""
    g = np.random.default_rng(3)
    return {kind: [samples(kind, g, 1_000, 0.0) for _ in range(400)] for kind in ("numeric", "categorical")}


@every_method
@pytest.mark.parametrize("kind", ["numeric", "categorical"])
def test_luck_passes_the_floor_about_once_in_a_hundred(
    method: DriftMethod, kind: Kind, calm: Mapping[Kind, Sequence[Pair]]
) -> None:
    if method.law is None or kind not in method.kinds:
        return
    found = [sized(method, method.measure(of), of.h) for of in calm[kind]]
    passed = sum((one.found.value or 0.0) >= (one.floor or 0.0) for one in found)
    assert passed / len(found) <= ALPHA + 3 * math.sqrt(ALPHA / len(found))


@every_method
def test_what_is_detectable_is_more_than_the_floor_of_luck(method: DriftMethod) -> None:
    if method.law is None:
        return
    g = np.random.default_rng(4)
    of = samples(method.kinds[0], g, 1_000, 0.0)
    one = sized(method, method.measure(of), of.h)
    assert one.floor is not None
    if method.law.detectable is None:
        assert one.detectable is None
        return
    assert one.detectable is not None
    assert one.detectable > 0.9 * one.floor


@every_method
def test_it_says_what_it_is_and_where_it_comes_from(method: DriftMethod) -> None:
    assert method.title
    assert method.definition
    assert method.source
    assert method.kinds
    docstring = method.measure.__doc__ or ""
    assert docstring.startswith("Return ")
    assert len(docstring.splitlines()) > 2
