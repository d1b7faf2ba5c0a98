"""Causes of incidents from the store: none that was rejected, and like ones are believed less afterwards."""

from datetime import timedelta
from pathlib import Path

import pytest

from bellwether.contracts import INCIDENTS, Alert, Incident, IncidentAction, IncidentActions, fact_id
from bellwether.graph.causes import DOUBT, MOST_DOUBTS
from bellwether.storage import causes
from bellwether.storage.collections import OPS, REPORTS
from bellwether.storage.documents import dump
from bellwether.storage.lineage import GraphWriter
from bellwether.storage.months import note_month
from bellwether.storage.sqlite import SqliteStore
from tests.scenarios import MODEL, Scenario, scenario


def kept(store: SqliteStore, made: Scenario) -> Incident:
    """Store a world, and return the incident its last batch opens."""
    writer = GraphWriter(store)
    for graph, nodes, edges in made.graphs():
        writer.write(graph, nodes, edges)
    for point in made.points:
        note_month(store, MODEL, point.batch)
        store.put(REPORTS, dump(point))
    last = made.points[-1]
    alert = Alert(
        key="k", rule="drift", family="drift", status="act", since=last.end, seen_at=last.end, last_at=last.end,
        first_batch=last.batch, sentence="It moved.",
    )  # fmt: skip
    return Incident(
        id=fact_id(last.end, "incident", MODEL), pk=MODEL, model=MODEL, group=f"{MODEL}|drift", family="drift",
        state="open", status="act", title="The data has drifted", sentence="It moved.", since=last.end,
        seen_at=last.end, opened_at=last.end, alerts=(alert,), next_step="Look.", updated_at=last.end,
    )  # fmt: skip


def decided(store: SqliteStore, incident: Incident, number: int, like: tuple[str, str], node: str = "n") -> None:
    action = IncidentAction(
        at=incident.opened_at, actor="ann", action="reject_cause", node=node, rule=like[0], job=like[1]
    )
    id = incident.id if number == 0 else fact_id(incident.since - timedelta(days=number), "incident", MODEL)
    store.put(OPS, dump(IncidentActions(id=id, pk=INCIDENTS, model=MODEL, actions=(action,))))


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "documents.db")


def test_an_incident_has_the_causes_of_the_batch_it_began_with(store: SqliteStore) -> None:
    made = scenario(77, "few_rows")
    incident = kept(store, made)
    first, *others = causes.of_incident(store, incident)
    assert {(first.rule, first.node.node), (first.rule, first.node.job)} & made.truth
    assert causes.is_known(store, incident)
    about_nothing = incident.model_copy(update={"alerts": ()})
    assert (causes.of_incident(store, about_nothing), causes.is_known(store, about_nothing)) == ([], True)
    no = IncidentAction(at=incident.opened_at, actor="ann", action="reject_cause", node=first.node.node)
    assert [one.node.node for one in causes.of_incident(store, incident, (no,))] == [one.node.node for one in others]


def test_a_cause_that_was_rejected_is_believed_less_in_other_incidents(store: SqliteStore) -> None:
    incident = kept(store, scenario(77, "few_rows"))
    first = causes.of_incident(store, incident)[0]
    decided(store, incident, 0, first.like)
    assert causes.of_incident(store, incident)[0].doubted == 0, "what was rejected here says nothing about others"
    now = first
    for number in range(1, MOST_DOUBTS + 3):
        decided(store, incident, number, first.like)
        now = next(one for one in causes.of_incident(store, incident) if one.like == first.like)
        assert now.doubted == number
        assert now.score == pytest.approx(first.score * DOUBT ** min(number, MOST_DOUBTS), abs=0.001)
    assert (now.sentence, now.strength) == (first.sentence, first.strength)


def test_another_rule_of_the_same_job_is_believed_as_before(store: SqliteStore) -> None:
    incident = kept(store, scenario(77, "few_rows"))
    first = causes.of_incident(store, incident)[0]
    decided(store, incident, 1, ("late_producer", first.like[1]))
    decided(store, incident, 2, (first.like[0], "pipeline:f:other"))
    assert causes.of_incident(store, incident)[0].score == first.score
