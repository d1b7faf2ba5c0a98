"""What the exit status says, so that a script or a pipeline can act on it."""

from bellwether.errors import BellwetherError, NotReady, Unavailable

FINE, WATCH, ACT, NOT_READY, UNREACHABLE, USAGE, REFUSED = 0, 1, 2, 3, 4, 64, 65
"""0 to 3 follow a model's status (3: unknown, or not ready); 4: nobody answers; 64: wrong words; 65: refused."""

OF_STATUS = {"fine": FINE, "watch": WATCH, "act": ACT, "unknown": NOT_READY}


def of_error(error: BellwetherError) -> int:
    """Return the exit status of an error."""
    if isinstance(error, NotReady):
        return NOT_READY
    return UNREACHABLE if isinstance(error, Unavailable) else REFUSED


def of_status(status: str, fail_on: str | None) -> int:
    """Return the exit status of a model's status; with ``fail_on`` what is better than that is 0."""
    found = OF_STATUS[status]
    return FINE if fail_on is not None and found < OF_STATUS[fail_on] else found
