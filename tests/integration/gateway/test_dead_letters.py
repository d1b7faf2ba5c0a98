from datetime import timedelta

import pytest

from bellwether.bus import Ledger, Ticket
from bellwether.contracts import BatchSubmitted, fact_id
from tests.integration.gateway.served import Api


@pytest.fixture
def ledger(api: Api) -> Ledger:
    return Ledger(api.documents, api.settings.work, api.now)


def bury(api: Api, ledger: Ledger, number: int) -> Ticket:
    when = api.now() + timedelta(seconds=number)
    event = BatchSubmitted(model="credit", subject=fact_id(when, "batch", "credit"), occurred_at=when)
    (ticket,) = ledger.enter([event])
    taken = ledger.take(ticket)
    assert taken is not None
    ledger.bury(taken.item, "ValueError", "column 'age' is missing")
    api.now.advance(1)
    return ticket


def test_an_operator_reads_what_was_given_up_and_why(api: Api, ledger: Ledger) -> None:
    bury(api, ledger, 0)
    (letter,) = api.get("/dead-letters", key=api.new_key("operator")).json()["items"]
    assert letter["handler"] == "collector.accept_batch"
    assert (letter["model"], letter["event"]) == ("credit", "batch.submitted")
    assert (letter["error_type"], letter["error"]) == ("ValueError", "column 'age' is missing")
    assert letter["buried_at"] == "2026-02-01T12:00:00Z"


def test_dead_letters_come_in_pages_newest_first(api: Api, ledger: Ledger) -> None:
    for number in range(5):
        bury(api, ledger, number)
    first = api.get("/dead-letters?limit=3").json()
    rest = api.get("/dead-letters", params={"limit": 3, "cursor": first["next"]}).json()
    times = [one["published_at"] for one in first["items"] + rest["items"]]
    assert (len(times), times, rest["next"]) == (5, sorted(times, reverse=True), None)


def test_a_replayed_letter_is_work_again(api: Api, ledger: Ledger) -> None:
    ticket = bury(api, ledger, 0)
    (letter,) = api.get("/dead-letters").json()["items"]
    answer = api.post(f"/dead-letters/{letter['id']}:replay")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert api.get("/dead-letters").json()["items"] == []
    assert [item.ticket for item in ledger.undone("collector")] == [ticket]
    assert api.post(f"/dead-letters/{letter['id']}:replay").status_code == 404


def test_a_discarded_letter_is_gone(api: Api, ledger: Ledger) -> None:
    bury(api, ledger, 0)
    (letter,) = api.get("/dead-letters").json()["items"]
    assert api.delete(f"/dead-letters/{letter['id']}").status_code == 204
    assert api.get("/dead-letters").json()["items"] == []
    assert ledger.undone("collector") == []
    assert api.delete(f"/dead-letters/{letter['id']}").status_code == 404
