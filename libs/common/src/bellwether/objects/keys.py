"""Keys of objects; pure. One form for every adapter, so that none can leave its root."""

import re

from bellwether.errors import InvalidInput

MAX_KEY_BYTES = 900
_SEGMENT = re.compile(r"[A-Za-z0-9_~=@+-][A-Za-z0-9._~=@+-]{0,199}")


def check_key(key: str) -> str:
    """Return ``key`` when every adapter can address it below its root; raises ``InvalidInput`` otherwise.

    A key is one or more segments joined by ``/``. A segment holds 1 to 200 ASCII letters, digits and
    ``._~=@+-`` and does not begin with a dot, so ``..``, absolute paths, backslashes, escapes and hidden
    files are no keys.
    """
    if len(key) > MAX_KEY_BYTES or not all(map(_is_segment, key.split("/"))):
        raise InvalidInput(
            f"object key {key!r:.200}: at most {MAX_KEY_BYTES} characters, segments of letters, digits and "
            "._~=@+- joined by '/', none beginning with a dot"
        )
    return key


def check_prefix(prefix: str) -> str:
    """Return a folder to list, without a slash at its end; empty means all."""
    folder = prefix.removesuffix("/")
    return check_key(folder) if folder else ""


def _is_segment(text: str) -> bool:
    return _SEGMENT.fullmatch(text) is not None
