"""The data on its way: pipelines, sources, deliveries, quality."""

from deploy.grafana.panels import Dashboard, Panel, Variable, alerts

_RUNS = 'bellwether_pipeline_runs{pipeline=~"$pipeline"'

DASHBOARD = Dashboard(
    "pipelines",
    "Bellwether: pipelines and data",
    "Whether data came, on time, complete and clean; which pipeline or source did not deliver.",
    (
        Panel(
            "Runs that succeeded",
            "Share of the finished runs of the last 24 hours that succeeded; runs that were stopped do not count.",
            (
                (
                    f'sum by (pipeline) (max by (source, pipeline) ({_RUNS}, status="SUCCEEDED"}})) / '
                    f'sum by (pipeline) (max by (source, pipeline, status) ({_RUNS}, status=~"SUCCEEDED|FAILED"}}))',
                    "{{pipeline}}",
                ),
            ),
            unit="percentunit",
        ),
        Panel(
            "Runs of 24 hours",
            "Runs begun in the last 24 hours by how they ended.",
            ((f"sum by (status) (max by (source, pipeline, status) ({_RUNS}}}))", "{{status}}"),),
        ),
        Panel(
            "Failures of six hours",
            "Runs that failed in the last six hours; two of one pipeline are an alert.",
            (('max by (pipeline) (bellwether_pipeline_failures{pipeline=~"$pipeline"})', "{{pipeline}}"),),
            line=2,
        ),
        Panel(
            "Duration of runs",
            "How long the newest finished runs took, of all pipelines shown.",
            (('max by (source, pipeline) (bellwether_pipeline_run_seconds{pipeline=~"$pipeline"})', "{{pipeline}}"),),
            unit="s",
            kind="heatmap",
        ),
        Panel(
            "Duration by pipeline",
            "How long the newest finished run took.",
            (('max by (pipeline) (bellwether_pipeline_run_seconds{pipeline=~"$pipeline"})', "{{pipeline}}"),),
            unit="s",
        ),
        Panel(
            "Sources that answer",
            "Whether the last look at a source went well: 1, else 0.",
            (("max by (source) (bellwether_source_up)", "{{source}}"),),
            kind="state-timeline",
        ),
        Panel(
            "Lag of sources",
            "Time since everything a source had was read.",
            (("max by (source) (bellwether_source_lag_seconds)", "{{source}}"),),
            unit="s",
        ),
        Panel(
            "Looks at sources",
            "Looks a second by source and result; everything but ok is a fault.",
            (
                (
                    "sum by (source, result) (rate(bellwether_source_looks_total[$__rate_interval]))",
                    "{{source}} {{result}}",
                ),
            ),
            unit="ops",
        ),
        Panel(
            "Late data",
            "Age of the newest data over the declared interval; at 200 % an alert says that nothing arrived.",
            (
                (
                    "topk(10, max by (model) (bellwether_batch_age_seconds) "
                    "/ on (model) max by (model) (bellwether_model_interval_seconds))",
                    "{{model}}",
                ),
            ),
            unit="percentunit",
            line=2,
            to_model=True,
        ),
        Panel(
            "Rows against usual",
            "Rows of the newest batch over as many as usual; below 70 % and above 130 % an alert says so.",
            (
                (
                    "max by (model) (bellwether_batch_rows) "
                    "/ on (model) (max by (model) (bellwether_batch_rows_expected) > 0)",
                    "{{model}}",
                ),
            ),
            unit="percentunit",
            to_model=True,
        ),
        Panel(
            "Wrong cells",
            "Cells of 10,000 that are wrong beyond what the reference has; the ten worst models.",
            (("topk(10, max by (model) (bellwether_quality_violations))", "{{model}}"),),
            to_model=True,
        ),
        Panel(
            "From push to report",
            "Time within which half and 95 of 100 batches had their drift report.",
            tuple(
                (
                    f"histogram_quantile({share}, sum by (le) "
                    "(rate(bellwether_report_delay_seconds_bucket[$__rate_interval])))",
                    legend,
                )
                for share, legend in (("0.5", "half"), ("0.95", "95 %"))
            ),
            unit="s",
            line=300,
        ),
    ),
    variables=(Variable("pipeline", "Pipeline", "bellwether_pipeline_runs", "pipeline", several=True),),
    annotations=(alerts('team="data"'),),
)
