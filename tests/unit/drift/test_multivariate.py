"""Methods over all inputs: against scikit-learn and brute force, what they find, what luck makes, bad input."""

import math
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from bellwether.contracts import Column, Kind, Model
from bellwether.drift.joints import wanted
from bellwether.drift.multivariate import DEFAULT, JOINT, Joint, JointMethod
from bellwether.drift.multivariate.base import result
from bellwether.drift.multivariate.domain_auc import domain_auc
from bellwether.drift.multivariate.encoding import standard
from bellwether.drift.multivariate.mmd import FEATURES, fourier, mmd, unbiased
from bellwether.drift.multivariate.pca_error import KEPT, errors, held_out, pca_error, residual

Floats = NDArray[np.float64]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
every_method = pytest.mark.parametrize("method", JOINT, ids=lambda method: method.slug)


def column(name: str, kind: Kind = "numeric") -> Column:
    return Column(name=name, role="feature", kind=kind, dtype="")


def joint(reference: Floats, current: Floats) -> Joint:
    names = [f"x{i}" for i in range(reference.shape[1])]
    tables = [pa.table(dict(zip(names, side.T, strict=True))) for side in (reference, current)]
    encode = standard(tables[0], [column(name) for name in names])
    return Joint(encode.names, encode(tables[0]), encode(tables[1]))


def linked(g: np.random.Generator, rows: int, features: int = 6, link: float = 0.7) -> Floats:
    """Rows whose inputs go together."""
    common = g.normal(size=(rows, 1))
    return np.asarray(math.sqrt(link) * common + math.sqrt(1 - link) * g.normal(size=(rows, features)))


def test_reconstruction_errors_equal_those_of_scikit_learn() -> None:
    g = np.random.default_rng(1)
    pair = joint(linked(g, 900), linked(g, 400))
    model = PCA(KEPT, svd_solver="full").fit(pair.reference)
    back = model.inverse_transform(model.transform(pair.current))
    found = errors(pair.current, residual(pair.reference.T @ pair.reference))
    assert found == pytest.approx(np.linalg.norm(pair.current - back, axis=1), rel=1e-9)
    rest = np.delete(pair.reference, np.s_[::5], axis=0)
    one = errors(pair.reference[::5], residual(rest.T @ rest))
    assert held_out(pair.reference)[::5] == pytest.approx(one, rel=1e-9)


def test_inputs_are_standardised_by_the_reference_and_whole() -> None:
    table = pa.table({"x": [1.0, 3.0, None, 5.0], "c": ["a", "a", "b", None], "k": [2.0] * 4, "n": pa.nulls(4)})
    columns = [column("x"), column("c", "categorical"), column("k"), column("n"), column("t", "text")]
    encode = standard(table, columns)
    assert encode.names == ("x", "c", "k")
    found = encode(table)
    assert found[:, :2].mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert found[:, :2].std(axis=0) == pytest.approx(1)
    assert found[:, 2].tolist() == [0] * 4
    assert found[2, 0] == pytest.approx(0)  # missing: the mean
    assert found[3, 1] == found[0, 1]  # missing: the most frequent level
    later = encode(pa.table({"c": ["new", "b"], "x": [np.inf, 3.0]}))
    assert later[0, 1] < later[1, 1]
    assert np.isfinite(later).all()


def test_the_discrepancy_is_that_of_the_double_sum_over_its_kernel() -> None:
    g = np.random.default_rng(2)
    rows = g.normal(size=(60, 3))
    features = fourier(rows, 1.5, g)
    assert features.shape == (60, FEATURES)
    kernel = features @ features.T
    exact = np.exp(-np.square(rows[:, None] - rows[None]).sum(-1) / (2 * 1.5**2))
    assert np.abs(kernel - exact).max() < 0.25
    assert (kernel - exact).std() < 0.06
    sides = np.zeros((60, 2))
    sides[40:, 0] = sides[::3, 1] = 1.0
    for found, side in zip(unbiased(features, sides), sides.T.astype(bool), strict=True):
        x, r = kernel[np.ix_(side, side)], kernel[np.ix_(~side, ~side)]
        within = (x.sum() - np.trace(x)) / (len(x) * (len(x) - 1)) + (r.sum() - np.trace(r)) / (len(r) * (len(r) - 1))
        assert found == pytest.approx(within - 2 * kernel[np.ix_(side, ~side)].mean(), rel=1e-9)


@every_method
def test_rows_of_one_world_do_not_differ(method: JointMethod) -> None:
    g = np.random.default_rng(3)
    pairs = [joint(linked(g, 800), linked(g, 500)) for _ in range(8)]
    found = [result(method, method.measure(pair), pair.names) for pair in pairs]
    assert not any(one.drifted for one in found)
    assert min(one.p_value or 0.0 for one in found) > 0.001
    assert all(one.rows == (800, 500) for one in found)


@every_method
def test_inputs_that_no_longer_go_together_are_found_though_none_moved_alone(method: JointMethod) -> None:
    g = np.random.default_rng(4)
    current = linked(g, 1_000)
    current[:, 0] = g.permutation(current[:, 0])
    pair = joint(linked(g, 1_500), current)
    found = result(method, method.measure(pair), pair.names)
    assert found.p_value is not None
    assert found.p_value < 0.01
    if method.slug == "mmd":  # found, though by the line it is no large one
        return
    assert found.drifted
    assert found.interval is not None
    assert found.value is not None
    assert found.interval[0] <= found.value <= found.interval[1]
    assert found.contributions[0].bin == "x0"


def test_the_classifier_names_what_it_keys_on() -> None:
    g = np.random.default_rng(5)
    current = linked(g, 1_000)
    current[:, 3] += 1.0
    pair = joint(linked(g, 1_000), current)
    found = result(JOINT[0], domain_auc(pair), pair.names)
    assert found.drifted
    assert found.contributions[0].bin == "x3"
    assert found.contributions[0].share > 0.6


@every_method
def test_the_same_rows_give_the_same_answer(method: JointMethod) -> None:
    g = np.random.default_rng(6)
    pair = joint(linked(g, 400), linked(g, 300))
    assert method.measure(pair).value == method.measure(pair).value


@pytest.mark.parametrize("features", [60, 1_100])
def test_reconstruction_of_wide_rows_is_fair_to_those_it_did_not_see(features: int) -> None:
    """Components fit the rows they are from too well; were those counted, a batch of the same world would differ."""
    g = np.random.default_rng(13)
    reference, same = linked(g, 1_500, features), linked(g, 800, features)
    calm = pca_error(joint(reference, same))
    assert calm.p_value is not None
    assert calm.p_value > 0.01
    assert calm.beside["error"] == pytest.approx(calm.beside["reference_error"], rel=0.02)
    loose = pca_error(joint(reference, linked(g, 800, features, link=0.3)))
    assert loose.value is not None
    assert loose.value > 0.3
    assert loose.p_value is not None
    assert loose.p_value < 1e-6


@every_method
def test_what_a_reference_teaches_is_learnt_once_and_says_the_same(method: JointMethod) -> None:
    g = np.random.default_rng(12)
    first, second = joint(linked(g, 500), linked(g, 300)), linked(g, 200, link=0.4)
    method.measure(first)
    kept = dict(first.learnt)
    known = Joint(first.names, first.reference, second, first.learnt)
    alone = Joint(first.names, first.reference, second)
    assert result(method, method.measure(known), first.names) == result(method, method.measure(alone), first.names)
    assert all(known.learnt[name] is kept[name] for name in known.learnt)


def test_more_rows_than_a_method_takes_are_drawn_and_counted() -> None:
    g = np.random.default_rng(7)
    pair = joint(g.normal(size=(9_000, 2)), g.normal(size=(300, 2)))
    assert mmd(pair).rows == (5_000, 300)


@every_method
@pytest.mark.parametrize(
    ("reference", "current"),
    [
        (np.zeros((300, 3)), np.zeros((300, 3))),
        (np.zeros((300, 3)), np.ones((300, 3))),
        (np.ones((1, 2)), np.ones((1, 2))),
        (np.full((300, 2), np.nan), np.full((300, 2), np.nan)),
        (np.full((300, 2), np.inf), np.random.default_rng(8).normal(size=(300, 2))),
        (np.random.default_rng(8).normal(size=(300, 2)), np.full((300, 2), -np.inf)),
        (np.random.default_rng(8).normal(size=(300, 2)) * 1e300, np.random.default_rng(9).normal(size=(300, 2))),
        (np.random.default_rng(8).normal(size=(300, 1)), np.random.default_rng(9).normal(size=(250, 1))),
    ],
    ids=["constant", "constant that moved", "one row", "missing", "infinite", "became infinite", "huge", "one input"],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_any_rows_give_a_value_or_a_reason(method: JointMethod, reference: Floats, current: Floats) -> None:
    pair = joint(reference, current)
    found = result(method, method.measure(pair), pair.names)
    assert (found.value is None) == (found.reason is not None)
    assert found.value is None or math.isfinite(found.value)
    assert found.p_value is None or 0 <= found.p_value <= 1


def test_a_model_gets_the_usual_methods_and_those_it_asks_for() -> None:
    model = Model(pk="m", name="m", task="binary", created_at=NOW, updated_at=NOW)
    assert wanted(model) == DEFAULT
    assert wanted(model.model_copy(update={"methods": ("mmd", "psi")})) == ("mmd", "pca_error")
    assert pca_error.__doc__
