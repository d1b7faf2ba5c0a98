"""One container: its documents by effective partition key, its ranges, its request units."""

import base64
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from azure.cosmos.partition_key import PartitionKey, _Undefined

from bellwether.testing.cosmos_server.replies import Doc, HttpError
from bellwether.testing.cosmos_server.sql import UNDEF, walk

WHOLE_RANGE = ("", "FF")
_HASH_RANGE = 0x40  # the first byte of a V2 hash is masked to 00..3F


class Stored(NamedTuple):
    """A document and the log sequence number of its last write."""

    lsn: int
    body: Doc


class Container:
    """Documents of one container; expired ones are still in it until somebody looks."""

    def __init__(self, db: str, props: Doc, rid: str, partitions: int, clock: Callable[[], float]) -> None:
        self.db = db
        self.props = props
        self.rid = rid
        self.offer: Doc | None = None
        self.lsn = 0
        self.created = 0
        self.partitions: dict[str, dict[str, Stored]] = {}
        self._clock = clock
        definition = props["partitionKey"]
        paths = definition["paths"]
        self.key_paths = [[key.strip('"') for key in p.strip("/").split("/")] for p in paths]
        self._key = PartitionKey(
            path=paths if definition["kind"] == "MultiHash" else paths[0],
            kind=definition["kind"],
            version=definition.get("version", 2),
        )
        self._epk_cache: dict[str, str] = {}
        self._tokens: float | None = None
        self._refilled = 0.0
        self.ranges = self._split(partitions)

    @property
    def name(self) -> str:
        """Id of the container."""
        return str(self.props["id"])

    def _split(self, count: int) -> list[Doc]:
        cuts = ["", *(f"{_HASH_RANGE * i // count:02X}" for i in range(1, count)), "FF"]
        return [
            {
                "id": str(i),
                "minInclusive": cuts[i],
                "maxExclusive": cuts[i + 1],
                "status": "online",
                "parents": [],
                "throughputFraction": 1 / count,
                "ridPrefix": i,
                "_rid": f"{self.rid}pk{i}",
                "_self": f"{self.props['_self']}pkranges/{i}/",
                "_etag": '"0"',
                "_ts": int(self._clock()),
            }
            for i in range(count)
        ]

    # -- partition keys

    def epk(self, values: list[Any]) -> str:
        """Return the effective partition key of partition key values (``{}`` means undefined)."""
        cache_key = json.dumps(values)
        epk = self._epk_cache.get(cache_key)
        if epk is None:
            arguments = [_Undefined() if value == {} else value for value in values]
            # The SDK's own hash, so that its routing and this server's agree by construction.
            hashed = self._key._get_effective_partition_key_string(arguments)  # noqa: SLF001
            epk = self._epk_cache[cache_key] = str(hashed or "")
        return epk

    def key_values(self, doc: Doc) -> list[Any]:
        """Return the partition key values in a document."""
        values = [walk(doc, path) for path in self.key_paths]
        if any(isinstance(value, (dict, list)) for value in values):
            raise HttpError(400, "Partition key value must be a scalar.")
        missing: Any = None if len(values) > 1 else {}
        return [missing if value is UNDEF else value for value in values]

    # -- documents

    def alive(self, doc: Doc) -> bool:
        """Say whether a document has not expired."""
        default = self.props.get("defaultTtl")
        if default is None:
            return True
        ttl = doc.get("ttl", default)
        return not (isinstance(ttl, int) and ttl > 0 and doc["_ts"] + ttl <= self._clock())

    def within(self, low: str, high: str, exact: str | None = None) -> list[Stored]:
        """Return what lies in a range of effective partition keys, or in one of them."""
        if exact is not None:
            found = self.partitions.get(exact, {}).values()
            return [stored for stored in found if self.alive(stored.body)]
        return [
            stored
            for epk, members in self.partitions.items()
            if low <= epk < high
            for stored in members.values()
            if self.alive(stored.body)
        ]

    def next_rid(self) -> str:
        """Return the resource id of a new document; its end counts the documents ever created."""
        self.created += 1
        return base64.b64encode(base64.b64decode(self.rid) + self.created.to_bytes(8, "big")).decode()

    # -- request units

    def throughput(self) -> int | None:
        """Return the provisioned request units a second."""
        if self.offer is None:
            return None
        content = self.offer["content"]
        settings = content.get("offerAutopilotSettings")
        return int(settings["maxThroughput"] if settings else content["offerThroughput"])

    def consume(self, cost: float) -> None:
        """Take request units from a one-second bucket or answer 429."""
        rate = self.throughput()
        if rate is None:
            return
        now = self._clock()
        if self._tokens is None:
            self._tokens, self._refilled = float(rate), now
        self._tokens = min(rate, self._tokens + (now - self._refilled) * rate)
        self._refilled = now
        if self._tokens < cost:
            wait_ms = int((cost - self._tokens) / rate * 1000) + 1
            raise HttpError(
                429,
                "Request rate is large. More Request Units may be needed, so no changes were made.",
                3200,
                {"x-ms-retry-after-ms": str(wait_ms)},
            )
        self._tokens -= cost
