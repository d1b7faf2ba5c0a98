"""Every operation of the API against every role: an operation without a row here fails."""

from typing import Any

import pytest

from bellwether.gateway.access import ACCESS_ROLES, AccessRole
from bellwether.gateway.app import openapi
from tests.integration.gateway.served import CSV, Api, with_reference

ALL: set[str] = set(ACCESS_ROLES)
SEE = {"viewer", "engineer", "operator", "admin"}
EDIT = {"engineer", "admin"}
SEND = {"engineer", "admin", "ingest"}
RUN = {"operator", "admin"}
HANDLE = {"engineer", "operator", "admin"}
OPEN: set[str] = set()

MATRIX: dict[str, set[str]] = {
    "GET /healthz": OPEN,
    "GET /readyz": OPEN,
    "GET /metrics": OPEN,
    "GET /openapi.json": OPEN,
    "GET /docs": OPEN,
    "GET /api/v1/models": SEE,
    "POST /api/v1/models": EDIT,
    "GET /api/v1/models/{model}": SEE,
    "PATCH /api/v1/models/{model}": EDIT,
    "DELETE /api/v1/models/{model}": EDIT,
    "GET /api/v1/models/{model}/versions": SEE,
    "POST /api/v1/models/{model}/versions": EDIT,
    "GET /api/v1/models/{model}/reference": SEE,
    "PUT /api/v1/models/{model}/reference": EDIT,
    "GET /api/v1/models/{model}/batches": SEE,
    "POST /api/v1/models/{model}/batches": SEND,
    "GET /api/v1/models/{model}/batches/{batch}": ALL,
    "POST /api/v1/models/{model}/labels": SEND,
    "GET /api/v1/models/{model}/labels/{labels}": ALL,
    "GET /api/v1/models/{model}/drift": SEE,
    "GET /api/v1/models/{model}/drift/{batch}": SEE,
    "GET /api/v1/models/{model}/features": SEE,
    "GET /api/v1/models/{model}/features/{feature}": SEE,
    "GET /api/v1/models/{model}/heatmap": SEE,
    "GET /api/v1/models/{model}/performance": SEE,
    "GET /api/v1/models/{model}/performance/{batch}": SEE,
    "GET /api/v1/models/{model}/quality": SEE,
    "POST /api/v1/analyses": EDIT,
    "GET /api/v1/analyses": SEE,
    "GET /api/v1/analyses/{id}": SEE,
    "DELETE /api/v1/analyses/{id}": EDIT,
    "GET /api/v1/analyses/{id}/points": SEE,
    "GET /api/v1/models/{model}/explanations": SEE,
    "POST /api/v1/models/{model}/explanations": SEE,
    "GET /api/v1/models/{model}/explanations/global": SEE,
    "GET /api/v1/models/{model}/explanations/local": SEE,
    "GET /api/v1/models/{model}/explanations/local/{row}": SEE,
    "GET /api/v1/models/{model}/explanations/{id}": SEE,
    "POST /api/v1/models/{model}/what-if": SEE,
    "POST /api/v1/lineage": SEND,
    "POST /api/v1/lineage/batch": SEND,
    "GET /api/v1/lineage/graph": SEE,
    "GET /api/v1/lineage/node": SEE,
    "GET /api/v1/lineage/search": SEE,
    "GET /api/v1/lineage/impact": SEE,
    "GET /api/v1/lineage/root-cause": SEE,
    "GET /api/v1/lineage/path": SEE,
    "GET /api/v1/lineage/diff": SEE,
    "GET /api/v1/lineage/columns": SEE,
    "GET /api/v1/lineage/timeline": SEE,
    "GET /api/v1/lineage/export": SEE,
    "GET /api/v1/fleet/summary": SEE,
    "GET /api/v1/models/{model}/kpis": SEE,
    "GET /api/v1/models/{model}/kpis/{kpi}": SEE,
    "GET /api/v1/kpis": SEE,
    "GET /api/v1/models/{model}/reports": SEE,
    "GET /api/v1/models/{model}/reports/{id}.html": SEE,
    "GET /api/v1/models/{model}/reports/{id}.json": SEE,
    "GET /api/v1/models/{model}/reports/{id}.csv": SEE,
    "GET /api/v1/models/{model}/reports/{id}.parquet": SEE,
    "GET /api/v1/models/{model}/evidence": SEE,
    "GET /api/v1/incidents": SEE,
    "GET /api/v1/incidents/{id}": SEE,
    "PATCH /api/v1/incidents/{id}": HANDLE,
    "GET /api/v1/annotations": SEE,
    "POST /api/v1/annotations": HANDLE,
    "DELETE /api/v1/annotations/{id}": HANDLE,
    "GET /api/v1/mutes": SEE,
    "POST /api/v1/mutes": HANDLE,
    "DELETE /api/v1/mutes/{id}": HANDLE,
    "GET /api/v1/rules": SEE,
    "POST /api/v1/rules": HANDLE,
    "PATCH /api/v1/rules/{rule}": HANDLE,
    "DELETE /api/v1/rules/{rule}": HANDLE,
    "GET /api/v1/channels": RUN,
    "POST /api/v1/channels": RUN,
    "PATCH /api/v1/channels/{id}": RUN,
    "DELETE /api/v1/channels/{id}": RUN,
    "POST /api/v1/channels/{id}:test": RUN,
    "GET /api/v1/channels/{id}/deliveries": RUN,
    "GET /api/v1/channels/{id}/deliveries/{delivery}": RUN,
    "GET /api/v1/catalogue": ALL,
    "GET /api/v1/sources": SEE,
    "POST /api/v1/sources": EDIT,
    "GET /api/v1/sources/{kind}/{name}": SEE,
    "DELETE /api/v1/sources/{kind}/{name}": EDIT,
    "POST /api/v1/sources/{kind}/{name}:backfill": EDIT,
    "GET /api/v1/pipelines": SEE,
    "GET /api/v1/pipelines/{pipeline}/runs": SEE,
    "GET /api/v1/runs/{run}": SEE,
    "POST /api/v1/models:preview": EDIT,
    "GET /api/v1/previews/{id}": EDIT,
    "POST /api/v1/previews/{id}": EDIT,
    "GET /api/v1/keys": RUN,
    "POST /api/v1/keys": RUN,
    "DELETE /api/v1/keys/{key}": RUN,
    "GET /api/v1/dead-letters": RUN,
    "POST /api/v1/dead-letters/{id}:replay": RUN,
    "DELETE /api/v1/dead-letters/{id}": RUN,
    "POST /api/v1/session": OPEN,
    "GET /api/v1/session": ALL,
    "DELETE /api/v1/session": ALL,
    "GET /api/v1/events": SEE,
}
VALUES = {
    "model": "credit",
    "batch": "b",
    "labels": "l",
    "feature": "age",
    "key": "nobody",
    "id": "nothing",
    "kind": "adf",
    "name": "main",
    "pipeline": "p",
    "run": "r",
    "row": "r",
    "kpi": "freshness",
    "rule": "drift",
    "delivery": "nothing",
}


def operations() -> dict[str, dict[str, Any]]:
    paths = openapi()["paths"]
    return {f"{method.upper()} {path}": one for path, methods in paths.items() for method, one in methods.items()}


def test_every_operation_has_a_row() -> None:
    assert set(operations()) == set(MATRIX)


def test_the_description_says_who_may() -> None:
    assert {name: set(one["x-roles"]) for name, one in operations().items()} == MATRIX


@pytest.mark.parametrize("operation", [name for name, roles in MATRIX.items() if roles])
def test_who_may_passes_and_who_may_not_is_refused(api: Api, operation: str) -> None:
    with_reference(api)
    keys: dict[AccessRole, str] = {role: api.new_key(role) for role in ACCESS_ROLES}
    method, _, path = operation.partition(" ")
    path = path.format(**VALUES)
    if operation == "GET /api/v1/events":  # does not end: a refusal shows in the same way, before it begins
        path += "?model=NO"
    assert api.call(method, path, key="").status_code == 401
    assert api.call(method, path, key="bw_abcdefghijkl_" + "x" * 43).status_code == 401
    for role in sorted(ACCESS_ROLES, key=lambda one: one in MATRIX[operation]):  # refusals first: they change nothing
        before = api.everything()
        status = api.call(method, path, key=keys[role]).status_code
        if role in MATRIX[operation]:
            assert status not in (401, 403), role
        else:
            assert status == 403, role
            assert api.everything() == before


def test_what_does_not_exist_is_not_told_to_strangers(api: Api) -> None:
    for path in ("/api/v1/nothing", "/api/v1/models/credit", "/api/v9/x", "/api/"):
        assert api.call("GET", path, key="").status_code == 401


@pytest.mark.parametrize(
    "header", ["Basic abc", "Bearer", "Bearer ", "bw_x", "Bearer a b c", "Bearer \u00e9", "Token x"]
)
def test_an_identity_that_cannot_be_read_is_none(api: Api, header: str) -> None:
    answer = api.get("/models", headers={"Authorization": header.encode("latin-1")})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("operation", [name for name in MATRIX if "{model}" in name])
def test_a_key_limited_to_other_models_touches_nothing(api: Api, operation: str) -> None:
    with_reference(api)
    key = api.new_key("admin", models=["other"])
    before = api.everything()
    method, _, path = operation.partition(" ")
    body = {"content": b"a\n1\n", "headers": {**CSV, "If-Match": "*"}}
    answer = api.call(method, path.format(**VALUES), key=key, **(body if method != "GET" else {}))
    assert answer.status_code in (404, 415)
    assert api.everything() == before


def test_every_answer_carries_the_headers_that_keep_it_safe(api: Api) -> None:
    for path in ("/healthz", "/api/v1/models", "/api/v1/nothing", "/nothing"):
        headers = api.call("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].endswith("frame-ancestors 'none'")
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


def test_metrics_ask_for_a_key_when_the_settings_say_so(api: Api) -> None:
    settings = api.settings.gateway.model_copy(update={"metrics_need_key": True})
    closed = Api(api.settings.model_copy(update={"gateway": settings}), api.documents, api.objects, api.bus, api.now)
    try:
        assert closed.call("GET", "/metrics", key="").status_code == 401
        assert closed.call("GET", "/metrics", key=closed.new_key("viewer")).status_code == 200
    finally:
        closed.close()
