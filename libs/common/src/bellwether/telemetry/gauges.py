"""Every gauge of the domain, declared once with name, unit and help; read from the store at scrape time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge: its name ends with its unit where it has one; ``labels`` in the order of its samples."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


MODELS = Gauge("bellwether_models", "Models that are watched.")
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
BATCH_ROWS = Gauge("bellwether_batch_rows", "Rows of the newest analysed batch.", ("model",))
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
DEAD_LETTERS = Gauge("bellwether_dead_letters", "Work that was given up and waits for an operator; counted to 1000.")
WORK_UNDONE = Gauge(
    "bellwether_work_undone", "Published work that is not finished, by service; counted to 4000.", ("service",)
)
WORK_OLDEST_SECONDS = Gauge(
    "bellwether_work_oldest_seconds",
    "Age of the oldest unfinished work of a service; 0 when there is none.",
    ("service",),
)

SOURCE_UP = Gauge("bellwether_source_up", "Whether the last look at a source went well: 1, else 0.", ("source",))
SOURCE_LAG_SECONDS = Gauge(
    "bellwether_source_lag_seconds", "Seconds since everything a source had was read; absent before that.", ("source",)
)

GAUGES = (
    MODELS,
    MODEL_STATUS,
    DRIFT_SCORE,
    DRIFT_THRESHOLD,
    FEATURES,
    FEATURES_DRIFTED,
    FEATURE_DRIFT_SCORE,
    FEATURE_STATUS,
    BATCH_ROWS,
    BATCH_AGE_SECONDS,
    ASSESSED_AGE_SECONDS,
    INTERVAL_SECONDS,
    REPORTS,
    KPI_STATUS,
    OPEN_INCIDENTS,
    DEAD_LETTERS,
    WORK_UNDONE,
    WORK_OLDEST_SECONDS,
    SOURCE_UP,
    SOURCE_LAG_SECONDS,
)
