"""Every operational metric, declared once with name, unit and help.

Domain gauges are in ``gauges``: they are read from the store at scrape time. No metric here has a label for a model.
"""

from typing import Literal

from prometheus_client import Counter, Gauge, Histogram

from bellwether.settings import metrics_folder

if _folder := metrics_folder():
    _folder.mkdir(parents=True, exist_ok=True)  # declaring a metric opens a file there

_STEP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0)
_NEWEST: Literal["livemostrecent"] = "livemostrecent"
"""How a gauge of several processes is one: the value set last by a process that lives."""

STEP_SECONDS = Histogram(
    "bellwether_step_seconds",
    "Seconds one step took, by task and result (done, skipped, later, dead).",
    ("task", "result"),
    buckets=_STEP_BUCKETS,
)
STEP_WAIT_SECONDS = Histogram(
    "bellwether_step_wait_seconds",
    "Seconds between the publication of an event and the start of its step, by task.",
    ("task",),
    buckets=_STEP_BUCKETS,
)
STEP_STARTS_TOTAL = Counter(
    "bellwether_step_starts_total",
    "Steps begun, by task and kind: first; again, after an earlier start that never ended; redelivered by the queue.",
    ("task", "kind"),
)
REPORT_DELAY_SECONDS = Histogram(
    "bellwether_report_delay_seconds",
    "Seconds between the push of a batch and its drift report.",
    buckets=(0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 86_400.0),
)
RINGS_TOTAL = Counter(
    "bellwether_reconciler_rings_total",
    "Doorbells the reconciler rang again for undone work, by service.",
    ("service",),
)
RECONCILED_TIMESTAMP_SECONDS = Gauge(
    "bellwether_reconciled_timestamp_seconds",
    "When a worker of a service looked for undone work last, in seconds since 1970: the beat, the broker and it live.",
    ("service",),
    multiprocess_mode=_NEWEST,
)
BEAT_TIMESTAMP_SECONDS = Gauge(
    "bellwether_beat_timestamp_seconds",
    "When the beat sent something last, in seconds since 1970.",
    multiprocess_mode=_NEWEST,
)
SOURCE_LOOKS_TOTAL = Counter(
    "bellwether_source_looks_total",
    "Looks at a source, by result: ok, or the condition it was found in.",
    ("source", "result"),
)
STORE_SECONDS = Histogram(
    "bellwether_store_seconds",
    "Seconds one operation on the document store took, by container and operation.",
    ("container", "operation"),
    buckets=(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0),
)
STORE_REQUEST_UNITS_TOTAL = Counter(
    "bellwether_store_request_units_total",
    "Request units Cosmos DB charged, by container and operation.",
    ("container", "operation"),
)
STORE_THROTTLED_TOTAL = Counter(
    "bellwether_store_throttled_total",
    "Answers 429 of Cosmos DB, by container and operation; most of them are waited for and tried again.",
    ("container", "operation"),
)
STORE_ERRORS_TOTAL = Counter(
    "bellwether_store_errors_total",
    "Operations on the document store that failed, by container, operation and class of the error.",
    ("container", "operation", "error"),
)
REQUEST_SECONDS = Histogram(
    "bellwether_request_seconds",
    "Seconds one request to the gateway took, by method, route template and status.",
    ("method", "route", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0),
)
REQUESTS_RUNNING = Gauge(
    "bellwether_requests_running", "Requests the gateway is working on.", multiprocess_mode="livesum"
)
EXPLAINED_ROWS_TOTAL = Counter("bellwether_explain_rows_total", "Rows explained, by method.", ("method",))
EXPLAIN_SECONDS = Histogram(
    "bellwether_explain_seconds",
    "Seconds one explanation took, by what was explained (batch, row).",
    ("kind",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0),
)
EXPLAIN_GAP = Histogram(
    "bellwether_explain_additivity_gap",
    "Largest gap of one explanation between base value plus contributions and the model's own output.",
    buckets=(1e-12, 1e-9, 1e-6, 1e-4, 1e-3, 1e-2, 0.1, 1.0),
)
EXPLAIN_FAILURES_TOTAL = Counter(
    "bellwether_explain_failures_total",
    "Explanations that say why there is none, by what was to be explained.",
    ("kind",),
)
MODEL_HOSTS_BYTES = Gauge(
    "bellwether_explain_model_hosts_bytes",
    "Resident bytes of the processes that hold models.",
    multiprocess_mode=_NEWEST,
)
MODEL_HOST_STARTS_TOTAL = Counter(
    "bellwether_explain_model_host_starts_total",
    "Processes started to hold a model, by kind: first, or again after one died or was stopped.",
    ("kind",),
)
for _kind in ("first", "again"):  # known before the first event, so that the first one is seen as a rise
    MODEL_HOST_STARTS_TOTAL.labels(_kind)
for _kind in ("batch", "row"):
    EXPLAIN_FAILURES_TOTAL.labels(_kind)
