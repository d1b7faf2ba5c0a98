"""Every gauge of the domain, declared once with name, unit and help; read from the store at scrape time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge: its name ends with its unit where it has one; ``labels`` in the order of its samples."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


MODELS = Gauge("bellwether_models", "Models that are watched.")
MODELS_LEFT_OUT = Gauge(
    "bellwether_models_left_out",
    "Models that have no gauges of this kind (feature, kpi), for there are more models than the settings allow.",
    ("kind",),
)
MODEL_INFO = Gauge("bellwether_model_info", "Always 1; the version a model is in.", ("model", "version"))
MODEL_STATUS = Gauge("bellwether_model_status", "Status of a model: 0 fine, 1 unknown, 2 watch, 3 act.", ("model",))
DRIFT_SCORE = Gauge("bellwether_drift_score", "Drift index of the newest batch, 0 to 100.", ("model",))
DRIFT_THRESHOLD = Gauge("bellwether_drift_threshold", "Line of action of the drift index, 0 to 100.", ("model",))
FEATURES = Gauge("bellwether_features", "Features compared in the newest batch.", ("model",))
FEATURES_DRIFTED = Gauge("bellwether_features_drifted", "Features that drifted in the newest batch.", ("model",))
FEATURE_DRIFT_SCORE = Gauge(
    "bellwether_feature_drift_score",
    "Headline drift score of a feature in the newest batch; the 20 worst, the largest of the rest as 'other'.",
    ("model", "feature"),
)
FEATURE_STATUS = Gauge(
    "bellwether_feature_status",
    "Status of a feature in the newest batch: 0 fine, 1 unknown, 2 watch, 3 act; the 20 worst and 'other'.",
    ("model", "feature"),
)
PERFORMANCE = Gauge(
    "bellwether_model_performance",
    "Key metric of a model in the newest batch it is known of, by kind (estimated, realised), in its own unit.",
    ("model", "metric", "kind"),
)
PERFORMANCE_LINE = Gauge(
    "bellwether_model_performance_line",
    "Value of the key metric from which action is due; which side of it is worse depends on the metric.",
    ("model", "metric", "kind"),
)
PERFORMANCE_STATUS = Gauge(
    "bellwether_model_performance_status",
    "Status of the performance of a model, by kind: 0 fine, 1 unknown, 2 watch, 3 act.",
    ("model", "kind"),
)
LABEL_AGE_SECONDS = Gauge(
    "bellwether_label_age_seconds",
    "Seconds since the end of the newest batch of which 30 % of the labels are there, when a model was looked at last.",
    ("model",),
)
VIOLATIONS = Gauge(
    "bellwether_quality_violations", "Cells of 10,000 that are wrong beyond what the reference has.", ("model",)
)
BATCH_ROWS = Gauge("bellwether_batch_rows", "Rows of the newest analysed batch.", ("model",))
BATCH_ROWS_EXPECTED = Gauge(
    "bellwether_batch_rows_expected", "Rows as usual in a batch like the newest: the median of its weekday.", ("model",)
)
BATCH_AGE_SECONDS = Gauge(
    "bellwether_batch_age_seconds", "Seconds since the end of the window of the newest analysed batch.", ("model",)
)
ASSESSED_AGE_SECONDS = Gauge(
    "bellwether_assessed_age_seconds", "Seconds since a model was assessed last: since something arrived.", ("model",)
)
INTERVAL_SECONDS = Gauge(
    "bellwether_model_interval_seconds", "Seconds between two batches, as declared for the model.", ("model",)
)
REPORTS = Gauge("bellwether_reports", "Batches of a model that have a drift report.", ("model",))
KPI_STATUS = Gauge(
    "bellwether_kpi_status",
    "Status of a key figure a persona may be shown: 0 fine, 1 unknown, 2 watch, 3 act.",
    ("model", "persona", "kpi"),
)
OPEN_INCIDENTS = Gauge("bellwether_open_incidents", "Incidents of a model that are not over.", ("model",))

DEAD_LETTERS = Gauge(
    "bellwether_dead_letters", "Work that was given up and waits for an operator; counted to 1000.", ("service",)
)
WORK_UNDONE = Gauge(
    "bellwether_work_undone",
    "Published work that is not finished, by service and queue; counted to 4000.",
    ("service", "queue"),
)
WORK_RUNNING = Gauge(
    "bellwether_work_running", "Work a worker has begun and not finished; counted to 4000.", ("service", "queue")
)
WORK_RETRIED = Gauge(
    "bellwether_work_retried",
    "Unfinished work that was tried before, and is tried again; counted to 4000.",
    ("service", "queue"),
)
WORK_OLDEST_SECONDS = Gauge(
    "bellwether_work_oldest_seconds",
    "Age of the oldest unfinished work; 0 when there is none.",
    ("service", "queue"),
)
BROKER_UP = Gauge("bellwether_broker_up", "Whether Redis answers the gateway: 1, else 0.")
QUEUE_MESSAGES = Gauge(
    "bellwether_queue_messages", "Messages that wait in a queue of Redis: doorbells, not the work itself.", ("queue",)
)
BROKER_UNACKED = Gauge("bellwether_broker_unacked", "Messages workers have taken and not confirmed.")
BROKER_MEMORY_BYTES = Gauge("bellwether_broker_memory_bytes", "Bytes Redis uses.")
BROKER_MEMORY_LIMIT_BYTES = Gauge("bellwether_broker_memory_limit_bytes", "Bytes Redis may use; 0: no limit.")
BROKER_EVICTED_KEYS = Gauge(
    "bellwether_broker_evicted_keys", "Keys Redis dropped for want of memory since it started; must stay 0."
)

SOURCE_UP = Gauge("bellwether_source_up", "Whether the last look at a source went well: 1, else 0.", ("source",))
SOURCE_LAG_SECONDS = Gauge(
    "bellwether_source_lag_seconds", "Seconds since everything a source had was read; absent before that.", ("source",)
)
PIPELINE_RUNS = Gauge(
    "bellwether_pipeline_runs",
    "Runs of a pipeline begun in the last 24 hours, by status.",
    ("source", "pipeline", "status"),
)
PIPELINE_FAILURES = Gauge(
    "bellwether_pipeline_failures", "Runs of a pipeline that failed in the last six hours.", ("source", "pipeline")
)
PIPELINE_RUN_SECONDS = Gauge(
    "bellwether_pipeline_run_seconds",
    "Seconds the newest finished run of a pipeline took, of those begun in the last 24 hours.",
    ("source", "pipeline"),
)
STORE_BYTES = Gauge("bellwether_store_bytes", "Bytes of the files of the document store; absent with Cosmos DB.")

GAUGES = tuple(value for value in list(globals().values()) if isinstance(value, Gauge))
"""All of them, in the order they are declared."""
