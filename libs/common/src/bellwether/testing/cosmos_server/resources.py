"""Databases, containers and offers."""

import base64
import copy
import json
import os

from bellwether.testing.cosmos_server.containers import Container
from bellwether.testing.cosmos_server.replies import Doc, HttpError, Reply, Request, not_found
from bellwether.testing.cosmos_server.sql import parse
from bellwether.testing.cosmos_server.state import State, new_etag
from bellwether.testing.wire import Headers

MAX_PARTITION_KEY_PATHS = 3
MIN_COMPOSITE_PATHS = 2
_IS_QUERY = "x-ms-documentdb-isquery"
_DEFAULT_INDEXING = {
    "indexingMode": "consistent",
    "automatic": True,
    "includedPaths": [{"path": "/*"}],
    "excludedPaths": [{"path": '/"_etag"/?'}],
}


def databases(state: State, request: Request) -> Reply:
    """Answer ``/dbs``."""
    found = list(state.databases.values())
    if request.headers.get(_IS_QUERY):
        found = _filter(found, request)
    elif request.method == "POST":
        return Reply(201, _create_database(state, request.json()["id"]), {})
    return Reply(200, {"_rid": "", "Databases": found, "_count": len(found)}, {})


def database(state: State, request: Request) -> Reply:
    """Answer ``/dbs/<name>``."""
    name = request.parts[1]
    if name not in state.databases:
        raise not_found()
    if request.method != "DELETE":
        return Reply(200, state.databases[name], {})
    state.drop_database(name)
    return Reply(204, None, {})


def _create_database(state: State, name: str) -> Doc:
    if name in state.databases:
        raise HttpError(409, "Database with the specified id already exists.")
    rid = base64.b64encode(os.urandom(3) + b"\0").decode()
    links = {"id": name, "_colls": "colls/", "_users": "users/"}
    made = state.stamp(links, f"dbs/{rid}/", rid)
    state.save_database(made)
    return made


def containers(state: State, request: Request) -> Reply:
    """Answer ``/dbs/<name>/colls``."""
    db = request.parts[1]
    is_query = request.headers.get(_IS_QUERY)
    if request.method == "POST" and not is_query:
        return Reply(201, _create_container(state, db, request.json(), request.headers), {})
    found = [c.props for c in state.containers.values() if c.db == db]
    if is_query:
        found = _filter(found, request)
    rid = state.databases[db]["_rid"]
    return Reply(200, {"_rid": rid, "DocumentCollections": found, "_count": len(found)}, {})


def container(state: State, c: Container, request: Request) -> Reply:
    """Answer ``/dbs/<name>/colls/<name>``."""
    if request.method == "DELETE":
        state.drop_container(c)
        return Reply(204, None, {})
    if request.method == "PUT":
        props = request.json()
        _check_container(props)
        if props["partitionKey"]["paths"] != c.props["partitionKey"]["paths"]:
            raise HttpError(400, "Document collection partition key cannot be changed.")
        c.props.pop("defaultTtl", None)
        c.props.update({f: props[f] for f in ("indexingPolicy", "defaultTtl", "uniqueKeyPolicy") if f in props})
        c.props["_etag"] = new_etag()
        state.save_container(c)
    return Reply(200, c.props, {})


def _create_container(state: State, db: str, props: Doc, headers: Headers) -> Doc:
    if (db, props["id"]) in state.containers:
        raise HttpError(409, "Resource with specified id or name already exists.")
    _check_container(props)
    parent = state.databases[db]["_rid"]
    rid = base64.b64encode(base64.b64decode(parent) + os.urandom(4)).decode()
    props.setdefault("indexingPolicy", copy.deepcopy(_DEFAULT_INDEXING))
    state.stamp(props, f"dbs/{parent}/colls/{rid}/", rid)
    made = Container(db, props, rid, state.partitions, state.clock)
    made.offer = _new_offer(state, props, headers)
    state.save_container(made)
    return props


def _check_container(props: Doc) -> None:
    key = props.get("partitionKey")
    if not key or not key.get("paths"):
        raise HttpError(400, "partitionKey definition is required.")
    if len(key["paths"]) > MAX_PARTITION_KEY_PATHS:
        raise HttpError(400, f"Too many partition key paths (max {MAX_PARTITION_KEY_PATHS}).")
    key.setdefault("kind", "Hash")
    ttl = props.get("defaultTtl")
    if ttl is not None and (not isinstance(ttl, int) or ttl == 0 or ttl < -1):
        raise HttpError(400, "The value of DefaultTimeToLive must be -1 or a positive integer.")
    for index in props.get("indexingPolicy", {}).get("compositeIndexes", []):
        if len(index) < MIN_COMPOSITE_PATHS:
            raise HttpError(400, f"The composite index must have at least {MIN_COMPOSITE_PATHS} paths.")


def ranges(c: Container, request: Request) -> Reply:
    """Answer ``pkranges``; the client drains this feed until a literal 304."""
    etag = '"0"'
    if request.headers.get("a-im") and request.headers.get("if-none-match") == etag:
        return Reply(304, None, {"etag": etag})
    page = {"_rid": c.rid, "PartitionKeyRanges": c.ranges, "_count": len(c.ranges)}
    return Reply(200, page, {"etag": etag})


# -- offers


def offers(state: State, request: Request) -> Reply:
    """Answer ``/offers`` and ``/offers/<id>``."""
    provisioned = [(c, c.offer) for c in state.containers.values() if c.offer]
    if len(request.parts) == 1:
        found = [offer for _, offer in provisioned]
        if request.method == "POST":
            found = _filter(found, request)
        return Reply(200, {"_rid": "", "Offers": found, "_count": len(found)}, {})
    for c, offer in provisioned:
        if offer["id"].lower() == request.parts[1].lower():
            if request.method == "PUT":
                offer["content"] = request.json()["content"]
                state.save_container(c)
            return Reply(200, offer, {})
    raise not_found()


def _new_offer(state: State, props: Doc, headers: Headers) -> Doc:
    id_ = base64.b32encode(os.urandom(3)).decode()[:4]
    content: Doc = {"offerThroughput": int(headers.get("x-ms-offer-throughput") or 400)}
    if autopilot := headers.get("x-ms-cosmos-offer-autopilot-settings"):
        settings = json.loads(autopilot)
        content = {
            "offerThroughput": settings["maxThroughput"] // 10,
            "offerAutopilotSettings": settings,
        }
    offer = {
        "id": id_,
        "resource": props["_self"],
        "offerType": "Invalid",
        "offerVersion": "V2",
        "offerResourceId": props["_rid"],
        "content": content,
    }
    return state.stamp(offer, f"offers/{id_}/", id_)


def _filter(items: list[Doc], request: Request) -> list[Doc]:
    text, params = request.query()
    return parse(text).values(items, params)
