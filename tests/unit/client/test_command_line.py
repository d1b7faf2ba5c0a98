"""The command line: its verbs, its words on errors, its way to a server."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bellwether.cli import main
from bellwether.cli.verb import part
from bellwether.cli.verbs import VERBS
from bellwether.client import Client, Refused
from bellwether.errors import InvalidInput, NotFound, Unavailable

LETTERS = [{"id": "w2", "error": "Unreadable"}, {"id": "w1", "error": "timeout"}, {"id": "w0", "error": "Boom"}]


class Gateway(BaseHTTPRequestHandler):
    """Answers as the API does, for dead letters only."""

    replayed: list[str]
    keys: list[str | None]

    def do_GET(self) -> None:
        self.keys.append(self.headers["Authorization"])
        after = 2 if "cursor=two" in self.path else 0
        page = LETTERS[after : after + 2]
        self._answer(200, {"items": page, "next": None if after else "two"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name = self.path.removeprefix("/api/v1/dead-letters/").removesuffix(":replay")
        if name not in {letter["id"] for letter in LETTERS}:
            fault = {"pointer": "/id", "value": name, "limit": "an id of the list", "fix": "list them"}
            self._answer(404, {"title": "Not found", "detail": f"no dead letter {name!r}", "errors": [fault]})
            return
        self.replayed.append(name)
        self._answer(202, {"id": name})

    def _answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def gateway() -> Iterator[tuple[str, type[Gateway]]]:
    kind = type("Recorded", (Gateway,), {"replayed": [], "keys": []})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kind
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_verb_has_a_name_of_its_own_and_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert len({verb.name for verb in VERBS}) == len(VERBS)
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    assert all(verb.name in told and verb.help.rstrip(".") in told for verb in VERBS)


def test_status_without_a_run_says_so_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELLWETHER_HOME", str(tmp_path))
    assert main(["status"]) == 65
    assert capsys.readouterr().err == f"bellwether: nothing runs in {tmp_path}: there is no run.json\n"


def test_dead_letters_are_listed_over_all_pages_as_json_lines(
    gateway: tuple[str, type[Gateway]], capsys: pytest.CaptureFixture[str]
) -> None:
    url, kind = gateway
    assert main(["dead-letters", "list", "--url", url, "--key", "bw_k"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == LETTERS
    assert set(kind.keys) == {"Bearer bw_k"}


def test_named_dead_letters_are_replayed_and_no_others(gateway: tuple[str, type[Gateway]]) -> None:
    url, kind = gateway
    assert main(["dead-letters", "replay", "w1", "--url", url, "--key", "bw_k"]) == 0
    assert kind.replayed == ["w1"]


def test_all_dead_letters_are_replayed_when_asked(gateway: tuple[str, type[Gateway]]) -> None:
    url, kind = gateway
    assert main(["dead-letters", "replay", "--all", "--url", url, "--key", "bw_k"]) == 0
    assert sorted(kind.replayed) == ["w0", "w1", "w2"]


def test_replaying_nothing_is_refused(gateway: tuple[str, type[Gateway]]) -> None:
    url, kind = gateway
    assert main(["dead-letters", "replay", "--url", url, "--key", "bw_k"]) == 64
    assert kind.replayed == []


def test_a_problem_of_the_server_is_told_with_all_it_says(
    gateway: tuple[str, type[Gateway]], capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = gateway
    assert main(["dead-letters", "replay", "w9", "--url", url, "--key", "bw_k"]) == 65
    assert capsys.readouterr().err == (
        "bellwether: POST /api/v1/dead-letters/w9:replay: 404 no dead letter 'w9'\n"
        "  /id: w9; an id of the list; list them\n"
    )


def test_the_status_of_a_refusal_can_be_decided_on(gateway: tuple[str, type[Gateway]]) -> None:
    with Client(gateway[0], "bw_k") as client, pytest.raises(Refused) as caught:
        client.post("/dead-letters/w9:replay")
    assert caught.value.code == 404


def test_nobody_there_is_worth_another_try(gateway: tuple[str, type[Gateway]]) -> None:
    with Client("http://127.0.0.1:9", "bw_k", timeout_s=2) as client, pytest.raises(Unavailable, match=r"no answer"):
        client.get("/models")


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://host", "http://"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"is not of the form http\(s\)://host"):
        Client(url, "bw_k")


def test_a_part_that_is_not_installed_is_named_with_its_package() -> None:
    with pytest.raises(NotFound, match=r"this needs bellwether.nothing.here; install the package bellwether-nothing"):
        part("bellwether.nothing.here")
