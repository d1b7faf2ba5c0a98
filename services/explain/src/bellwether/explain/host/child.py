"""The process that holds a model: confine first, import later. Started by ``ModelHost``, never imported.

The first frame says what to open and how: flavour, loader, path, section, signature, columns, readable, writable,
limits, parent.
"""

import os
import sys

from bellwether.explain.host import wire
from bellwether.explain.host.sandbox import Limits, confine

_BODY_LIMIT = 1 << 32


def main() -> int:
    """Answer frames until the parent closes the stream."""
    stdin, stdout = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a model prints must not reach the protocol
    options, _ = wire.read(stdin, 0)
    limits = Limits(**options["limits"])
    active = confine(options["readable"], options["writable"], limits, options["parent"])
    try:
        # Only now: these start threads and map libraries.
        from bellwether.explain.host.serving import Serving  # noqa: PLC0415

        serving = Serving(options)
    except Exception as error:  # noqa: BLE001 - any failure of foreign code is an answer, not a crash
        wire.write(stdout, {"error": "failed", "message": _words(error), "isolation": active})
        return 1
    wire.write(stdout, {"isolation": active})
    while True:
        try:
            head, parts = wire.read(stdin, _BODY_LIMIT)
        except EOFError:
            return 0
        wire.write(stdout, *serving.answer(head, parts))


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


if __name__ == "__main__":
    sys.exit(main())
