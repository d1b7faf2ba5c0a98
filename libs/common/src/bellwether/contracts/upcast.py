"""Steps that lift an old message to the current version, one version at a time."""

import json
from collections.abc import Callable
from typing import Any

from bellwether.errors import ContractError

Step = Callable[[dict[str, Any]], dict[str, Any]]

STEPS: dict[tuple[str, int], Step] = {}
"""(type, version it accepts) to the step that makes version + 1."""


def upcast(raw: bytes | str) -> dict[str, Any]:
    """Parse JSON and lift it as far as ``STEPS`` goes."""
    try:
        message = json.loads(raw)
        key = (message["type"], message["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise ContractError(f"not a versioned message: {error}") from error
    while step := STEPS.get(key):
        message = step(message)
        key = (message["type"], message["version"])
    return dict(message)
