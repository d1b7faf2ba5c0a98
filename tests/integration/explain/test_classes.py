"""Importance for each class of a model of several, against the definition with the model itself as the game."""

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from bellwether.explain.definition import shapley
from tests.integration.explain.registered import Uris, kinds_of, several
from tests.integration.explain.world import FEATURES, World, people, rows_of

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


def test_each_class_has_the_importances_of_the_definition(world: World, uris: Uris) -> None:
    reference, rows = people(60, 2), people(12, 3)
    world.model("many", uris["many"], rows_of(reference, 1))
    said = world.explained("many", world.batch("many", rows_of(rows, 1)))
    assert said.reason is None
    train = people(2_000, 0)
    model = several().fit(train[FEATURES], kinds_of(train))
    names = [str(name) for name in model.classes_]
    assert [one.output_class for one in said.classes] == names
    joins = (np.arange(16)[:, None] >> np.arange(4)) & 1 == 1
    for place, one in enumerate(said.classes):
        wanted = np.abs(_by_hand(model, reference[FEATURES], rows[FEATURES], joins, place)).mean(axis=0)
        found = {feature.feature: feature.importance for feature in one.features}
        assert [found[name] for name in FEATURES] == pytest.approx(wanted.tolist(), rel=1e-6, abs=1e-7)
        assert sum(feature.share for feature in one.features) + one.other == pytest.approx(1)
        assert (one.rows, one.additivity.state, one.method) == (12, "exact", said.method)
    (own,) = [one for one in said.classes if one.output_class == said.output_class]
    assert own.features == tuple(
        one.model_copy(update={"rank_interval": None, "direction": None, "categories": ()}) for one in said.features
    )


def _by_hand(model: Pipeline, reference: pd.DataFrame, rows: pd.DataFrame, joins: np.ndarray, place: int) -> np.ndarray:
    every = []
    for i in range(len(rows)):
        for joined in joins:
            mixed = reference.copy()
            for name, joins_in in zip(FEATURES, joined, strict=True):
                if joins_in:
                    mixed[name] = rows[name].iloc[i]
            every.append(mixed)
    answers = model.decision_function(pd.concat(every, ignore_index=True))[:, place]
    return shapley(answers.reshape(len(rows), len(joins), len(reference)).mean(axis=2))


def test_a_model_of_one_output_has_no_classes(world: World, uris: Uris) -> None:
    world.model("line", uris["line"], rows_of(people(60, 2), 1))
    assert world.explained("line", world.batch("line", rows_of(people(40, 3), 1))).classes == ()
