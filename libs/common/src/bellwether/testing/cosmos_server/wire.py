"""What the server says over HTTP: its replies and errors as JSON with the headers the SDK reads, each logged."""

import json
import traceback
from collections.abc import Callable
from http.server import ThreadingHTTPServer

from bellwether.testing import wire
from bellwether.testing.cosmos_server.replies import HttpError, LogLine, Reply
from bellwether.testing.cosmos_server.sql import SqlError
from bellwether.testing.wire import Answer, Headers

Handle = Callable[[str, str, Headers, bytes], Reply]


def listen(
    handle: Handle,
    connected: Callable[[], None],
    log: Callable[[LogLine], None],
    address: tuple[str, int],
    tls: tuple[str, str] | None,
) -> ThreadingHTTPServer:
    """Bind an address; requests are answered by ``handle`` once the listener serves."""

    def answer(method: str, path: str, headers: Headers, body: bytes) -> Answer:
        reply = _reply(handle, method, path, headers, body)
        lines = {
            "content-type": "application/json",
            "x-ms-activity-id": headers.get("x-ms-activity-id", ""),
            "x-ms-request-charge": "1",
            "x-ms-version": "2020-07-15",
            **reply.headers,
        }
        log(LogLine(method, path, reply.status, float(lines["x-ms-request-charge"])))
        data = b"" if reply.body is None else json.dumps(reply.body, separators=(",", ":")).encode()
        return Answer(reply.status, data, lines)

    return wire.listen(answer, address, connected=connected, tls=tls)


def _reply(handle: Handle, method: str, path: str, headers: Headers, body: bytes) -> Reply:
    try:
        return handle(method, path, headers, body)
    except HttpError as error:
        extra = {"x-ms-substatus": str(error.substatus)} if error.substatus else {}
        return Reply(error.status, error.body, {**error.headers, **extra})
    except SqlError as error:
        detail = {"severity": "Error", "code": "SC1001", "message": str(error)}
        message = json.dumps({"errors": [detail]})
        return Reply(400, {"code": "BadRequest", "message": message}, {})
    except Exception as error:  # noqa: BLE001  the edge of this process: a defect of it has to be loud
        traceback.print_exc()
        return Reply(500, {"code": "InternalServerError", "message": repr(error)}, {})
