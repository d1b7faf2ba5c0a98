from datetime import UTC, date, datetime, timedelta

from bellwether.collector.sources.data_factory.definitions import gathered
from bellwether.collector.sources.data_factory.runs import run_of
from bellwether.contracts import PipelineRun
from bellwether.embedded.demo import factory
from bellwether.embedded.demo.incident import INCIDENT, OUTAGE

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def observed(day: date) -> dict[str, PipelineRun]:
    """The runs of a day as the collector reads them."""
    listed: dict[str, list[dict[str, object]]] = {}
    for kind, name, properties in factory.definitions():
        listed.setdefault(kind, []).append({"name": name, "properties": properties})
    found = gathered(listed)
    runs = factory.runs_of(day, 900, 72, NOW)
    read = [run_of(run, rows, found, "adf/main", "adf/s/g/f", NOW) for run, rows in runs]
    return {run.pipeline: run for run in read}


def test_a_day_is_two_loads_and_a_scoring_that_reads_what_they_wrote() -> None:
    runs = observed(INCIDENT.start - DAY)
    assert {run.status for run in runs.values()} == {"SUCCEEDED"}
    written = {use.name for name in ("load-flights", "load-weather") for use in runs[name].activities[0].outputs}
    build, *notebooks = runs["score-flights"].activities
    assert {use.name for use in build.inputs} == written == {"flights.dbo.schedule", "flights.dbo.weather"}
    assert [use.name for use in build.outputs] == [factory.FEATURES]
    assert [one.name for one in notebooks] == ["ScoreFlightDelay", "ScoreAirTime"]
    assert all(one.depends_on == ("BuildFeatures",) and one.job_run_id for one in notebooks)
    wind = build.outputs[0].columns["wind_speed"]
    assert wind == ((f"dataset:mssql%3A//{factory.SERVER}%3A1433:flights.dbo.weather", "wind_speed"),)


def test_the_changed_step_shows_in_its_runs_and_only_there() -> None:
    before, after = INCIDENT.start - DAY, INCIDENT.start
    (right,), (other,) = (observed(day)["load-weather"].activities for day in (before, after))
    changed = set(right.outputs[0].schema_columns) ^ set(other.outputs[0].schema_columns)
    assert changed == {("wind_speed", "Double"), ("wind_speed", "Int32")}
    assert other.outputs[0].columns["wind_speed"][0][1] == "wind_speed_tenths_ms"
    assert other.status == right.status == "SUCCEEDED"
    (again,) = observed(INCIDENT.repaired)["load-weather"].activities
    assert again.outputs[0].schema_columns == right.outputs[0].schema_columns


def test_on_three_days_the_weather_load_fails_and_the_scoring_goes_on() -> None:
    for day in (OUTAGE.start, OUTAGE.repaired - DAY):
        runs = observed(day)
        assert (runs["load-weather"].status, runs["score-flights"].status) == ("FAILED", "SUCCEEDED")
        (load,) = runs["load-weather"].activities
        assert load.error is not None
        assert "no file for this day" in load.error
        assert load.rows_written is None
        assert runs["load-weather"].end is not None
        assert runs["score-flights"].start is not None
        assert runs["load-weather"].end < runs["score-flights"].start
    assert observed(OUTAGE.repaired)["load-weather"].status == "SUCCEEDED"


def test_the_same_day_is_the_same_runs() -> None:
    first, again = (list(factory.runs_of(INCIDENT.start, 900, 72, NOW)) for _ in range(2))
    assert first == again
    assert len({run["runId"] for run, _ in first}) == 3


def test_an_error_of_a_connector_is_read_as_a_person_would_say_it() -> None:
    (load,) = observed(OUTAGE.start)["load-weather"].activities
    assert load.error == "The weather feed has no file for this day. (UserErrorFileNotFound)"
