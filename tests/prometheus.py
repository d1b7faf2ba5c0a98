"""A real Prometheus and Alertmanager on loopback, with the configuration that is shipped and other addresses."""

import json
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from bellwether.embedded.home import free_port
from tests.lanes import lane

FOLDER = Path(__file__).parents[1] / "deploy" / "prometheus"
READY_S = 60.0
Json = dict[str, Any]


def scraping(targets: Mapping[str, str]) -> Json:
    """Return ``prometheus.yml`` with an address for each name it looks up, looking every few seconds.

    Raises ``KeyError`` for a name without an address. A name still comes as the label it has when it is looked up, so
    that what is made of it is what is shipped.
    """
    found: Json = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    found["global"] = {"scrape_interval": "3s", "scrape_timeout": "3s", "evaluation_interval": "1s"}
    for job in found["scrape_configs"]:
        names = [name for lookup in job.pop("dns_sd_configs") for name in lookup["names"]]
        job["static_configs"] = [{"targets": [targets[name]], "labels": {"__meta_dns_name": name}} for name in names]
    found["rule_files"] = [str(FOLDER / name) for name in found["rule_files"]]
    return found


def routing(url: str) -> Json:
    """Return ``alertmanager.yml`` with every receiver at this address below its own name, told at once."""
    found: Json = yaml.safe_load((FOLDER / "alertmanager.yml").read_text())
    found["route"] |= {"group_wait": "0s", "group_interval": "1s"}
    for receiver in found["receivers"]:
        for hook in receiver["webhook_configs"]:
            hook["url"] = f"{url}/{receiver['name']}"
    return found


@dataclass
class Prometheus:
    """Both servers, running; ``told`` holds receiver and alert of every notification."""

    url: str
    told: list[tuple[str, Json]] = field(default_factory=list)

    def query(self, expression: str) -> list[Json]:
        """Return the instant vector; raises ``ValueError`` with Prometheus' words when the query is bad."""
        url = f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        try:
            with urllib.request.urlopen(url, timeout=READY_S) as answer:
                data = json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise ValueError(f"{expression}: {json.load(error)['error']}") from error
        result: list[Json] = data["result"]
        return result

    def until(self, expression: str, timeout_s: float = 60.0) -> list[Json]:
        """Return the first result that is not empty."""
        deadline = time.monotonic() + timeout_s
        while not (found := self.query(expression)):
            assert time.monotonic() < deadline, f"nothing within {timeout_s} s: {expression}"
            time.sleep(0.2)
        return found

    def alert(self, name: str, timeout_s: float = 60.0) -> tuple[str, Json]:
        """Return receiver and alert of the first notification of this name."""
        deadline = time.monotonic() + timeout_s
        while True:
            found = {alert["labels"]["alertname"]: (receiver, alert) for receiver, alert in reversed(self.told)}
            if name in found:
                return found[name]
            assert time.monotonic() < deadline, f"no alert {name} within {timeout_s} s; there were {sorted(found)}"
            time.sleep(0.2)


@contextmanager
def prometheus(folder: Path, targets: Mapping[str, str]) -> Iterator[Prometheus]:
    """Run both on free ports with data and logs in ``folder``; they end with the block."""
    programs, ports = lane("prometheus").paths(), (free_port(), free_port())
    running = Prometheus(f"http://127.0.0.1:{ports[0]}")
    with ExitStack() as stack:
        hook = ThreadingHTTPServer(("127.0.0.1", 0), _receiver(running))
        stack.callback(hook.server_close)
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        stack.callback(hook.shutdown)
        settings = scraping(targets)
        settings["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{ports[1]}"]}]}]}
        (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
        (folder / "alertmanager.yml").write_text(yaml.safe_dump(routing(f"http://127.0.0.1:{hook.server_address[1]}")))
        commands = {
            "prometheus-alertmanager": ("--storage.path", "--cluster.listen-address=", ports[1]),
            "prometheus": ("--storage.tsdb.path", "--query.lookback-delta=1m", ports[0]),
        }
        for name, (data, more, port) in commands.items():
            config = folder / ("prometheus.yml" if name == "prometheus" else "alertmanager.yml")
            argv = [
                *(programs[name], f"--config.file={config}", f"{data}={folder / name}", more),
                *(f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"),
            ]
            _started(argv, folder / f"{name}.log", f"http://127.0.0.1:{port}/-/ready", stack)
        yield running


def _started(argv: list[str], path: Path, ready: str, stack: ExitStack) -> None:
    log = stack.enter_context(path.open("wb"))
    process = subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT)
    stack.callback(_end, process)
    deadline = time.monotonic() + READY_S
    while True:
        try:
            with urllib.request.urlopen(ready, timeout=2):
                return
        except OSError:
            assert process.poll() is None, path.read_text()[-2000:]
            assert time.monotonic() < deadline, f"no answer of {argv[0]} within {READY_S} s"
            time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(READY_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(READY_S)


def _receiver(running: Prometheus) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for alert in body["alerts"]:
                running.told.append((self.path.removeprefix("/"), alert))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
