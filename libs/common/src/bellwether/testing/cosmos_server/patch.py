"""Partial updates of one document; pure."""

import copy
from typing import Any

from bellwether.testing.cosmos_server.replies import Doc, HttpError
from bellwether.testing.cosmos_server.sql import is_number, parse

MAX_PATCH_OPERATIONS = 10


def patched(key_paths: list[list[str]], old: Doc, request: Doc) -> Doc:
    """Return a copy of ``old`` with the operations applied, in order."""
    operations = request.get("operations", [])
    if len(operations) > MAX_PATCH_OPERATIONS:
        raise HttpError(400, f"The number of patch operations can't exceed '{MAX_PATCH_OPERATIONS}'.")
    condition = request.get("condition")
    if condition and not parse(f"SELECT VALUE 1 {condition}").values([old], {}):
        raise HttpError(412, "The patch filter predicate is not met.", 1110)
    doc = copy.deepcopy(old)
    for operation in operations:
        path = _split(operation["path"])
        if path in key_paths or path[0] == "id" or path[0].startswith("_"):
            raise HttpError(
                400,
                f"Cannot patch {operation['path']}: id, partition key and system properties are immutable.",
            )
        _apply(doc, path, operation)
    return doc


def _apply(doc: Doc, path: list[str], operation: Doc) -> None:
    kind, value = operation["op"].lower(), operation.get("value")
    if kind == "move":
        source, key = _target(doc, _split(operation["from"]))
        if not isinstance(source, dict) or key not in source:
            raise HttpError(400, "move: the source path does not exist.")
        kind, value = "set", source.pop(key)
    target, key = _target(doc, path)
    if isinstance(target, list):
        _patch_list(target, key, kind, value)
    else:
        _patch_object(target, key, kind, value)


def _split(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.strip("/").split("/")]


def _target(doc: Doc, path: list[str]) -> tuple[Any, str]:
    target: Any = doc
    try:
        for key in path[:-1]:
            target = target[int(key)] if isinstance(target, list) else target[key]
    except (KeyError, IndexError, ValueError, TypeError):
        target = None
    if not isinstance(target, (dict, list)):
        raise HttpError(400, f"The parent of /{'/'.join(path)} does not exist.")
    return target, path[-1]


def _patch_list(target: list[Any], key: str, kind: str, value: Any) -> None:
    try:
        index = len(target) if key == "-" else int(key)
        if kind == "add":
            target.insert(index, value)
        elif kind == "remove":
            target.pop(index)
        elif kind == "incr":
            target[index] = _incremented(target[index], value)
        elif kind in ("set", "replace"):
            target[index] = value
        else:
            raise HttpError(400, f"Unknown patch operation {kind}.")
    except (IndexError, ValueError) as error:
        raise HttpError(400, f"Array index {key} is not valid.") from error


def _patch_object(target: Doc, key: str, kind: str, value: Any) -> None:
    if kind in ("replace", "remove") and key not in target:
        raise HttpError(400, f"{kind}: the path does not exist.")
    if kind in ("set", "add", "replace"):
        target[key] = value
    elif kind == "remove":
        del target[key]
    elif kind == "incr":
        target[key] = _incremented(target.get(key, 0), value)
    else:
        raise HttpError(400, f"Unknown patch operation {kind}.")


def _incremented(old: Any, by: Any) -> Any:
    if not is_number(old) or not is_number(by):
        raise HttpError(400, "incr: the target or the increment is not a number.")
    return old + by
