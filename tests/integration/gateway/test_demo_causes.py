"""The demo's two incidents, from what its sources are told to the answer of the root cause.

The factory's runs are read by the collector's own code, the scoring runs are as the notebooks log them, and the real
lineage service records both. Only the verdicts of the days are set here; `test_story` holds them to the analysis.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bellwether.collector.observing import Keeper
from bellwether.collector.sources.data_factory.definitions import gathered
from bellwether.collector.sources.data_factory.runs import run_of
from bellwether.contracts import (
    Alert,
    Batch,
    BatchReceived,
    DriftPoint,
    DriftReported,
    Observed,
    Status,
    month_pk,
    node_id,
)
from bellwether.embedded.demo import factory
from bellwether.embedded.demo.incident import INCIDENT, OUTAGE
from bellwether.embedded.demo.recipes import RECIPES
from bellwether.gateway.reports.causes import cause_table, incident_table
from bellwether.kpi.upstream import pipeline_runs
from bellwether.lineage.handlers import Lineage
from bellwether.objects import open_objects
from bellwether.settings import Gateway, Settings
from bellwether.storage.collections import REPORTS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.factory import open_engine
from bellwether.storage.guard import OwnedDocuments
from bellwether.storage.lineage import GraphWriter
from bellwether.storage.months import note_month
from tests.integration.gateway.served import Api, Clock, RecordingBus
from tests.integration.gateway.test_incidents import opened
from tests.integration.gateway.told import batch_of, midnight, scoring_run

DAYS = [
    *(INCIDENT.start + timedelta(days=number) for number in range(-4, 3)),
    *(OUTAGE.start + timedelta(days=number) for number in range(-3, 1)),
]
"""The days around both incidents."""
_SATURDAY = 5
MODELS = tuple(recipe.name for recipe in RECIPES)
NOW = datetime(2026, 2, 1, tzinfo=UTC)


class Told:
    """A gateway and a lineage service that were told all days of the demo."""

    def __init__(self, api: Api) -> None:
        self.api = api
        documents = OwnedDocuments(api.documents, "lineage")
        self.lineage = Lineage(documents, GraphWriter(documents))
        listed: dict[str, list[dict[str, object]]] = {}
        for kind, name, properties in factory.definitions():
            listed.setdefault(kind, []).append({"name": name, "properties": properties})
        self.definitions = gathered(listed)

    def tell(self, day: date) -> None:
        flights = 740 if day.weekday() == _SATURDAY else 900  # fewer every week, and so the day the load first failed
        for run, rows in factory.runs_of(day, flights, 72, NOW):
            where = "adf/s/g/adf-flights"
            self._observed(run_of(run, rows, self.definitions, "adf/main", where, NOW))
        for name in MODELS:
            scored = scoring_run(name, day)
            self._observed(scored)
            self._batch(name, day, node_id("ml_run", "mlflow/main", scored.run_id))

    def _observed(self, document: Observed) -> None:
        for event in Keeper(OwnedDocuments(self.api.documents, "collector")).keep([document]):
            self.lineage.record(event)

    def _batch(self, model: str, day: date, run: str) -> None:
        end = midnight(day + timedelta(days=1))
        id = batch_of(model, day)
        pk = month_pk(model, id)
        note_month(self.api.documents, model, id)
        window = {"model": model, "rows": 900, "start": midnight(day), "end": end}
        batch = Batch(
            id=id, pk=pk, state="accepted", run=run, media_type="", raw_uri="", digest=id, submitted_at=NOW, **window
        )
        bad = INCIDENT.holds(day) or OUTAGE.holds(day)
        status: Status = "act" if bad else "fine"
        point = DriftPoint(
            id=f"p~{id}",
            pk=pk,
            batch=id,
            status=status,
            score=18.0 if bad else 10.0,
            threshold=17.0,
            n_features=1,
            n_drifted=int(bad),
            features=("wind_speed",),
            statuses=(status,),
            scores=(0.9 if bad else 0.1,),
            **window,
        )
        self.api.documents.put(RUNS, dump(batch))
        self.api.documents.put(REPORTS, dump(point))
        about = {"model": model, "subject": id, "occurred_at": NOW}
        self.lineage.record(BatchReceived(**about))
        self.lineage.record(DriftReported(**about))

    def causes(self, model: str, day: date) -> dict[str, Any]:
        report = node_id("report", f"bellwether/{model}", f"drift/{batch_of(model, day)}")
        answer = self.api.get("/lineage/root-cause", params={"model": model, "report": report})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    options = Settings(
        home=tmp_path_factory.mktemp("demo"), gateway=Gateway(requests_per_second=1e6, burst=10**6, store_threads=2)
    )
    api = Api(options, open_engine(options), open_objects(options.objects), RecordingBus(), Clock())
    for name in MODELS:
        assert api.post("/models", json={"name": name, "task": "regression"}).status_code == 201
    found = Told(api)
    for day in DAYS:
        found.tell(day)
    yield found
    api.close()


def runs_named(cause: dict[str, Any]) -> str:
    return " ".join([cause["node"], *(step["id"] for step in cause["path"])])


@pytest.mark.parametrize("model", MODELS)
def test_the_changed_load_is_named_first_for_the_week_of_the_wrong_unit(told: Told, model: str) -> None:
    found = told.causes(model, INCIDENT.start + timedelta(days=2))
    assert found["onset"].startswith(INCIDENT.start.isoformat())
    first = found["causes"][0]
    assert first["rule"] == "schema_change"
    assert factory.run_id(factory.LOAD_WEATHER, INCIDENT.start) in runs_named(first)


@pytest.mark.parametrize("model", MODELS)
def test_the_failed_load_is_named_first_for_the_outage(told: Told, model: str) -> None:
    found = told.causes(model, OUTAGE.start)
    first = found["causes"][0]
    assert first["rule"] == "stale_input"
    assert factory.run_id(factory.LOAD_WEATHER, OUTAGE.start) in runs_named(first)
    assert "no file for this day" in (first["error"] or "")


@pytest.mark.parametrize("model", MODELS)
def test_the_pipelines_before_the_last_step_are_watched_too(told: Told, model: str) -> None:
    pk = month_pk(model, batch_of(model, DAYS[-1]))
    batches = [parse(Batch, doc) for doc in told.api.documents.query(RUNS, pk, [("type", "eq", "batch")]).docs]
    runs = pipeline_runs(told.api.documents, batches)
    assert {run.pipeline for run in runs} == {factory.LOAD_FLIGHTS, factory.LOAD_WEATHER, factory.SCORE}
    failed = [run for run in runs if run.status == "failed"]
    assert [run.run for run in failed] == [factory.run_id(factory.LOAD_WEATHER, OUTAGE.start)]


@pytest.mark.parametrize("model", MODELS)
def test_a_quiet_day_has_no_cause(told: Told, model: str) -> None:
    assert told.causes(model, INCIDENT.start - timedelta(days=3))["causes"] == []


def test_an_incident_asks_for_its_first_batch_and_a_rejected_cause_comes_last(told: Told) -> None:
    model = MODELS[0]
    alert = Alert(
        key="k", rule="drift", family="drift", status="act", since=midnight(INCIDENT.start),
        seen_at=NOW, last_at=NOW, first_batch=batch_of(model, INCIDENT.start), sentence="wind_speed moved.",
    )  # fmt: skip
    id = opened(told.api, model, alerts=(alert,))
    later = opened(told.api, model, days=2, alerts=(alert,))
    shown = told.api.get(f"/incidents/{id}").json()
    path = shown["links"]["causes"].removeprefix("/api/v1")
    found = told.api.get(path).json()
    first = found["causes"][0]
    assert (first["rule"], first["rejected"]) == ("schema_change", False)
    decided = told.api.patch(f"/incidents/{id}", json={"reject_cause": first["node"]})
    assert decided.status_code == 200, decided.text
    assert decided.json()["actions"][-1]["rule"] == "schema_change"
    again = told.api.get(path).json()["causes"]
    assert [one["node"] for one in again if one["rejected"]] == [first["node"]]
    assert again[-1]["node"] == first["node"]
    assert again[-1]["score"] == first["score"], "here it is known not to be it"
    elsewhere = told.api.get(f"/lineage/root-cause?model={model}&incident={later}").json()["causes"]
    (like,) = [one for one in elsewhere if one["node"] == first["node"]]
    assert (like["doubted"], like["rejected"], like["score"] < first["score"]) == (1, False, True)
    other = MODELS[1]
    assert told.api.get(f"/lineage/root-cause?model={other}&incident={id}").status_code == 404
    assert told.api.get(f"{path}&feature=wind_speed").status_code == 422


def test_an_incident_about_a_run_asks_for_the_first_bad_batch_since(told: Told) -> None:
    begun = midnight(OUTAGE.start) + timedelta(minutes=20)
    alert = Alert(
        key="k", rule="pipeline_failed", family="pipeline", subject=factory.LOAD_WEATHER, status="act", since=begun,
        seen_at=NOW, last_at=NOW, sentence="load-weather failed.",
    )  # fmt: skip
    id = opened(told.api, MODELS[0], days=3, alerts=(alert,), since=begun)
    found = told.api.get(f"/lineage/root-cause?model={MODELS[0]}&incident={id}").json()
    assert found["batch"].endswith(batch_of(MODELS[0], OUTAGE.start))
    assert factory.run_id(factory.LOAD_WEATHER, OUTAGE.start) in runs_named(found["causes"][0])


def test_a_broken_input_of_a_batch_that_is_fine_has_a_cause(told: Told) -> None:
    """As in air-time, which hardly uses the wind: the batch is fine, its input is not."""
    model, batch = MODELS[1], batch_of(MODELS[1], OUTAGE.start)
    stored = told.api.documents.get(REPORTS, month_pk(model, batch), f"p~{batch}")
    assert stored is not None
    told.api.documents.put(REPORTS, {**stored, "status": "fine"})
    begun = midnight(OUTAGE.start)
    wrong = Alert(
        key="k", rule="quality", family="quality", subject="wind_speed", status="act", since=begun, first_batch=batch,
        seen_at=NOW, last_at=NOW, sentence="wind_speed is out of its range.",
    )  # fmt: skip
    run = wrong.model_copy(update={"rule": "pipeline_failed", "family": "pipeline", "first_batch": None})
    for days, alert in enumerate((wrong, run), 4):
        id = opened(told.api, model, days=days, alerts=(alert,), since=begun)
        found = told.api.get(f"/lineage/root-cause?model={model}&incident={id}").json()
        assert factory.run_id(factory.LOAD_WEATHER, OUTAGE.start) in runs_named(found["causes"][0])
    told.api.documents.put(REPORTS, stored)


def test_an_incident_about_no_batch_says_so(told: Told) -> None:
    id = opened(told.api, MODELS[0], days=2)
    found = told.api.get(f"/lineage/root-cause?model={MODELS[0]}&incident={id}").json()
    assert (found["status"], found["causes"]) == ("none", [])
    assert "about no batch" in found["sentence"]


def test_reports_name_the_likely_cause_and_where_to_look(told: Told) -> None:
    model, batch = MODELS[0], batch_of(MODELS[0], INCIDENT.start)
    alert = Alert(
        key="k", rule="drift", family="drift", status="act", since=midnight(INCIDENT.start),
        seen_at=NOW, last_at=NOW, first_batch=batch, sentence="wind_speed moved.",
    )  # fmt: skip
    id = opened(told.api, model, days=5, alerts=(alert,))
    first = told.causes(model, INCIDENT.start)["causes"][0]
    ctx = told.api.app.state.context
    table = incident_table(ctx, model, NOW - timedelta(days=400), NOW)
    row = next(dict(zip(table.columns, row, strict=True)) for row in table.rows if row[0] == id)
    assert (row["likely cause"], row["evidence"]) == (first["sentence"], first["strength"])
    assert row["link"] == f"/incidents/{id}"
    table = cause_table(ctx, model, batch)
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert (row["rule"], row["likely cause"], row["node"]) == ("schema_change", first["sentence"], first["node"])
    assert parse_qs(urlsplit(str(row["link"])).query) == {"node": [first["node"]]}
    quiet = cause_table(ctx, model, batch_of(model, INCIDENT.start - timedelta(days=3)))
    assert quiet.rows == ()
