"""One model: drift, features, performance, volume, key figures."""

from deploy.grafana.panels import Annotation, Dashboard, Panel, Variable, alerts

DASHBOARD = Dashboard(
    "model",
    "Bellwether: model",
    "One model: drift with its line of action, features, performance, rows, labels and key figures.",
    (
        Panel(
            "Status",
            "The worst of drift, performance and data.",
            (('max(bellwether_model_status{model="$model"})', "status"),),
            kind="stat",
            width=4,
            height=5,
            statuses=True,
        ),
        Panel(
            "Version",
            "The version the model is in.",
            (('max by (version) (bellwether_model_info{model="$model"})', "{{version}}"),),
            kind="stat",
            width=4,
            height=5,
        ),
        Panel(
            "Age of the newest data",
            "Time since the end of the window of the newest analysed batch.",
            (('max(bellwether_batch_age_seconds{model="$model"})', "age"),),
            unit="s",
            kind="stat",
            width=4,
            height=5,
        ),
        Panel(
            "Lateness",
            "Age of the newest data beyond the declared interval; below zero the next batch is not due yet.",
            (
                (
                    'max(bellwether_batch_age_seconds{model="$model"}) - '
                    'max(bellwether_model_interval_seconds{model="$model"})',
                    "late",
                ),
            ),
            unit="s",
            kind="stat",
            width=4,
            height=5,
            line=1,
        ),
        Panel(
            "Open incidents",
            "Incidents of the model that are not over.",
            (('max(bellwether_open_incidents{model="$model"})', "open"),),
            kind="stat",
            width=4,
            height=5,
            line=1,
        ),
        Panel(
            "Batches with a report",
            "How many batches have been analysed.",
            (('max(bellwether_reports{model="$model"})', "reports"),),
            kind="stat",
            width=4,
            height=5,
        ),
        Panel(
            "Drift",
            "Drift index of the newest batch with the model's own line of action.",
            (
                ('max(bellwether_drift_score{model="$model"})', "drift index"),
                ('max(bellwether_drift_threshold{model="$model"})', "line of action"),
            ),
        ),
        Panel(
            "Features that drifted",
            "Features past their line in the newest batch, of all compared.",
            (
                ('max(bellwether_features_drifted{model="$model"})', "drifted"),
                ('max(bellwether_features{model="$model"})', "compared"),
            ),
        ),
        Panel(
            "Features",
            "Status of the 20 worst features, and of all others as one.",
            (('max by (feature) (bellwether_feature_status{model="$model"})', "{{feature}}"),),
            kind="state-timeline",
            width=24,
            height=14,
            statuses=True,
        ),
        Panel(
            "Feature scores",
            "Headline drift score of the 20 worst features, and the largest of the others.",
            (('max by (feature) (bellwether_feature_drift_score{model="$model"})', "{{feature}}"),),
        ),
        Panel(
            "Performance",
            "Key metric as estimated and as labels say, each with the value from which action is due.",
            (
                ('max by (metric, kind) (bellwether_model_performance{model="$model"})', "{{metric}} {{kind}}"),
                (
                    'max by (metric, kind) (bellwether_model_performance_line{model="$model"})',
                    "line of action, {{kind}}",
                ),
            ),
        ),
        Panel(
            "Rows of the newest batch",
            "Rows analysed, and as many as usual on such a day.",
            (
                ('max(bellwether_batch_rows{model="$model"})', "rows"),
                ('max(bellwether_batch_rows_expected{model="$model"})', "usual"),
            ),
        ),
        Panel(
            "Age of the newest labels",
            "Time since the end of the newest batch with 30 % of its labels, when the model was looked at last.",
            (('max(bellwether_label_age_seconds{model="$model"})', "age"),),
            unit="s",
        ),
        Panel(
            "Wrong cells",
            "Cells of 10,000 that are wrong beyond what the reference has.",
            (('max(bellwether_quality_violations{model="$model"})', "wrong cells"),),
        ),
        Panel(
            "Key figures",
            "Status of each key figure anybody may be shown; values are in the web app.",
            (('max by (kpi) (bellwether_kpi_status{model="$model"})', "{{kpi}}"),),
            kind="state-timeline",
            width=24,
            height=12,
            statuses=True,
        ),
    ),
    variables=(Variable("model", "Model", "bellwether_model_status", "model"),),
    annotations=(
        alerts('model="$model"'),
        Annotation(
            "Versions",
            'max by (version) (bellwether_model_info{model="$model"}) unless on (version) '
            'max by (version) (bellwether_model_info{model="$model"} offset $__interval)',
            "Version {{version}}",
            "The model is in version {{version}} from here on.",
            "blue",
        ),
    ),
    span="now-7d",
)
