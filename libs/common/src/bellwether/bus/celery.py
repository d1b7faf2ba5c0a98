"""The distributed doorbell: one Celery queue per service; a message is an address in the ledger, never a fact."""

from typing import Any

from celery import Celery
from kombu.exceptions import KombuError

from bellwether.bus.routes import SERVICES, queue_of
from bellwether.bus.work import Ticket
from bellwether.settings import Settings
from bellwether.telemetry.logging import logger

TIDIER = "collector"
"""The service whose worker removes what has expired; once is enough for all."""

WATCHER = "collector"
"""The service that looks at sources."""
ALARM = "drift"
"""The service that looks at models whose time has come: silence is a finding, too."""

_LOG = logger(__name__)


def make_celery(settings: Settings) -> Celery:
    """Build the application every process shares. Each setting was measured: see ADR 0012."""
    app = Celery("bellwether", broker=settings.redis_url.get_secret_value(), set_as_current=False)
    hard = settings.work.hard_limit_seconds
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_time_limit=hard,
        task_soft_time_limit=max(1, hard - 30),
        worker_soft_shutdown_timeout=10,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_create_missing_queues=True,
        task_publish_retry=True,
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0.05, "interval_max": 0.2},
        broker_transport_options={
            "visibility_timeout": 4 * hard,
            "unacked_mutex_expire": 5,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 5,
            "queue_order_strategy": "sorted",  # the first by name is emptied first
        },
        beat_schedule={
            f"reconcile-{service}": {
                "task": f"{service}.reconcile",
                "schedule": settings.work.reconcile_seconds,
                # An unread one is worth nothing: without the limit they would pile up while a worker is away.
                "options": {"queue": service, "expires": max(2.0, settings.work.reconcile_seconds)},
            }
            for service in SERVICES
        }
        | {
            "watch": {
                "task": f"{WATCHER}.watch",
                "schedule": settings.sources.beat_seconds,
                "options": {"queue": WATCHER, "expires": max(2.0, settings.sources.beat_seconds)},
            },
            "watch-alerts": {
                "task": f"{ALARM}.watch",
                "schedule": settings.notify.check_seconds,
                "options": {"queue": ALARM, "expires": max(2.0, settings.notify.check_seconds)},
            },
            "tidy": {
                "task": f"{TIDIER}.tidy",
                "schedule": settings.work.tidy_seconds,
                "options": {"queue": TIDIER, "expires": max(2.0, settings.work.tidy_seconds)},
            },
        },
    )
    return app


class CeleryDoorbell:
    """Sends by name: no service is imported."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def ring(self, ticket: Ticket) -> None:
        """Put the address on the queue of the handler's service; a failure is logged, the reconciler rings later."""
        try:
            queue = queue_of(ticket.handler, backlog=ticket.backlog)
            self._app.send_task(ticket.handler, args=[ticket.pk, ticket.id], queue=queue)
        except (KombuError, OSError) as error:
            _LOG.warning("doorbell.failed", handler=ticket.handler, work=ticket.id, error=str(error))


def was_redelivered(task: Any) -> bool:
    """Say whether the queue knows that the former delivery of a running Celery task is lost."""
    return bool((task.request.delivery_info or {}).get("redelivered"))
