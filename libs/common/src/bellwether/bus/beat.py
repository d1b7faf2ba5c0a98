"""The clock of the workers: ``celery -A bellwether.bus.beat beat``. Everything it starts may run twice."""

from typing import Any

from celery import signals

from bellwether.bus import heartbeat, metrics_server
from bellwether.bus.celery import make_celery
from bellwether.settings import load
from bellwether.telemetry import logging
from bellwether.telemetry.metrics import BEAT_TIMESTAMP_SECONDS

_SETTINGS = load()
app = make_celery(_SETTINGS)


def _start_logging(**_: Any) -> None:
    logging.start("beat", _SETTINGS.log_level)


def _serve_metrics(**_: Any) -> None:
    metrics_server.start(_SETTINGS.worker.metrics_port, _SETTINGS.worker.metrics_host)


def _note(**_: Any) -> None:
    BEAT_TIMESTAMP_SECONDS.set_to_current_time()


signals.setup_logging.connect(_start_logging, weak=False)
signals.beat_init.connect(_serve_metrics, weak=False)
signals.after_task_publish.connect(_note, weak=False)
# Sent when the broker has taken what was due; something is every few seconds.
heartbeat.keep(_SETTINGS.worker.heartbeat, signals.after_task_publish)
