"""The web app: files of one folder, known at the first request after a build, served from memory.

A request names an entry of a table or nothing: no path of a request ever reaches the file system.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PAGES = re.compile(r"/|/(models|incidents|pipelines|runs|new|settings|reports|s|sign-in)(/.*)?")
"""Paths of the app: each answers ``index.html``, and the app does the rest."""
CSP = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HASHED = re.compile(r".*-[A-Za-z0-9_-]{8}\.\w+")
_INDEX = "/index.html"
_TEXT = {".html", ".js", ".css", ".svg", ".json", ".map", ".txt", ".webmanifest"}
_PACKED = (("br", ".br"), ("gzip", ".gz"))
_LEAST_PACKED_BYTES = 1024


@dataclass(frozen=True, slots=True)
class File:
    """One file: its content as it is and as packed, by encoding."""

    bodies: Mapping[str, bytes]
    headers: Mapping[str, str]
    etag: str


@dataclass(slots=True)
class WebApp:
    """Answers what no route took: pages and assets of ``root``, and 404 for the rest."""

    root: Path | None
    _files: dict[str, File] = field(default_factory=dict)
    _built: float = -1.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            raise _nothing()
        file = self._find(scope["path"])
        if file is None:
            raise _nothing()
        await _respond(file, Headers(scope=scope), scope["method"])(scope, receive, send)

    def _find(self, path: str) -> File | None:
        if self.root is None or path.startswith("/api/"):
            return None
        self._refresh(self.root)
        return self._files.get(_INDEX if PAGES.fullmatch(path) else path)

    def _refresh(self, root: Path) -> None:
        """Read the folder when there is a new build in it."""
        try:
            built = (root / "index.html").stat().st_mtime
        except OSError:  # being built at this moment: what was read last still serves
            return
        if built != self._built:
            self._files, self._built = read_files(root), built


def read_files(root: Path) -> dict[str, File]:
    """Return every file of a build by its path in URLs."""
    packed = tuple(suffix for _, suffix in _PACKED)
    paths = (path for path in root.rglob("[!.]*") if path.is_file() and path.suffix not in packed)
    return {"/" + path.relative_to(root).as_posix(): _read(path) for path in paths}


def _read(path: Path) -> File:
    content = path.read_bytes()
    bodies = {"identity": content}
    for encoding, suffix in _PACKED:
        beside = path.with_name(path.name + suffix)
        if beside.is_file():
            bodies[encoding] = beside.read_bytes()
    if path.suffix in _TEXT and "gzip" not in bodies and len(content) >= _LEAST_PACKED_BYTES:
        bodies["gzip"] = gzip.compress(content, mtime=0)
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = media_type.startswith("text/") or media_type.endswith("javascript")
    headers = {
        "Content-Type": f"{media_type}; charset=utf-8" if text else media_type,
        "Cache-Control": "public, max-age=31536000, immutable" if _HASHED.fullmatch(path.name) else "no-cache",
        "Vary": "Accept-Encoding",
        "Content-Security-Policy": CSP,
    }
    return File(bodies, headers, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _respond(file: File, asked: Headers, method: str) -> Response:
    encoding = _choose(file.bodies, asked.get("accept-encoding", ""))
    etag = file.etag if encoding == "identity" else f'{file.etag[:-1]}-{encoding}"'
    headers = {**file.headers, "ETag": etag}
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    if etag in [tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    body = file.bodies[encoding]
    return Response(b"" if method == "HEAD" else body, headers={**headers, "Content-Length": str(len(body))})


def _choose(bodies: Mapping[str, bytes], accepted: str) -> str:
    """Return the smallest packing the client takes; ``q=0`` refuses one."""
    wanted = {}
    for part in accepted.split(","):
        name, _, weight = part.strip().partition(";")
        wanted[name.strip().lower()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    fitting = [name for name in bodies if name != "identity" and wanted.get(name, wanted.get("*", False))]
    return min(fitting, key=lambda name: len(bodies[name]), default="identity")


def _nothing() -> HTTPException:
    return HTTPException(404, "There is nothing at this address. /openapi.json describes what there is.")
