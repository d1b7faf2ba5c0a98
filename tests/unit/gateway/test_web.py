import asyncio
import gzip
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from bellwether.gateway.web import WebApp

SCRIPT = b"console.log('hello');" * 100
PAGES = ("/", "/models/credit", "/models/credit/features/a%2Fb", "/incidents", "/settings/keys", "/new", "/sign-in")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Bellwether</title>")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets/index-AbC_d-12.js").write_bytes(SCRIPT)
    (tmp_path / "assets/page-12345678.css").write_bytes(b"a{}")
    (tmp_path / "assets/page-12345678.css.br").write_bytes(b"br")
    (tmp_path / "assets/page-12345678.css.gz").write_bytes(gzip.compress(b"a{}"))
    (tmp_path / ".built").write_text("hash")
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


def ask(web: WebApp, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await web(scope, receive, send)
        except HTTPException as error:
            await send({"type": "http.response.start", "status": error.status_code, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    async def call() -> Any:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
            return await client.request(method, path, headers={"Accept-Encoding": "identity", **headers})

    answer: httpx.Response = asyncio.run(call())
    return answer


def test_every_address_of_the_app_can_be_opened_and_reloaded(root: Path) -> None:
    paths = Path(__file__).parents[3] / "services" / "web" / "src" / "app" / "paths.ts"
    routes = re.findall(r"^  \w+: '(/[^']*)',$", paths.read_text(encoding="utf-8"), re.MULTILINE)
    assert "/runs/:run" in routes
    for route in routes:
        assert ask(WebApp(root), re.sub(r":\w+", "x%2Fy", route)).status_code == 200, route


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_the_app_are_its_index_asked_for_each_time(root: Path, path: str) -> None:
    answer = ask(WebApp(root), path)
    assert (answer.status_code, answer.text) == (200, "<!doctype html><title>Bellwether</title>")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_scripts_come_from_here_only_and_nobody_frames_the_page(root: Path) -> None:
    policy = ask(WebApp(root), "/").headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "://" not in policy


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/x", "/api/", "/metrics", "/healthz", "/nothing", "/modelsx", "/assets", "/assets/", "/index"),
        *(
            "/../secret.txt",
            "/assets/../../secret.txt",
            "/%2e%2e/secret.txt",
            "/assets/%2e%2e%2findex.html",
            "//etc/passwd",
        ),
        *("/assets/page-12345678.css.gz", "/assets/index-AbC_d-12.js%00", "/assets/INDEX-AbC_d-12.js", "/.built"),
    ],
)
def test_nothing_else_is_there(root: Path, path: str) -> None:
    assert ask(WebApp(root), path).status_code == 404


def test_assets_are_kept_for_ever_because_their_name_is_their_content(root: Path) -> None:
    answer = ask(WebApp(root), "/assets/index-AbC_d-12.js")
    assert (answer.content, answer.headers["cache-control"]) == (SCRIPT, "public, max-age=31536000, immutable")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert ask(WebApp(root), "/favicon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("", None),
        ("gzip;q=0", None),
        ("GZIP;q=0.5", "gzip"),
    ],
)
def test_what_was_packed_at_the_build_is_served_packed(root: Path, accepts: str, encoding: str | None) -> None:
    async def call() -> dict[bytes, bytes]:
        sent: list[Any] = []
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/assets/page-12345678.css",
            "headers": [(b"accept-encoding", accepts.encode())],
        }

        async def send(message: Any) -> None:
            sent.append(message)

        await WebApp(root)(scope, None, send)  # type: ignore[arg-type]  # nothing is received
        return dict(sent[0]["headers"])

    headers = asyncio.run(call())
    assert headers.get(b"content-encoding") == (encoding.encode() if encoding else None)
    assert headers[b"vary"] == b"Accept-Encoding"


def test_what_was_not_packed_is_packed_once(root: Path) -> None:
    answer = ask(WebApp(root), "/assets/index-AbC_d-12.js", **{"Accept-Encoding": "gzip"})
    assert (answer.headers["content-encoding"], answer.content) == ("gzip", SCRIPT)
    assert int(answer.headers["content-length"]) < len(SCRIPT) / 10


def test_what_a_browser_has_is_not_sent_again(root: Path) -> None:
    web = WebApp(root)
    etag = ask(web, "/").headers["etag"]
    answer = ask(web, "/", **{"If-None-Match": f'"other", W/{etag}'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


def test_a_head_has_the_headers_and_no_body(root: Path) -> None:
    answer = ask(WebApp(root), "/", "HEAD")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "40")
    assert ask(WebApp(root), "/", "POST").status_code == 404


def test_a_new_build_is_served_without_a_restart(root: Path) -> None:
    web = WebApp(root)
    ask(web, "/")
    new = root / "index.html.new"
    new.write_text("new")
    new.replace(root / "index.html")
    assert ask(web, "/").text == "new"
    (root / "index.html").unlink()
    assert ask(web, "/").text == "new", "a build under way takes nothing away"


def test_without_a_build_there_is_no_page() -> None:
    assert ask(WebApp(None), "/").status_code == 404
