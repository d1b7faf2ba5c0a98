"""Asks a process whether it does its work; each question is bounded by about a second."""

import http.client
from urllib.parse import urlsplit

from bellwether.embedded.topology import FileWritten, HttpAnswers, Readiness, RedisAnswers, WorkerAnswers

_ASK_S = 1.0
_MAILBOXES = "_kombu.binding.celery.pidbox"
"""Where the queue library notes whom a broadcast reaches: a set of ``<key>SEP<pattern>SEP<queue>``."""


def answers(ready: Readiness, since: float) -> bool:
    """Whether the process answers; ``since`` is the time of its start in seconds of the epoch."""
    match ready:
        case HttpAnswers(url, below):
            return _http(url, below)
        case RedisAnswers(url):
            return _redis(url)
        case WorkerAnswers(broker, node):
            return _listens(broker, node) and _worker(broker, node)
        case FileWritten(folder, prefix):
            return any(file.stat().st_mtime >= since - 1 for file in folder.glob(prefix + "*"))


def _http(url: str, below: int) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=_ASK_S)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status < below
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _redis(url: str) -> bool:
    # Here and below: the client libraries load while the first processes start, not before.
    import redis  # noqa: PLC0415

    try:
        with redis.Redis.from_url(url, socket_timeout=_ASK_S, socket_connect_timeout=_ASK_S) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _listens(broker: str, node: str) -> bool:
    """Whether the worker has a mailbox; asking this is a hundred times cheaper than a ping nobody answers."""
    import redis  # noqa: PLC0415

    try:
        with redis.Redis.from_url(broker, socket_timeout=_ASK_S, socket_connect_timeout=_ASK_S) as client:
            boxes = client.smembers(_MAILBOXES)
    except redis.RedisError:
        return False
    return any(box.split(b"\x06\x16")[-1].startswith(f"{node}.".encode()) for box in boxes)


def _worker(broker: str, node: str) -> bool:
    import celery  # noqa: PLC0415
    import kombu.exceptions  # noqa: PLC0415
    import redis  # noqa: PLC0415

    app = celery.Celery("bellwether.probe", broker=broker, set_as_current=False)
    app.conf.broker_transport_options = {"socket_timeout": 5, "socket_connect_timeout": _ASK_S}
    try:
        with app.connection_for_write() as connection:
            replies = app.control.ping(destination=[node], timeout=_ASK_S, connection=connection)
    except (OSError, redis.RedisError, kombu.exceptions.KombuError):
        return False
    finally:
        app.close()
    return any(node in reply for reply in replies)
