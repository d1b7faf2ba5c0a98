"""The SDK's exceptions to ours, through one table of HTTP statuses."""

from azure.core.exceptions import AzureError
from azure.cosmos.exceptions import CosmosBatchOperationError

from bellwether.errors import (
    BellwetherError,
    Conflict,
    InvalidInput,
    NotFound,
    PreconditionFailed,
    TooLarge,
    Unavailable,
)

STATUSES: dict[int, type[BellwetherError]] = {
    400: InvalidInput,
    401: BellwetherError,
    403: BellwetherError,
    404: NotFound,
    408: Unavailable,
    409: Conflict,
    410: Unavailable,
    412: PreconditionFailed,
    413: TooLarge,
    429: Unavailable,
    449: Unavailable,
}
"""Statuses a caller can act on. Any 5xx, and an error without a status (network, timeout), is ``Unavailable``."""

CHARGE = "x-ms-request-charge"
_MESSAGE_LENGTH = 300
_OWNER_MISSING = 1003
_SERVER_ERROR = 500


def translate(error: AzureError) -> BellwetherError:
    """Return our error for the SDK's; whoever raises it keeps the cause."""
    message = str(error)[:_MESSAGE_LENGTH]
    if isinstance(error, CosmosBatchOperationError):
        message = f"operation {error.error_index} of the batch: {message}"
    status = getattr(error, "status_code", None)
    if status is None:
        return Unavailable(message)
    if status == NotFound.status and getattr(error, "sub_status", None) == _OWNER_MISSING:
        return Unavailable(f"the container or its database does not exist: {message}")
    default = Unavailable if status >= _SERVER_ERROR else BellwetherError
    return STATUSES.get(status, default)(message)
