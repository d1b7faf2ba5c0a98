"""What is started, in which order, with which settings."""

from dataclasses import replace
from pathlib import Path

import pytest

from bellwether import settings as product_settings
from bellwether.bus.routes import QUEUED, SERVICES
from bellwether.embedded.topology import Plan, Ports, Spec, WorkerAnswers, settings, specifications

PLAN = Plan(
    python="python3",
    home=Path("/srv/home"),
    ports=Ports(
        gateway=8000, redis=6001, mlflow=6002, cosmos=6003, factory=6004, metrics={"drift": 6005, "beat": 6006}
    ),
    services=SERVICES,
    queues=QUEUED,
    redis_url="redis://:secret@127.0.0.1:6001/0",
    redis_argv=("valkey-server", "/srv/home/redis/redis.conf"),
    node_suffix="bellwether-1",
)


def named(plan: Plan) -> dict[str, Spec]:
    return {spec.name: spec for spec in specifications(plan)}


def test_there_is_one_worker_process_for_each_service_on_its_own_queue() -> None:
    found = named(PLAN)
    assert {"redis", "gateway", "beat", "mlflow", *SERVICES} == set(found)
    for service in SERVICES:
        argv = found[service].argv
        assert argv[argv.index("-A") + 1] == f"bellwether.{service}.tasks"
        assert argv[argv.index("-Q") + 1].split(",") == list(QUEUED[service])
        assert argv[argv.index("--concurrency") + 1] == "1"
        assert found[service].ready == WorkerAnswers(PLAN.redis_url, f"{service}@bellwether-1")


def test_workers_and_the_beat_tell_of_themselves_where_they_are_asked_to() -> None:
    found = named(PLAN)
    assert found["drift"].environ["BELLWETHER_WORKER__METRICS_PORT"] == "6005"
    assert found["beat"].environ["BELLWETHER_WORKER__METRICS_PORT"] == "6006"
    assert "BELLWETHER_WORKER__METRICS_PORT" not in found["lineage"].environ
    assert found["lineage"].environ["PROMETHEUS_MULTIPROC_DIR"] == "/srv/home/metrics/lineage"
    assert "PROMETHEUS_MULTIPROC_DIR" not in found["explain"].environ, "threads share the memory of their process"


def test_a_worker_takes_one_core_for_linear_algebra() -> None:
    assert all(named(PLAN)[service].environ["OPENBLAS_NUM_THREADS"] == "1" for service in SERVICES)


def test_the_page_waits_for_the_broker_and_the_store_and_nothing_else() -> None:
    assert named(PLAN)["gateway"].after == ("redis",)
    assert named(replace(PLAN, cosmos=True))["gateway"].after == ("redis", "cosmos")
    assert named(replace(PLAN, redis_argv=None))["gateway"].after == ()
    assert {spec.name for spec in specifications(PLAN) if "gateway" in spec.after} == {*SERVICES, "beat", "mlflow"}


def test_workers_stop_first_then_beat_the_gateway_and_the_broker_last() -> None:
    ranks = {spec.name: spec.rank for spec in specifications(replace(PLAN, cosmos=True))}
    workers = min(ranks[service] for service in SERVICES)
    assert workers > ranks["beat"] > ranks["gateway"] > ranks["cosmos"] > ranks["redis"]


@pytest.mark.parametrize("cosmos", [False, True])
def test_every_setting_is_one_the_product_knows(cosmos: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = settings(replace(PLAN, cosmos=cosmos, web_root=Path("/srv/dist")))
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    found = product_settings.load()
    assert found.home == PLAN.home
    assert found.gateway.port == 8000
    assert found.redis_url.get_secret_value() == PLAN.redis_url
    assert found.mlflow_url == "http://127.0.0.1:6002"
    assert found.store == ("cosmos+http://127.0.0.1:6003" if cosmos else "sqlite:////srv/home/store/documents.db")


def test_no_secret_is_an_argument_or_shows_in_a_message() -> None:
    for spec in specifications(PLAN):
        assert "secret" not in " ".join(spec.argv)
        assert "secret" not in repr(spec)
        assert "secret" not in str(spec.ready)
    assert "secret" not in repr(PLAN)


def test_every_process_is_stopped_within_bounds_and_waited_for_within_bounds() -> None:
    assert all(0 < spec.stop_s <= 30 and 0 < spec.start_s <= 240 for spec in specifications(PLAN))
