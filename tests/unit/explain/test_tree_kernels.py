"""The kernels against Shapley's definition on random trees: missing values, category sets, groups, odd shapes."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bellwether.explain.definition import interventional, output, path_dependent, shapley
from bellwether.explain.trees import CategorySets, Ensemble, Tree, Unsupported
from bellwether.explain.trees.ensemble import check, sets_of
from bellwether.explain.trees.quadrature import Quadrature
from bellwether.explain.trees.tables import PatternTables

D = 5
SETTINGS = settings(max_examples=60, deadline=None, derandomize=True)


def tree_of(
    left: Sequence[float],
    right: Sequence[float],
    feature: Sequence[float],
    threshold: Sequence[float],
    value: Sequence[float],
    cover: Sequence[float],
    sets: CategorySets | None = None,
) -> Tree:
    """A tree whose missing values go right."""
    return Tree(
        np.array(left, np.int32),
        np.array(right, np.int32),
        np.zeros(len(left), np.bool_),
        np.array(feature, np.int32),
        np.array(threshold, np.float64),
        np.array(value, np.float64),
        np.array(cover, np.float64),
        sets,
    )


def random_tree(rng: np.random.Generator, depth: int, categories: bool) -> Tree:
    """A tree with repeated features, ties with the data, empty branches and, where asked, category sets."""
    left, right, feature = [-1], [-1], [-1]
    codes: list[list[int] | None] = [None]
    cover = [float(rng.integers(0, 50))]
    level = [0]
    for _ in range(depth):
        below = []
        for node in level:
            if rng.random() < 0.25:
                continue
            feature[node] = int(rng.integers(D))
            if categories and feature[node] == 4:
                codes[node] = rng.choice(70, int(rng.integers(0, 20)), replace=False).tolist()
            part = float(np.floor(cover[node] * rng.random()))
            for side, share in ((left, part), (right, cover[node] - part)):
                side[node] = len(left)
                cover.append(share)
                for one, empty in ((left, -1), (right, -1), (feature, -1)):
                    one.append(empty)
                codes.append(None)
                below.append(side[node])
        level = below
    m = len(left)
    sets = sets_of(codes, (rng.random(m) < 0.5).tolist()) if categories else None
    return Tree(
        np.array(left, np.int32),
        np.array(right, np.int32),
        rng.random(m) < 0.5,
        np.array(feature, np.int32),
        rng.integers(-2, 3, m).astype(float),
        rng.normal(size=m),
        np.array(cover),
        sets,
    )


def random_rows(rng: np.random.Generator, n: int) -> np.ndarray:
    x = rng.integers(-3, 4, (n, D)).astype(float)
    x[:, 4] = rng.integers(-2, 100, n)
    x[rng.random(x.shape) < 0.1] = np.nan
    x[rng.random(x.shape) < 0.02] = np.inf
    return x


def random_ensemble(seed: int, depth: int = 4, trees: int = 3) -> tuple[Ensemble, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    made = tuple(random_tree(rng, depth, categories=seed % 2 == 0) for _ in range(trees))
    return Ensemble(made, 0.5, D), random_rows(rng, 12), rng


@SETTINGS
@given(st.integers(0, 10_000))
def test_path_dependent_values_are_shapleys(seed: int) -> None:
    ensemble, x, _ = random_ensemble(seed)
    expected = path_dependent(ensemble, x)
    for kernel in (PatternTables(ensemble, dtype=np.float64), Quadrature(ensemble)):
        np.testing.assert_allclose(kernel.attribute(x), expected, atol=1e-12)


@SETTINGS
@given(st.integers(0, 10_000), st.booleans())
def test_interventional_values_are_shapleys_and_add_up(seed: int, grouped: bool) -> None:
    ensemble, x, rng = random_ensemble(seed)
    background = random_rows(rng, 7)
    groups = [0, 1, 0, 2, 1] if grouped else None
    tables = PatternTables(ensemble, background, groups, dtype=np.float64)
    expected = interventional(lambda a: output(ensemble, a), x[:4], background, groups)
    np.testing.assert_allclose(tables.attribute(x[:4]), expected, atol=1e-12)
    assert tables.base_value == pytest.approx(output(ensemble, background).mean())
    total = tables.base_value + tables.attribute(x).sum(1)
    np.testing.assert_allclose(total, output(ensemble, x), atol=1e-12)


@SETTINGS
@given(st.integers(0, 10_000))
def test_groups_of_columns_are_one_player_in_every_kernel(seed: int) -> None:
    ensemble, x, _ = random_ensemble(seed)
    groups = [0, 0, 1, 1, 0]
    expected = path_dependent(ensemble, x[:5], groups)
    for kernel in (PatternTables(ensemble, None, groups, dtype=np.float64), Quadrature(ensemble, groups)):
        assert kernel.n_players == 2
        np.testing.assert_allclose(kernel.attribute(x[:5]), expected, atol=1e-12)


@pytest.mark.parametrize("height", [0, 1, 3])
def test_height_of_merged_subtrees_changes_nothing(height: int) -> None:
    ensemble, x, rng = random_ensemble(8, depth=7)
    background = random_rows(rng, 30)
    expected = PatternTables(ensemble, background, dtype=np.float64).attribute(x)
    other = PatternTables(ensemble, background, height=height, dtype=np.float64).attribute(x)
    np.testing.assert_allclose(other, expected, atol=1e-13)


def test_number_of_rows_and_threads_change_nothing() -> None:
    ensemble, _, rng = random_ensemble(4, depth=6)
    x = random_rows(rng, 5_000)
    for kernel in (PatternTables(ensemble, x[:50], dtype=np.float64), Quadrature(ensemble)):
        whole = kernel.attribute(x)
        np.testing.assert_array_equal(kernel.attribute(x, threads=3), whole)
        for part in (slice(0, 0), slice(0, 1), slice(3, 12), slice(100, 401)):
            np.testing.assert_allclose(kernel.attribute(x[part]), whole[part], atol=1e-13)


def test_float32_tables_lose_next_to_nothing() -> None:
    ensemble, x, _ = random_ensemble(5, depth=6, trees=20)
    exact = PatternTables(ensemble, dtype=np.float64).attribute(x)
    np.testing.assert_allclose(PatternTables(ensemble).attribute(x), exact, atol=1e-6)


def test_rows_are_rounded_as_the_model_rounds_them() -> None:
    threshold = np.float64(np.float32(0.1))
    stump = tree_of([1, -1, -1], [2, -1, -1], [0, -1, -1], [threshold, 0, 0], [0, 1, 2], [2, 1, 1])
    beside = np.array([[np.nextafter(threshold, 1)]])
    assert PatternTables(Ensemble((stump,), 0.0, 1, single=True)).attribute(beside)[0, 0] == -0.5
    assert PatternTables(Ensemble((stump,), 0.0, 1, single=False)).attribute(beside)[0, 0] == 0.5
    zero = Ensemble((stump,), 0.0, 1, zero_missing=(0,))
    assert PatternTables(zero).attribute(np.array([[0.0]]))[0, 0] == 0.5
    huge = np.array([[1e300]])
    assert PatternTables(Ensemble((stump,), 0.0, 1, single=True)).attribute(huge)[0, 0] == 0.5


def test_deep_trees_are_refused_by_tables_and_taken_by_quadrature() -> None:
    depth = 40
    m = 2 * depth + 1
    left, right = np.full(m, -1, np.int32), np.full(m, -1, np.int32)
    left[0 : m - 1 : 2], right[0 : m - 1 : 2] = np.arange(1, m, 2), np.arange(2, m, 2)
    feature = np.where(left >= 0, np.arange(m) // 2, -1).astype(np.int32)
    rng = np.random.default_rng(0)
    cover = np.zeros(m)
    cover[0] = 2.0**40
    for i in range(0, m - 1, 2):
        cover[i + 1], cover[i + 2] = cover[i] * 0.3, cover[i] * 0.7
    chain = Tree(left, right, np.zeros(m, np.bool_), feature, np.zeros(m), rng.normal(size=m), cover)
    ensemble = Ensemble((chain,), 1.0, depth)
    with pytest.raises(Unsupported, match="a path holds 40 features, tables take 16"):
        PatternTables(ensemble)
    x = rng.normal(size=(20, depth))
    kernel = Quadrature(ensemble)
    total = kernel.base_value + kernel.attribute(x).sum(1)
    np.testing.assert_allclose(total, output(ensemble, x), atol=1e-12)


def test_a_budget_is_kept_before_memory_is_taken() -> None:
    ensemble, _, _ = random_ensemble(4, depth=7)
    with pytest.raises(Unsupported, match="would exceed 4096 bytes"):
        PatternTables(ensemble, max_bytes=4096)
    with pytest.raises(Unsupported, match="would exceed 4096 bytes"):
        Quadrature(ensemble, max_bytes=4096)


def test_ensembles_without_a_split_or_a_tree() -> None:
    leaf = tree_of([-1], [-1], [-1], [0], [1], [1])
    for trees in ((), (leaf,), (leaf, leaf)):
        for kernel in (PatternTables(Ensemble(trees, 2.0, 3)), Quadrature(Ensemble(trees, 2.0, 3))):
            assert kernel.base_value == 2.0 + len(trees)
            assert not kernel.attribute(np.ones((4, 3))).any()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"left": [1, 0, -1]}, "one child"),
        ({"left": [2, -1, -1]}, "do not form a tree"),
        ({"left": [9, -1, -1]}, "do not form a tree"),
        ({"left": [-7, -1, -1]}, "one child"),
        ({"feature": [5, -1, -1]}, "beyond the 5"),
        ({"feature": [-1, -1, -1]}, "beyond the 5"),
        ({"value": [0, np.nan, 0]}, "not a number"),
        ({"threshold": [np.nan, 0, 0]}, "not a number"),
        ({"cover": [1, -1, 2]}, "cover is negative"),
        ({"cover": [1, 1]}, "differ in length"),
    ],
)
def test_arrays_that_are_no_tree_never_reach_a_kernel(change: dict[str, list[float]], fault: str) -> None:
    given: dict[str, Sequence[float]] = {
        "left": [1, -1, -1],
        "right": [2, -1, -1],
        "feature": [0, -1, -1],
        "threshold": [0, 0, 0],
        "value": [0, 1, 2],
        "cover": [2, 1, 1],
    }
    given = {**given, **change}
    links = (given["left"], given["right"], given["feature"])
    tree = tree_of(*links, given["threshold"], given["value"], given["cover"])
    with pytest.raises(Unsupported, match=fault):
        PatternTables(Ensemble((tree,), 0.0, D))


def test_cycles_and_sets_beyond_their_bits_are_refused() -> None:
    for left, right in (([1, 3, -1, 1, -1], [2, 4, -1, -1, -1]), ([1, -1, 3, -1, 2], [4, -1, -1, -1, -1])):
        with pytest.raises(Unsupported):
            check(Ensemble((tree_of(left, right, [0] * 5, [0] * 5, [0] * 5, [1] * 5),), 0.0, D))
    beyond = CategorySets(
        np.array([0, -1, -1], np.int32), np.array([2, 0, 0], np.int32), np.zeros(3, np.bool_), np.zeros(1, np.uint32)
    )
    stump = tree_of([1, -1, -1], [2, -1, -1], [0] * 3, [0] * 3, [0] * 3, [1] * 3, beyond)
    with pytest.raises(Unsupported, match="beyond the bits"):
        check(Ensemble((stump,), 0.0, D))


def test_wrong_shapes_are_named() -> None:
    ensemble, x, _ = random_ensemble(1)
    with pytest.raises(ValueError, match="the model has 5 features"):
        PatternTables(ensemble).attribute(x[:, :3])
    with pytest.raises(ValueError, match="no rows"):
        PatternTables(ensemble, x[:0])
    with pytest.raises(ValueError, match="a player for each of 5"):
        PatternTables(ensemble, None, [0, 1])


def test_the_definition_on_a_game_with_a_known_answer() -> None:
    worth = np.array([float((s & 1) and (s & 6)) > 0 for s in range(8)], np.float64)
    np.testing.assert_allclose(shapley(worth), [2 / 3, 1 / 6, 1 / 6])
