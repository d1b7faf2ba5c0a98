"""JSON lines: a constant message and fields; trace, model and batch ids come from the context of the work."""

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry import trace

_SECRET_NAMES = re.compile(r"(?i)(key|password|secret|token|authorization|cookie|credential|connection_string)$")
_SECRET_VALUES = re.compile(r"(?i)(\bbw_[a-z0-9]{6,}_\S+|Bearer\s+\S+|://[^/\s:@]*:[^@\s/]+@|AccountKey=[^;\s]+)")
_HIDDEN = "[hidden]"
_Fields = MutableMapping[str, Any]


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module; its messages are dotted names such as ``step.done``."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


def start(service: str, level: str = "INFO") -> None:
    """Send every log line of this process to standard error as JSON, without secrets. Called once, at the entry."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.PositionalArgumentsFormatter(),
        _ids(service),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared[:4], *shared[5:], structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("azure", "kombu", "urllib3", "httpx", "celery.app.trace", "celery.worker.strategy"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@contextmanager
def bound(**ids: str) -> Iterator[None]:
    """Put ids on every line of a block, e.g. ``with bound(model=..., batch=...)``."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield


def hide_secrets(_: Any, __: str, fields: _Fields) -> _Fields:
    """Replace what looks like a key, a password or a connection string, by name or by form."""
    for name, value in fields.items():
        if _SECRET_NAMES.search(name):
            fields[name] = _HIDDEN
        elif isinstance(value, str):
            fields[name] = _SECRET_VALUES.sub(_HIDDEN, value)
    return fields


def _ids(service: str) -> Any:
    def add(_: Any, __: str, fields: _Fields) -> _Fields:
        fields.setdefault("service", service)
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            fields.setdefault("trace", format(span.trace_id, "032x"))
            fields.setdefault("span", format(span.span_id, "016x"))
        return fields

    return add
