"""What a body says about itself, and whether its first bytes agree."""

from collections.abc import Collection
from http import HTTPStatus

from starlette.requests import Request

from bellwether.contracts import ENCODINGS, ROW_FORMATS, RowFormat
from bellwether.errors import Fault, Unreadable
from bellwether.gateway.problems import Refused, describe

HEAD_BYTES = 64
TAIL_BYTES = 4

_PARQUET, _ARROW_FILE, _GZIP, _ZSTD = b"PAR1", b"ARROW1", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BLANK = b" \t\r\n\xef\xbb\xbf"


def content_type(request: Request, allowed: Collection[str]) -> str:
    """Return the media type, lower case and without parameters; 415 unless it is one of ``allowed``."""
    given = request.headers.get("content-type", "")
    media_type = given.partition(";")[0].strip().lower()
    if media_type not in allowed:
        raise Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The media type of the body cannot be used here; allowed: {', '.join(allowed)}.",
            [_fault("Content-Type", given, ", ".join(allowed), "name the format of the body")],
            {"Accept": ", ".join(allowed)},
        )
    return media_type


def content_encoding(request: Request) -> str | None:
    """Return how the body is packed, None when it is not; 415 for what is unknown or stacked."""
    given = request.headers.get("content-encoding", "")
    encoding = given.strip().lower()
    if encoding in ("", "identity"):
        return None
    if encoding not in ENCODINGS:
        allowed = ", ".join(ENCODINGS)
        raise Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The encoding of the body cannot be used; allowed: {allowed}, or none.",
            [_fault("Content-Encoding", given, allowed, "pack the body once, with one of these, or not at all")],
            {"Accept-Encoding": allowed},
        )
    return encoding


def check_magic(media_type: str, encoding: str | None, head: bytes, tail: bytes) -> None:
    """Raise ``Unreadable`` when the first (and last) bytes cannot be what the headers say.

    Cheap on purpose: it saves the caller a round trip for a wrong header or a cut file. The worker that decodes the
    rows is the one that decides.
    """
    match encoding:
        case "gzip":
            _want(head.startswith(_GZIP), "Content-Encoding", "gzip", "1f 8b", head)
        case "zstd":
            _want(head.startswith(_ZSTD), "Content-Encoding", "zstd", "28 b5 2f fd", head)
        case _:
            _check_format(ROW_FORMATS[media_type], head, tail)


def _check_format(form: RowFormat, head: bytes, tail: bytes) -> None:
    text = head.lstrip(_BLANK)
    match form:
        case "parquet":
            _want(head.startswith(_PARQUET), "Content-Type", "Parquet", "PAR1", head)
            if tail != _PARQUET:
                raise Unreadable(
                    "The Parquet file is cut short: it does not end with PAR1.",
                    [Fault("body", "other last bytes", "PAR1 at the end", "write the file completely, then push it")],
                )
        case "arrow":
            if head.startswith(_ARROW_FILE):
                raise Unreadable(
                    "This is an Arrow file; a stream is wanted.",
                    [Fault("body", "ARROW1", "the Arrow IPC stream format", "write it with the stream writer")],
                )
            _want(head[:4] == b"\xff\xff\xff\xff", "Content-Type", "an Arrow IPC stream", "ff ff ff ff", head)
        case "json":
            _want(text[:1] in (b"[", b""), "Content-Type", "JSON rows", "[", head)
        case "ndjson":
            _want(text[:1] in (b"{", b""), "Content-Type", "NDJSON", "{", head)
        case "csv":
            binary = head.startswith((_PARQUET, _ARROW_FILE, _GZIP, _ZSTD)) or b"\0" in head
            _want(not binary, "Content-Type", "CSV", "text", head)


def _want(holds: bool, header: str, said: str, start: str, head: bytes) -> None:
    if not holds:
        raise Unreadable(
            f"The header says {said}, but the body does not begin with {start}.",
            [Fault(header, f"first bytes {head[:4].hex(' ')}", start, "correct the header, or push the file it names")],
        )


def _fault(header: str, given: str, limit: str, fix: str) -> Fault:
    return Fault(header, describe(given) if given else "nothing", limit, fix)
