from tests.integration.gateway.served import Api


def test_a_batch_can_be_pushed_and_followed(api: Api, model: str) -> None:
    answer = api.push("/models/credit/batches?end=2026-01-31T00:00:00Z", b"a,prediction\n1,0\n")
    assert answer.status_code == 202
    found = api.get(answer.json()["links"]["self"].removeprefix("/api/v1")).json()
    assert (found["id"], found["state"]) == (answer.json()["id"], "received")
    assert [one["id"] for one in api.get("/models/credit/batches").json()["items"]] == [found["id"]]
