"""The error taxonomy.

* BellwetherError
  - Unreadable              the bytes are not what they say they are  HTTP 400, never retried
  - InvalidInput            understood, but not usable                HTTP 422, never retried
    - ContractError         a message or document breaks its contract
  - NotFound                the thing named does not exist            HTTP 404, never retried
  - Conflict                another thing already has this name       HTTP 409, never retried
  - PreconditionFailed      the thing changed since it was read       HTTP 412, never retried
  - TooLarge                a limit of size is passed                 HTTP 413, never retried
  - ForbiddenWrite          a service wrote what it does not own      HTTP 500, never retried
  - Unavailable             a dependency failed; later helps          HTTP 503, retried
    - NotReady              what this step needs is still being made  HTTP 503, retried
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, in the words a caller needs to mend it.

    ``pointer`` names the place (a JSON pointer, a column, a header), ``value`` what stands there (shortened),
    ``limit`` what is allowed, ``fix`` what to do.
    """

    pointer: str
    value: str
    limit: str
    fix: str


class BellwetherError(Exception):
    """Root of every error this product raises on purpose; ``faults`` lists all that is wrong at once."""

    status: ClassVar[int] = 500
    retry: ClassVar[bool] = False

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class Unreadable(BellwetherError):
    """The bytes are not what they say they are."""

    status = 400


class InvalidInput(BellwetherError):
    """Understood, but not usable: the caller must change the request."""

    status = 422


class ContractError(InvalidInput):
    """A message or document breaks its contract."""


class NotFound(BellwetherError):
    """The thing named does not exist."""

    status = 404


class Conflict(BellwetherError):
    """Another thing already has this name."""

    status = 409


class PreconditionFailed(BellwetherError):
    """The thing changed, or vanished, since it was read."""

    status = 412


class TooLarge(BellwetherError):
    """A limit of size is passed."""

    status = 413


class ForbiddenWrite(BellwetherError):
    """A service wrote to a container it does not own."""


class Unavailable(BellwetherError):
    """A dependency failed; trying later helps."""

    status = 503
    retry = True


class NotReady(Unavailable):
    """What this step needs is still being made by another step; trying later helps."""
