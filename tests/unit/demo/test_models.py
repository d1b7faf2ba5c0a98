import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sklearn.pipeline import Pipeline

from bellwether.embedded.demo import models
from bellwether.embedded.demo.recipes import AIR_TIME, FLIGHT_DELAY, RECIPES, REFERENCE, TRAINING, Recipe

Fitted = dict[str, Pipeline]


def test_flight_delay_beats_the_base_rate_on_days_it_never_saw(flights: pa.Table, fitted: Fitted) -> None:
    told = models.evaluate(FLIGHT_DELAY, fitted["flight-delay"], models.held_out(flights), models.training(flights))
    assert told["auc"] > 0.65
    assert told["log_loss"] < told["log_loss_of_base_rate"] - 0.02
    assert told["precision"] > 1.5 * told["base_rate"]


def test_air_time_beats_the_mean_on_days_it_never_saw(flights: pa.Table, fitted: Fitted) -> None:
    told = models.evaluate(AIR_TIME, fitted["air-time"], models.held_out(flights), models.training(flights))
    assert told["mae"] < 10 < 70 < told["mae_of_mean"]
    assert told["r2"] > 0.98


def test_what_is_measured_on_comes_after_what_is_learned_from() -> None:
    assert TRAINING[1] <= REFERENCE[0]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_training_again_gives_the_same_answers(recipe: Recipe, flights: pa.Table, fitted: Fitted) -> None:
    held_out = models.held_out(flights)
    again = models.train(recipe, models.training(flights))
    assert models.reference(recipe, again, held_out).equals(models.reference(recipe, fitted[recipe.name], held_out))


def test_a_pushed_row_holds_no_target_and_decides_at_the_threshold(flights: pa.Table, fitted: Fitted) -> None:
    rows = models.score(FLIGHT_DELAY, fitted["flight-delay"], models.held_out(flights).slice(0, 1_000))
    assert rows.column_names == ["id", "time", *FLIGHT_DELAY.features, "score", "prediction"]
    assert pc.greater_equal(rows["score"], 0.3).equals(rows["prediction"])
    rows = models.score(AIR_TIME, fitted["air-time"], models.held_out(flights).slice(0, 1_000))
    assert rows.column_names == ["id", "time", *AIR_TIME.features, "prediction"]


def test_cancelled_flights_are_scored_and_never_labelled(flights: pa.Table, fitted: Fitted) -> None:
    held_out = models.held_out(flights)
    assert models.score(AIR_TIME, fitted["air-time"], held_out)["prediction"].null_count == 0
    assert held_out.num_rows - models.labels(AIR_TIME, held_out).num_rows == held_out["air_time"].null_count > 0


def test_an_airport_nobody_saw_in_training_is_scored(flights: pa.Table, fitted: Fitted) -> None:
    row = models.held_out(flights).slice(0, 1)
    place = row.column_names.index("dest")
    unseen = row.set_column(place, "dest", pa.array(["XYZ"]))
    for recipe in RECIPES:
        assert models.score(recipe, fitted[recipe.name], unseen)["prediction"].null_count == 0
