"""Every operational metric, declared once with name, unit and help.

Domain gauges are in ``gauges``: they are read from the store at scrape time.
"""

from prometheus_client import Counter, Gauge, Histogram

_STEP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0)

STEP_SECONDS = Histogram(
    "bellwether_step_seconds",
    "Seconds one step took, by handler and outcome (done, skipped, later, dead).",
    ("handler", "outcome"),
    buckets=_STEP_BUCKETS,
)
STEP_WAIT_SECONDS = Histogram(
    "bellwether_step_wait_seconds",
    "Seconds between the publication of an event and the start of its step, by handler.",
    ("handler",),
    buckets=_STEP_BUCKETS,
)
RINGS_TOTAL = Counter(
    "bellwether_reconciler_rings_total",
    "Doorbells the reconciler rang again for undone work, by service.",
    ("service",),
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
REQUESTS_RUNNING = Gauge("bellwether_requests_running", "Requests the gateway is working on.")
EXPLAINED_ROWS_TOTAL = Counter("bellwether_explain_rows_total", "Rows explained, by method.", ("method",))
EXPLAIN_SECONDS = Histogram(
    "bellwether_explain_seconds",
    "Seconds one explanation took, by what was explained (batch, row).",
    ("kind",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 120.0, 600.0),
)
EXPLAIN_GAP = Gauge(
    "bellwether_explain_additivity_gap",
    "Largest gap between base value plus contributions and the model's own output, newest explanation, by model.",
    ("model",),
)
EXPLAIN_FAILURES_TOTAL = Counter(
    "bellwether_explain_failures_total",
    "Explanations that say why there is none, by what was to be explained.",
    ("kind",),
)
MODEL_HOSTS_BYTES = Gauge("bellwether_explain_model_hosts_bytes", "Resident bytes of the processes that hold models.")
