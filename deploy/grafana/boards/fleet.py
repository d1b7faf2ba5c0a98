"""Every model at a glance. Gauges of the domain come from every gateway: the largest of several is taken."""

from deploy.grafana.panels import STATUS, Dashboard, Panel, alerts

DASHBOARD = Dashboard(
    "fleet",
    "Bellwether: fleet",
    "Every model at a glance; a click on a model opens its own page.",
    (
        Panel("Models", "Models that are watched.", (("max(bellwether_models)", "models"),), kind="stat", width=4),
        Panel(
            "Models by status",
            "How many models are in each state; unknown is not fine.",
            tuple(
                (f"count(max by (model) (bellwether_model_status) == {level}) or vector(0)", word)
                for level, (word, _) in STATUS.items()
            ),
            kind="stat",
            width=8,
        ),
        Panel(
            "Open incidents",
            "Incidents that are not over, of all models.",
            (("sum(max by (model) (bellwether_open_incidents)) or vector(0)", "open"),),
            kind="stat",
            width=4,
            line=1,
        ),
        Panel(
            "Reports an hour",
            "Batches analysed in an hour.",
            (
                (
                    'sum(increase(bellwether_step_seconds_count{task="drift.analyse_batch", result="done"}[1h]))',
                    "reports",
                ),
            ),
            kind="stat",
            width=4,
        ),
        Panel(
            "Models without gauges",
            "Models that have no gauges of features or of key figures: there are more than the settings allow.",
            (("max by (kind) (bellwether_models_left_out)", "{{kind}}"),),
            kind="stat",
            width=4,
            line=1,
        ),
        Panel(
            "Models",
            "Status, drift index with its line of action, performance and age of every model.",
            (
                ("max by (model) (bellwether_model_status)", "status"),
                ("max by (model) (bellwether_drift_score)", "drift"),
                ("max by (model) (bellwether_drift_threshold)", "line"),
                ('max by (model) (bellwether_model_performance{kind="estimated"})', "estimated"),
                ('max by (model) (bellwether_model_performance{kind="realised"})', "realised"),
                ("max by (model) (bellwether_batch_age_seconds)", "age of the data"),
                ("max by (model) (bellwether_open_incidents)", "incidents"),
            ),
            kind="table",
            width=24,
            height=12,
            to_model=True,
            status_columns=("status",),
            units=(("age of the data", "s"),),
        ),
        Panel(
            "Status of each model",
            "Whether a model was fine, unknown, to be watched or in need of action, over time.",
            (("max by (model) (bellwether_model_status)", "{{model}}"),),
            kind="state-timeline",
            width=24,
            height=10,
            statuses=True,
            to_model=True,
        ),
        Panel(
            "Ten worst by drift",
            "Drift index over the model's own line of action; at 100 % action is due.",
            (
                (
                    "topk(10, max by (model) (bellwether_drift_score) "
                    "/ on (model) (max by (model) (bellwether_drift_threshold) > 0))",
                    "{{model}}",
                ),
            ),
            unit="percentunit",
            line=1,
            to_model=True,
        ),
        Panel(
            "Ten oldest",
            "Time since the end of the window of the newest analysed batch.",
            (("topk(10, max by (model) (bellwether_batch_age_seconds))", "{{model}}"),),
            unit="s",
            to_model=True,
        ),
    ),
    annotations=(alerts('team="models"'),),
    span="now-7d",
)
