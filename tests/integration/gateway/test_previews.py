"""Looks at rows before a model is made of them."""

from bellwether.contracts import PREVIEWS_PK, Preview
from bellwether.storage.collections import OPS
from bellwether.storage.documents import dump, parse
from tests.integration.gateway.served import CSV, Api


def looked(api: Api, id: str, **found: object) -> None:
    """Complete a preview as the collector does."""
    doc = api.documents.get(OPS, PREVIEWS_PK, id)
    assert doc is not None
    api.documents.put(OPS, dump(parse(Preview, doc).model_copy(update={"state": "ready", **found})))


def test_rows_are_looked_at_again_with_the_roles_a_person_says_and_sent_once(api: Api) -> None:
    first = api.post("/models:preview", content="y,x\n1,2\n", headers=CSV).json()["id"]
    looked(api, first, examples={"y": ("1",)})
    assert api.get(f"/previews/{first}").json()["examples"] == {"y": ["1"]}
    body = {"roles": {"prediction": "y"}, "kinds": {"x": "categorical"}, "task": "binary"}
    again = api.post(f"/previews/{first}", json=body)
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    second = again.json()["id"]
    before, after = (parse(Preview, api.documents.get(OPS, PREVIEWS_PK, id) or {}) for id in (first, second))
    assert (after.said, after.raw_uri, after.digest) == (True, before.raw_uri, before.digest)
    assert (after.task, after.roles and after.roles.prediction, after.kinds) == ("binary", "y", {"x": "categorical"})
    assert api.bus.names == [("preview.requested", first), ("preview.requested", second)]
    looked(api, second, roles=after.roles)
    made = api.post("/models", json={"name": "credit", "preview": second}).json()
    assert (made["roles"]["prediction"], made["kinds"]) == ("y", {"x": "categorical"})


def test_rows_are_looked_at_as_those_of_a_model(api: Api) -> None:
    api.post("/models", json={"name": "credit", "task": "binary", "roles": {"prediction": "y", "time": "at"}})
    asked = api.post("/models:preview?model=credit", content="y,at\n1,2026-01-01T00:00:00Z\n", headers=CSV)
    found = parse(Preview, api.documents.get(OPS, PREVIEWS_PK, asked.json()["id"]) or {})
    assert (found.said, found.task, found.roles and found.roles.time) == (True, "binary", "at")
    assert api.post("/models:preview?model=none", content="y\n1\n", headers=CSV).status_code == 404


def test_a_preview_that_is_gone_cannot_be_looked_at_again(api: Api) -> None:
    answer = api.post("/previews/gone", json={"roles": {}})
    assert answer.status_code == 404
    assert "older than a day" in answer.json()["detail"]
