"""The clock of the workers: ``celery -A bellwether.bus.beat beat``. Everything it starts may run twice."""

from typing import Any

from celery import signals

from bellwether.bus.celery import make_celery
from bellwether.settings import load
from bellwether.telemetry import logging

_SETTINGS = load()
app = make_celery(_SETTINGS)


def _start_logging(**_: Any) -> None:
    logging.start("beat", _SETTINGS.log_level)


signals.setup_logging.connect(_start_logging, weak=False)
