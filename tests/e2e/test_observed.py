"""What an operator sees of a running system: metrics, dashboards, an alert, traces and logs; and no secret anywhere."""

import json
import math
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import psutil
import pytest

from bellwether.bus.routes import SERVICES
from bellwether.telemetry.gauges import GAUGES
from deploy.grafana.build import DASHBOARDS
from deploy.grafana.panels import Dashboard, Panel
from tests.e2e.observed import DAYS, MODEL, PLANTED, Observed, observed
from tests.operations_page import blocks, run
from tests.otlp import Span

pytestmark = pytest.mark.lane("prometheus")

NOT_HERE = {
    ("storage", "Files of the store"): "SQLite alone: test_gauges.py",
}
"""Panels that show nothing here, and where they are shown to show something."""
ABSENT_HERE = {"bellwether_store_bytes": "SQLite alone: test_gauges.py"}
"""The same of gauges."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observed]:
    with observed(tmp_path_factory.mktemp("observed") / "home") as found:
        yield found


# -- metrics


def test_everything_that_tells_of_itself_is_found_by_the_configuration_that_is_shipped(system: Observed) -> None:
    up = {(one["metric"]["job"], one["metric"]["service"]): one["value"][1] for one in system.prometheus.query("up")}
    workers = {("bellwether-workers", service): "1" for service in (*SERVICES, "beat")}
    assert up == {("bellwether-gateway", "gateway"): "1", **workers}


def test_the_gateway_tells_of_the_work_of_every_service(system: Observed) -> None:
    found = {one["metric"]["service"] for one in system.prometheus.query("bellwether_work_undone")}
    assert found == set(SERVICES), "a label of the target must not hide the label of the metric"


@pytest.mark.parametrize("name", [gauge.name for gauge in GAUGES if gauge.name not in ABSENT_HERE])
def test_every_gauge_has_a_value(system: Observed, name: str) -> None:
    assert system.prometheus.until(name)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (f'bellwether_reports{{model="{MODEL}"}}', DAYS),
        (f'bellwether_batch_rows{{model="{MODEL}"}}', 300),
        (f'bellwether_batch_rows_expected{{model="{MODEL}"}}', 300),
        (f'bellwether_model_status{{model="{MODEL}"}}', 3),
        (f'bellwether_model_info{{model="{MODEL}", version="7"}}', 1),
        ('bellwether_pipeline_runs{pipeline="load", status="SUCCEEDED"}', 2),
        ('bellwether_pipeline_failures{pipeline="load"}', 2),
        ("bellwether_broker_evicted_keys", 0),
        ("sum(bellwether_report_delay_seconds_count)", DAYS),
        ('sum(bellwether_step_seconds_count{task="collector.accept_batch", result="done"})', DAYS),
        ('count(bellwether_feature_status{feature="other"})', 1),
        ("count(bellwether_feature_status)", 21),
    ],
)
def test_a_number_is_what_was_put_in(system: Observed, expression: str, value: float) -> None:
    assert system.prometheus.until(f"{expression} == {value}")


def test_several_processes_of_a_worker_are_one(system: Observed) -> None:
    found = system.prometheus.until('bellwether_step_seconds_count{task="drift.assess", result="done"}')
    assert [one["metric"]["service"] for one in found] == ["drift"]
    assert "pid" not in found[0]["metric"]


# -- dashboards


def values() -> dict[str, str]:
    return {"model": MODEL, "pipeline": ".*", "service": ".*"}


def filled(expr: str) -> str:
    """Return a query as Grafana asks it."""
    plain = re.sub(r"\$__(rate_interval|interval|range)", "5m", expr)
    return re.sub(r"\$(\w+)", lambda found: values()[found.group(1)], plain)


def panels() -> Iterator[tuple[Dashboard, Panel]]:
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels:
            yield dashboard, panel


@pytest.mark.parametrize(
    ("dashboard", "panel"),
    [one for one in panels() if (one[0].slug, one[1].title) not in NOT_HERE],
    ids=[f"{board.slug}: {panel.title}" for board, panel in panels() if (board.slug, panel.title) not in NOT_HERE],
)
def test_a_panel_shows_something(system: Observed, dashboard: Dashboard, panel: Panel) -> None:
    for expr, _ in panel.queries:
        found = system.prometheus.until(filled(expr))
        assert any(math.isfinite(float(one["value"][1])) for one in found), f"nothing but NaN: {filled(expr)}"


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.slug)
def test_variables_have_values_and_flags_are_no_errors(system: Observed, dashboard: Dashboard) -> None:
    for variable in dashboard.variables:
        found = system.prometheus.until(f"count by ({variable.label}) ({variable.metric})")
        assert all(one["metric"][variable.label] for one in found)
    for annotation in dashboard.annotations:
        system.prometheus.query(filled(annotation.expr))


# -- an alert


def test_data_that_drifts_becomes_a_page(system: Observed) -> None:
    receiver, alert = system.prometheus.alert("ModelDriftAct")
    assert receiver == "pages"
    assert (alert["status"], alert["labels"]["model"], alert["labels"]["team"]) == ("firing", MODEL, "models")
    assert alert["annotations"]["summary"] == f"The data of {MODEL} drifted past its line of action."
    flags = [annotation.expr for board in DASHBOARDS if board.slug == "model" for annotation in board.annotations]
    assert {one["metric"]["alertname"] for one in system.prometheus.until(filled(flags[0]))} >= {"ModelDriftAct"}


def test_a_pipeline_that_failed_twice_becomes_a_page_and_the_heartbeat_goes_its_own_way(system: Observed) -> None:
    receiver, alert = system.prometheus.alert("PipelineFailing")
    assert (receiver, alert["annotations"]["summary"]) == ("pages", "load failed 2 times in six hours.")
    assert [one["metric"]["alertname"] for one in system.prometheus.query('ALERTS{severity="none"}')] == ["Watchdog"]


# -- traces and logs


@pytest.fixture(scope="module")
def trace(system: Observed) -> list[Span]:
    """The spans of one push, first to last."""
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    last = system.batches[-1]
    end = system.ask("GET", f"/models/{MODEL}/batches/{last}").json()["end"]
    batch = system.push(99, _later(end), drifted=True, traceparent=parent)
    system.until_found(f"/models/{MODEL}/drift/{batch}")
    wanted = {"collector.accept_batch", "drift.analyse_batch", "explain.explain_batch", "drift.assess", "drift.alert"}

    def whole(spans: list[Span]) -> bool:
        mine = [span for span in spans if span.trace == parent.split("-")[1]]
        return wanted <= {span.name for span in mine} and sum(span.name == "lineage.record" for span in mine) >= 3

    found = system.traces.until(whole, "the whole trace of a push")
    return sorted((one for one in found if one.trace == parent.split("-")[1]), key=lambda span: span.start_ns)


def _later(end: str) -> datetime:
    return datetime.fromisoformat(end) + timedelta(hours=1)


def test_one_trace_leads_from_the_push_to_report_explanation_and_provenance(
    system: Observed, trace: list[Span]
) -> None:
    by_id = {span.id: span for span in trace}
    first = trace[0]
    assert (first.service, first.name) == ("bellwether-gateway", "POST /api/v1/models/{model}/batches")
    assert first.parent == "b7ad6b7169203331", "below the caller's span"
    above = {(span.name, by_id[span.parent].name) for span in trace[1:]}
    assert above >= {
        ("collector.accept_batch", first.name),
        ("drift.analyse_batch", "collector.accept_batch"),
        ("explain.explain_batch", "collector.accept_batch"),
        ("lineage.record", "collector.accept_batch"),
        ("drift.assess", "drift.analyse_batch"),
        ("lineage.record", "drift.analyse_batch"),
        ("lineage.record", "explain.explain_batch"),
    }
    assert {span.service for span in trace} == {
        *("bellwether-gateway", "bellwether-collector", "bellwether-drift", "bellwether-explain", "bellwether-lineage")
    }


def test_spans_say_which_model_and_batch_they_are_about(system: Observed, trace: list[Span]) -> None:
    for span in trace:
        assert span.attributes["bellwether.model"] == MODEL
        if span.name.endswith(("batch", "batches")):
            assert span.attributes["bellwether.batch"] == system.batches[-1]


def test_logs_of_every_process_have_the_trace_the_model_and_the_batch(system: Observed, trace: list[Span]) -> None:
    for name in ("gateway", "collector", "drift", "explain", "lineage"):
        lines = [json.loads(line) for line in system.logs()[name].splitlines() if line.startswith("{")]
        mine = [line for line in lines if line.get("trace") == trace[0].trace]
        assert any(line.get("model") == MODEL and line.get("batch") == system.batches[-1] for line in mine), name
        assert {line["service"] for line in mine} == {name}


def test_looks_at_a_process_are_not_traced(system: Observed) -> None:
    assert [span for span in system.traces.spans if span.name.endswith(("/metrics", "/readyz", "/healthz"))] == []


# -- the page for operators


@pytest.fixture(scope="module")
def there(system: Observed) -> dict[str, str]:
    """What the commands expect: as where the gateway runs."""
    process = psutil.Process(system.topology.pid("gateway"))
    environ = {name: value for name, value in process.environ().items() if name.startswith("BELLWETHER_")}
    run = system.topology.run
    system.ask("POST", "/keys", json={"name": "loader", "roles": ["ingest"]})
    told = {"BELLWETHER_URL": run["url"], "BELLWETHER_KEY": run["key"], "PROMETHEUS": system.prometheus.url}
    return {**environ, **told, "MODEL": MODEL}


@pytest.mark.parametrize("heading", [name for name in blocks() if name != "Backup and restore"])
def test_the_commands_of_the_page_do_what_they_say(system: Observed, there: dict[str, str], heading: str) -> None:
    deadline = time.monotonic() + 60  # on a busy machine a scrape may fail, and its series are gone until the next
    while not re.search(SAYS.get(heading, ""), said := run(blocks()[heading], there, system.topology.home), re.M):
        assert time.monotonic() < deadline, said
        time.sleep(1)


SAYS = {
    "What to watch": r'"service":"drift"',
    "ModelDriftAct": "The data has clearly changed",
    "ModelPerformanceEstimateLow": "bellwether_model_performance",
    "ModelStatusAct": MODEL,
    "ModelReportStale": '"state":"analysed"',
    "ModelSilent": '"state":"ready"',
    "BatchRowsOutOfRange": "=> 1 ",
    "PipelineFailing": '"failed":2',
    "CollectorCannotReachSource": '"condition":"ok"',
    "GatewaySlow": "route=",
    "GatewayMissing": '"status":"ok"',
    "ReportsSlow": "task=",
    "WorkersMissing": "^drift ready restarts: 0$",
    "BeatMissing": 'service="drift"',
    "TaskFailureRatio": "drift.deliver",
    "BrokerAway": "=> 1 ",
    "BrokerMemory": 'queue="drift"',
    "CosmosThrottled": 'container="',
    "Watchdog": "firing",
    "Keys and secrets": "bw_",
}
"""What the answer to some of them holds; others may have nothing to say."""


def test_a_key_that_was_replaced_is_gone_and_its_successor_is_there(system: Observed) -> None:
    names = [key["name"] for key in system.ask("GET", "/keys").json()["items"]]
    assert "loader-2" in names
    assert "loader" not in names


# -- secrets


def secrets(system: Observed) -> dict[str, str]:
    """Everything that must stand in no log and in no span."""
    home = system.topology.home
    return {
        **PLANTED,
        "the key of the administrator": system.topology.run["key"],
        "the password of Redis": (home / "redis" / "password").read_text().strip(),
        "the secret of the gateway": (home / "gateway.secret").read_text().strip(),
    }


def test_no_secret_is_in_a_log_or_a_span(system: Observed, trace: list[Span]) -> None:
    told = {**system.logs(), "spans": b"\n".join(system.traces.raw).decode("latin-1")}
    assert MODEL in told["spans"]
    assert "Unavailable" in told["drift"], "a delivery failed, and said so"
    assert len(secrets(system)) == 8
    assert [
        (what, where) for what, word in secrets(system).items() for where, text in told.items() if word in text
    ] == []
