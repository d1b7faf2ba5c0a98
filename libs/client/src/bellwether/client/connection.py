"""Which gateway is meant: the one named, else the environment's, else the one that runs in this home."""

import json
import os
from pathlib import Path

from bellwether.client.api import Client
from bellwether.errors import Unavailable


def connect(url: str | None = None, key: str | None = None) -> Client:
    """Return a client of a gateway.

    What is not given is taken from ``BELLWETHER_URL`` and ``BELLWETHER_KEY``, then from ``run.json`` of the topology
    that runs in ``BELLWETHER_HOME`` (``var``). Raises ``Unavailable`` where none of them says. Nothing is sent yet.
    """
    url, key = url or os.environ.get("BELLWETHER_URL"), key or os.environ.get("BELLWETHER_KEY")
    if url and key:
        return Client(url, key)
    run = Path(os.environ.get("BELLWETHER_HOME") or "var") / "run.json"
    try:
        told = json.loads(run.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unavailable(
            f"no gateway: neither url and key nor BELLWETHER_URL and BELLWETHER_KEY are given, "
            f"and nothing runs in {run.parent}: there is no run.json"
        ) from None
    return Client(url or told["url"], key or told["key"])
