"""Worker entry: settings to stores to handlers to Celery tasks. A service's ``tasks.py`` is one call of this."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import Celery, signals
from opentelemetry.sdk.trace import TracerProvider

from bellwether.bus import heartbeat, metrics_server
from bellwether.bus.celery import CeleryDoorbell, make_celery, was_redelivered
from bellwether.bus.durable import DurableBus, Steps
from bellwether.bus.forget import Forget
from bellwether.bus.port import Handler
from bellwether.bus.routes import ROUTES
from bellwether.bus.work import Ledger, Ticket
from bellwether.contracts import AnyEvent
from bellwether.objects import ObjectStore, expire, open_objects
from bellwether.objects import sweep as sweep_objects
from bellwether.settings import Settings, load
from bellwether.storage.factory import open_store, sweep
from bellwether.storage.port import DocumentStore
from bellwether.telemetry import logging, tracing
from bellwether.telemetry.metrics import RECONCILED_TIMESTAMP_SECONDS, RINGS_TOTAL

_LOG = logging.logger(__name__)


@dataclass(frozen=True, slots=True)
class Context:
    """What handlers may be built from; made once in each process, after the fork."""

    settings: Settings
    documents: DocumentStore
    objects: ObjectStore
    now: Callable[[], datetime]


Due = Callable[[Context], Iterable[AnyEvent]]
"""Context to the events it is time for, asked at every beat."""
Build = Callable[[Context], Mapping[str, Handler]]
"""Context to handlers by their full name, ``service.handler``: those ``ROUTES`` lists for the service, but
``forget``, which is the same for all."""


def open_context(settings: Settings, service: str) -> Context:
    """Open the stores the settings name; no connection is made before the first call."""
    return Context(settings, open_store(settings, service), open_objects(settings.objects), _utc_now)


def make_worker(
    service: str,
    build: Build,
    *,
    warm: Callable[[], None] | None = None,
    due: Due | None = None,
    open_context: Callable[[Settings, str], Context] = open_context,
) -> Celery:
    """Return the Celery application of one service.

    ``warm`` runs in the parent before it forks (compiling kernels); it must not start threads or open clients.
    ``due`` gives the events of the task ``<service>.watch``. ``open_context`` runs once a process, after the fork.
    """
    settings = load()
    app = make_celery(settings)
    runner = _Runner(service, build, settings, app, open_context)
    for name in sorted({name for names in ROUTES.values() for name in names if name.startswith(f"{service}.")}):
        # shared=False: by default Celery adds a task to every application of the process.
        app.task(name=name, bind=True, shared=False)(_task(runner, name))
    app.task(name=f"{service}.reconcile", shared=False)(_reconcile(runner))
    app.task(name=f"{service}.tidy", shared=False)(_tidy(settings))
    if due is not None:
        app.task(name=f"{service}.watch", shared=False)(_watch(runner, due))

    def start_logging(**_: Any) -> None:
        logging.start(service, settings.log_level)

    def before_fork(**_: Any) -> None:
        metrics_server.clean()
        if warm is not None:
            warm()

    def ready(**_: Any) -> None:
        metrics_server.start(settings.worker.metrics_port, settings.worker.metrics_host)

    def end(**_: Any) -> None:
        runner.close()

    signals.setup_logging.connect(start_logging, weak=False)
    signals.worker_init.connect(before_fork, weak=False)
    signals.worker_ready.connect(ready, weak=False)
    signals.worker_process_shutdown.connect(end, weak=False)
    signals.worker_shutdown.connect(end, weak=False)
    # Sent by the loop that takes work, every two seconds.
    heartbeat.keep(settings.worker.heartbeat, signals.heartbeat_sent)
    return app


class _Runner:
    """The steps of this process: built on first use, again after a fork, so that no client crosses one."""

    def __init__(
        self,
        service: str,
        build: Build,
        settings: Settings,
        app: Celery,
        open_context: Callable[[Settings, str], Context],
    ) -> None:
        self._service, self._build, self._settings, self._app = service, build, settings, app
        self._open_context = open_context
        self._context: Context | None = None
        self._steps: Steps | None = None
        self._tracer: TracerProvider | None = None
        self._pid = 0
        self._building = threading.Lock()

    def steps(self) -> Steps:
        with self._building:
            return self._built()

    def close(self) -> None:
        """Send what this process has still to tell."""
        if self._pid == os.getpid():
            tracing.stop(self._tracer)

    def _built(self) -> Steps:
        if self._steps is None or self._pid != os.getpid():
            settings = self._settings
            # Here, for a pool of threads has no signal for it, and exporters do not survive a fork.
            self._tracer = tracing.start(self._service, settings.otlp_endpoint, settings.trace_ratio)
            self._context = context = self._open_context(settings, self._service)
            ledger = Ledger(context.documents, settings.work, _utc_now)
            bus = DurableBus(ledger, CeleryDoorbell(self._app))
            forget = Forget(self._service, context.documents, context.objects)
            handlers: dict[str, Handler] = {f"{self._service}.forget": forget, **self._build(context)}
            self._steps, self._pid = Steps(ledger, bus, handlers, time.sleep), os.getpid()
        return self._steps

    def publish(self, due: Due) -> None:
        """Publish what it is time for."""
        steps = self.steps()
        assert self._context is not None
        steps.bus.publish(due(self._context))

    def reconcile(self) -> None:
        """Ring again for work that is overdue."""
        steps = self.steps()
        rung = 0
        for ticket in steps.ledger.overdue(self._service):
            steps.bus.doorbell.ring(ticket)
            rung += 1
        RECONCILED_TIMESTAMP_SECONDS.labels(self._service).set_to_current_time()
        if rung:
            RINGS_TOTAL.labels(self._service).inc(rung)
            _LOG.info("work.rung_again", count=rung)


def _task(runner: _Runner, name: str) -> Callable[[Any, str, str], None]:
    def step(task: Any, pk: str, id: str) -> None:
        runner.steps().run(Ticket(pk, id, name), redelivered=was_redelivered(task))

    return step


def _reconcile(runner: _Runner) -> Callable[[], None]:
    def reconcile() -> None:
        runner.reconcile()

    return reconcile


def _watch(runner: _Runner, due: Due) -> Callable[[], None]:
    def watch() -> None:
        """Publish what it is time for; twice is once."""
        runner.publish(due)

    return watch


def _tidy(settings: Settings) -> Callable[[], None]:
    def tidy() -> None:
        """Remove what has expired, and what killed writers left; all of it may run twice."""
        left = sweep_objects(settings.objects)
        if settings.keep_rows_days is not None:
            left += expire(open_objects(settings.objects), timedelta(days=settings.keep_rows_days), _utc_now())
        _LOG.info("store.tidied", documents=sweep(settings), objects=left)

    return tidy


def _utc_now() -> datetime:
    return datetime.now(UTC)
