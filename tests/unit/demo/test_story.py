"""What the page shows, by the real analysis on the real flights: quiet but for a week of wrong units and an outage."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from sklearn.pipeline import Pipeline

from bellwether.contracts import Batch, Column, DriftReport, Model
from bellwether.drift.analysis import analyse
from bellwether.embedded.demo import data, lines, models
from bellwether.embedded.demo.incident import INCIDENT, OUTAGE
from bellwether.embedded.demo.recipes import AIR_TIME, FLIGHT_DELAY, RECIPES, REPLAY_FROM, Recipe
from bellwether.profile import fit, window

DAYS = tuple(REPLAY_FROM + timedelta(days=number) for number in range(42))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Reports = dict[str, dict[date, DriftReport]]


def columns(recipe: Recipe) -> tuple[Column, ...]:
    """The roles the demo declares and the kinds the data shows."""
    features = [Column(name=n, role="feature", kind="categorical", dtype="string") for n in recipe.categories]
    features += [Column(name=n, role="feature", kind="numeric", dtype="double") for n in recipe.numbers]
    outputs = [Column(name="prediction", role="prediction", kind="numeric", dtype="double")]
    if recipe is FLIGHT_DELAY:
        outputs = [
            Column(name="score", role="score", kind="numeric", dtype="double"),
            Column(name="prediction", role="prediction", kind="boolean", dtype="bool"),
        ]
    return (*features, *outputs)


@pytest.fixture(scope="module")
def reports(flights: pa.Table, fitted: dict[str, Pipeline]) -> Reports:
    return {recipe.name: _reports(recipe, fitted[recipe.name], flights) for recipe in RECIPES}


def _reports(recipe: Recipe, fitted: Pipeline, flights: pa.Table) -> dict[date, DriftReport]:
    held_out = models.held_out(flights)
    scored = models.score(recipe, fitted, held_out)
    thresholds = lines.from_days(recipe, scored.append_column("day", held_out["day"]))
    model = Model(
        pk=recipe.name, name=recipe.name, task=recipe.task, thresholds=thresholds, created_at=NOW, updated_at=NOW
    )
    batch = Batch(
        id="b", pk="p", model=recipe.name, state="accepted", media_type="", raw_uri="", digest="", submitted_at=NOW
    )
    reference = fit(scored, columns(recipe))
    found = {}
    for day in DAYS:
        rows = window(models.score(recipe, fitted, data.of_day(flights, day)), reference)
        found[day] = analyse(reference, rows, model=model, batch=batch, reference_id="r", now=NOW)
    return found


def status(report: DriftReport, feature: str) -> str:
    return next(one.status for one in report.features if one.feature == feature)


def during(day: date) -> bool:
    return INCIDENT.holds(day) or OUTAGE.holds(day)


def test_the_week_and_the_outage_stand_out_of_six_weeks_and_no_other_day_does(reports: Reports) -> None:
    for recipe in RECIPES:
        said = {day: report.overall.status for day, report in reports[recipe.name].items()}
        assert {said[day] for day in DAYS if INCIDENT.holds(day)} == {"act"}
        assert {said[day] for day in DAYS if OUTAGE.holds(day)} <= {"watch", "act"}
        assert sum(said[day] != "fine" for day in DAYS if not during(day)) <= 1


def test_wind_speed_is_the_one_feature_to_act_on(reports: Reports) -> None:
    for recipe in RECIPES:
        for day, report in reports[recipe.name].items():
            acting = {one.feature for one in report.features if one.status == "act" and one.role == "feature"}
            assert acting == ({"wind_speed"} if during(day) else set()), (recipe.name, day)


def test_the_warnings_of_flight_delay_change_with_it(reports: Reports) -> None:
    for day, report in reports["flight-delay"].items():
        assert report.prediction is not None
        assert report.prediction.feature == "score"
        assert (report.prediction.status == "act") == INCIDENT.holds(day)


def test_the_sentence_names_wind_speed(reports: Reports) -> None:
    assert "wind_speed" in reports["air-time"][INCIDENT.start].overall.sentence
    assert "wind_speed" in reports["air-time"][OUTAGE.start].overall.sentence
    assert AIR_TIME.name in reports
