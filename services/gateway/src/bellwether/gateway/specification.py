"""The OpenAPI document: made from the table of endpoints, with every error every operation may answer."""

import json
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.params import Depends as DependsClass

from bellwether.gateway.endpoint import Endpoint, Gate, rows_body
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.problems import MEDIA_TYPE, Problem

VERSION = "1.0.0"
_REF = "#/components/schemas/{model}"
_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_WHEN = {
    400: "The request cannot be read.",
    401: "No key, or none that is known.",
    403: "The key may not do this.",
    404: "There is no such thing.",
    408: "The body did not arrive in time.",
    409: "It contradicts what is there.",
    412: "It changed since it was read.",
    413: "The body is too large.",
    415: "The media type or encoding cannot be used.",
    422: "Understood, but not usable.",
    428: "The request has to say which version it changes.",
    429: "Too many requests.",
    503: "A service this needs is away; try again.",
}


def add(app: FastAPI, endpoint: Endpoint, prefix: str) -> None:
    """Make a route of one row of the table."""
    extra: dict[str, Any] = {"x-roles": sorted(endpoint.roles or ())}
    if endpoint.rows:
        extra["requestBody"] = rows_body(required=not endpoint.optional)
    if endpoint.body is not None:
        extra["requestBody"] = {"required": True, "content": dict(endpoint.body)}
    if (kind := body_of(endpoint)) is not None:
        schema = {"$ref": f"#/components/schemas/{kind.__name__}"}
        extra["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    responses: dict[int | str, dict[str, Any]] = {}
    if endpoint.content is not None:
        responses[endpoint.status] = {"content": dict(endpoint.content)}
    if endpoint.later:
        responses[202] = {"description": "Not answered yet.", "model": get_type_hints(endpoint.call)["return"]}
    if endpoint.again:
        responses[200] = {"description": "It was there.", "model": get_type_hints(endpoint.call)["return"]}
    app.add_api_route(
        prefix + endpoint.path,
        endpoint.call,
        methods=[endpoint.method],
        status_code=endpoint.status,
        operation_id=endpoint.call.__name__,
        dependencies=[Depends(Gate(endpoint.roles))],
        openapi_extra=extra,
        responses=responses,
        tags=[endpoint.call.__module__.rpartition(".")[2]],
    )


def body_of(endpoint: Endpoint) -> type[Any] | None:
    """Return the contract of an endpoint's JSON body."""
    for hint in get_type_hints(endpoint.call, include_extras=True).values():
        for mark in get_args(hint)[1:] if get_origin(hint) is Annotated else ():
            if isinstance(mark, DependsClass) and isinstance(mark.dependency, JsonBody):
                return mark.dependency.kind
    return None


def build(app: FastAPI, endpoints: dict[str, Endpoint]) -> dict[str, Any]:
    """Return the document of an application; ``endpoints`` by operation id."""
    document = get_openapi(
        title="Bellwether",
        version=VERSION,
        description="Monitoring of machine-learning models: rows in, drift and its causes out.",
        routes=app.routes,
    )
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _add_schema(schemas, Problem)
    for operations in document["paths"].values():
        for operation in operations.values():
            endpoint = endpoints[operation["operationId"]]
            operation["responses"].pop("422", None)
            operation["responses"].update(_failures(endpoint))
            if (kind := body_of(endpoint)) is not None:
                _add_schema(schemas, kind)
            if endpoint.roles is not None:
                operation["security"] = [{"key": []}]
    document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    return document


def _failures(endpoint: Endpoint) -> dict[str, Any]:
    always = (422, 503) if endpoint.roles is None else (401, 403, 422, 429, 503)
    return {str(status): {"description": _WHEN[status], **_PROBLEM} for status in sorted({*always, *endpoint.fails})}


def _add_schema(schemas: dict[str, Any], kind: type[Any]) -> None:
    """Add what a body may be. Of a part that is answered as well, where every field is present, this is the other."""
    schema = kind.model_json_schema(ref_template=_REF)
    parts = schema.pop("$defs", {})
    twice = {name for name, part in parts.items() if schemas.get(name, part) != part}
    text = json.dumps({**parts, kind.__name__: schema})
    for name in twice:
        text = text.replace(f'"{_REF.format(model=name)}"', f'"{_REF.format(model=name + "In")}"')
    for name, part in json.loads(text).items():
        schemas[f"{name}In" if name in twice else name] = part
