"""How the broker does: what waits in its queues, and how much memory it has left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

_ANSWER_S = 1.0
_UNACKED = "unacked"
"""Where Celery's transport keeps what workers took and did not confirm."""


@dataclass(frozen=True, slots=True)
class BrokerState:
    """What Redis says; ``limit_bytes`` 0: none."""

    waiting: Mapping[str, int]
    unacked: int
    memory_bytes: int
    limit_bytes: int
    evicted_keys: int


class Broker:
    """Asks Redis; a connection is made on first use and kept."""

    def __init__(self, url: str, queues: Iterable[str]) -> None:
        self._queues = tuple(queues)
        self._client = Redis.from_url(
            url,
            socket_timeout=_ANSWER_S,
            socket_connect_timeout=_ANSWER_S,
            retry=Retry(NoBackoff(), 1),  # once: the connection kept may be a dead one
        )

    def state(self) -> BrokerState | None:
        """Return how it does; None when it gives no answer within a few seconds."""
        try:
            pipe = self._client.pipeline(transaction=False)
            for queue in self._queues:
                pipe.llen(queue)
            pipe.hlen(_UNACKED)
            pipe.info("memory")
            pipe.info("stats")
            *waiting, unacked, memory, stats = pipe.execute()
        except (RedisError, OSError):
            return None
        return BrokerState(
            waiting=dict(zip(self._queues, waiting, strict=True)),
            unacked=unacked,
            memory_bytes=memory["used_memory"],
            limit_bytes=memory["maxmemory"],
            evicted_keys=stats["evicted_keys"],
        )
