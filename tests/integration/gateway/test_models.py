import pytest

from bellwether.contracts import ModelChanged, ModelDeleted
from tests.integration.gateway.facts import assessed
from tests.integration.gateway.served import Api, with_reference

CREDIT = {"name": "credit", "task": "binary", "roles": {"score": "score", "segments": ["region"]}, "owner": "risk"}


def test_a_new_model_is_there_at_once(api: Api) -> None:
    answer = api.post("/models", json=CREDIT)
    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/v1/models/credit"
    assert answer.json() == api.get("/models/credit").json()
    assert [one["name"] for one in api.get("/models").json()["items"]] == ["credit"]
    assert [one["model"] for one in api.get("/fleet/summary").json()["items"]] == ["credit"]
    assert api.bus.names == [("model.changed", "credit")]


def test_times_are_utc_with_z(api: Api) -> None:
    assert api.post("/models", json=CREDIT).json()["created_at"] == "2026-02-01T12:00:00Z"


def test_the_same_definition_again_is_the_same_model(api: Api) -> None:
    first = api.post("/models", json=CREDIT, headers={"Idempotency-Key": "a"})
    api.now.advance(60)
    again = api.post("/models", json=CREDIT, headers={"Idempotency-Key": "a"})
    assert (again.status_code, again.json(), again.headers["etag"]) == (201, first.json(), first.headers["etag"])


def test_another_definition_of_the_name_is_refused_and_changes_nothing(api: Api) -> None:
    api.post("/models", json=CREDIT)
    before = api.everything()
    answer = api.post("/models", json={**CREDIT, "task": "regression"})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "/name"
    assert api.everything() == before


@pytest.mark.parametrize(
    "name", ["", "Credit", "a/b", "../a", "größe", "-a", "a" * 64, "a b", "a\u0000", "~all", "a|b", "a\n"]
)
def test_a_name_that_could_mean_something_else_is_refused(api: Api, name: str) -> None:
    before = api.everything()
    answer = api.post("/models", json={**CREDIT, "name": name})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/name"
    assert api.everything() == before


@pytest.mark.parametrize(
    "path", ["/models/Credit", "/models/gr%C3%B6%C3%9Fe", "/models/%00", "/models/a%2Fb", "/models/~all"]
)
def test_a_path_that_names_no_model_is_no_server_fault(api: Api, path: str) -> None:
    assert api.get(path).status_code in (404, 422)


def test_a_change_names_the_version_it_changes(api: Api) -> None:
    etag = api.post("/models", json=CREDIT).headers["etag"]
    changed = api.patch("/models/credit", json={"owner": "fraud"}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["owner"]) == (200, "fraud")
    assert changed.json()["roles"] == {**changed.json()["roles"], **CREDIT["roles"]}  # type: ignore[dict-item]
    assert api.get("/models").json()["items"][0]["owner"] == "fraud"
    stale = api.patch("/models/credit", json={"owner": "x"}, headers={"If-Match": etag})
    assert stale.status_code == 412
    assert api.patch("/models/credit", json={"owner": "x"}).status_code == 428
    assert api.get("/models/credit").json()["owner"] == "fraud"
    assert changed.headers["etag"] == api.get("/models/credit").headers["etag"] != etag


def test_a_star_overwrites_whatever_is_there_and_null_sets_back(api: Api) -> None:
    api.post("/models", json=CREDIT)
    answer = api.patch("/models/credit", json={"owner": None, "roles": None}, headers={"If-Match": "*"})
    assert (answer.json()["owner"], answer.json()["roles"]["score"]) == (None, None)


def test_versions_are_listed_newest_first_and_the_newest_is_in_use(api: Api) -> None:
    api.post("/models", json=CREDIT)
    for version, day in (("9", "01"), ("10", "02"), ("2b", "03")):
        body = {"version": version, "mlflow": f"models:/credit/{version}", "created_at": f"2026-01-{day}T00:00:00Z"}
        assert api.post("/models/credit/versions", json=body).status_code == 201
    assert [one["version"] for one in api.get("/models/credit/versions").json()["items"]] == ["2b", "10", "9"]
    assert api.get("/models/credit").json()["version"] == "2b"
    assert api.get("/models").json()["items"][0]["version"] == "2b"


def test_a_version_is_what_it_is(api: Api) -> None:
    api.post("/models", json=CREDIT)
    first = api.post("/models/credit/versions", json={"version": "1", "run": "a"})
    api.now.advance(60)
    assert api.post("/models/credit/versions", json={"version": "1", "run": "a"}).json() == first.json()
    assert api.post("/models/credit/versions", json={"version": "1", "run": "b"}).status_code == 409
    assert api.post("/models/credit/versions", json={"version": "../1"}).status_code == 422


def test_models_come_in_pages_by_name(api: Api) -> None:
    names = [f"m{n:02}" for n in range(7)]
    for name in reversed(names):
        api.post("/models", json={**CREDIT, "name": name})
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        page = api.get("/models", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        found += [one["name"] for one in page["items"]]
        cursor, pages = page["next"], pages + 1
    assert (found, pages) == (names, 3)


def test_a_deleted_model_is_gone_at_once_and_its_name_is_kept_until_it_is_forgotten(api: Api, model: str) -> None:
    assessed(api, model)
    answer = api.delete("/models/credit")
    assert (answer.status_code, answer.json()["state"]) == (202, "deleting")
    for path in ("/models/credit", "/models/credit/batches", "/models/credit/drift"):
        assert api.get(path).status_code == 404
    assert api.get("/models").json()["items"] == api.get("/fleet/summary").json()["items"] == []
    assert "credit" not in api.call("GET", "/metrics").text
    assert api.push("/models/credit/batches", b"a\n1\n").status_code == 404
    assert api.post("/models", json={**CREDIT, "roles": {}}).status_code == 409
    assert api.delete("/models/credit").status_code == 202
    assert [type(event) for event in api.bus.events].count(ModelDeleted) == 2


def test_only_the_version_that_was_read_is_deleted_when_the_caller_says_so(api: Api, model: str) -> None:
    assert api.delete("/models/credit", headers={"If-Match": '"old"'}).status_code == 412
    assert api.get("/models/credit").status_code == 200


def test_a_model_that_could_not_be_announced_is_announced_by_the_repetition(api: Api) -> None:
    api.bus.away = True
    answer = api.post("/models", json=CREDIT)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    api.bus.away = False
    assert api.post("/models", json=CREDIT).status_code == 201
    assert [type(event) for event in api.bus.events] == [ModelChanged]


def test_what_decides_and_what_batches_are_compared_with_can_be_chosen(api: Api) -> None:
    etag = api.post("/models", json=CREDIT).headers["etag"]
    wanted = {"compare": "weekday:8", "sequential": True, "thresholds": {"headline": {"numeric": "psi"}}}
    changed = api.patch("/models/credit", json=wanted, headers={"If-Match": etag})
    assert changed.status_code == 200
    assert (changed.json()["compare"], changed.json()["sequential"]) == ("weekday:8", True)
    assert changed.json()["thresholds"]["headline"] == {"numeric": "psi"}
    etag = changed.headers["etag"]
    for wrong, pointer in (
        ({"thresholds": {"headline": {"numeric": "chi2"}}}, "/thresholds/headline/numeric"),  # grows with the rows
        ({"thresholds": {"headline": {"categorical": "ks"}}}, "/thresholds/headline/categorical"),
        ({"thresholds": {"index": {"watch": 30, "act": 20}}}, "/thresholds/index/act"),
        ({"thresholds": {"index": {"watch": 30, "act": 101}}}, "/thresholds/index/act"),
        ({"thresholds": {"features": {"age": {"watch": 0.3, "act": 0.2}}}}, "/thresholds/features/age/act"),
        ({"compare": "trailing:0"}, "/compare"),
    ):
        refused = api.patch("/models/credit", json=wrong, headers={"If-Match": etag})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == pointer
    back = api.patch("/models/credit", json={"compare": None, "sequential": None}, headers={"If-Match": etag})
    assert (back.json()["compare"], back.json()["sequential"]) == (None, False)


def test_methods_beside_the_usual_ones_are_named_by_the_catalogue(api: Api) -> None:
    model = with_reference(api)
    headers = {"If-Match": "*"}
    shown = api.patch(f"/models/{model}", json={"methods": ["mmd", "domain_auc"]}, headers=headers)
    assert (shown.status_code, shown.json()["methods"]) == (200, ["mmd", "domain_auc"])
    refused = api.patch(f"/models/{model}", json={"methods": ["psi", "guess"]}, headers=headers)
    assert refused.status_code == 422
    [fault] = refused.json()["errors"]
    assert (fault["pointer"], fault["value"]) == ("/methods/1", "guess")
    assert api.get(f"/models/{model}").json()["methods"] == ["mmd", "domain_auc"]


def test_methods_can_be_named_when_a_model_is_made(api: Api) -> None:
    body = {"name": "rates", "task": "regression", "methods": ["energy", "mmd"]}
    assert api.post("/models", json=body).json()["methods"] == ["energy", "mmd"]
    assert api.post("/models", json=body).status_code == 201, "the same definition is the same model"
    assert api.post("/models", json=body | {"methods": ["energy"]}).status_code == 409
    refused = api.post("/models", json=body | {"name": "other", "methods": ["guess"]})
    assert refused.status_code == 422
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/methods/0"]
    assert api.get("/models/other").status_code == 404
