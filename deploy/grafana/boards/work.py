"""What waits, since when, and who works on it."""

from deploy.grafana.panels import Dashboard, Panel, alerts

DASHBOARD = Dashboard(
    "work",
    "Bellwether: queues and workers",
    "What waits, since when, and who works on it. Work is counted in the store: messages in Redis are doorbells only.",
    (
        Panel(
            "Oldest work",
            "Age of the oldest unfinished step of each queue: better than a length, it tells stuck from busy.",
            (("max by (queue) (bellwether_work_oldest_seconds)", "{{queue}}"),),
            unit="s",
            line=300,
        ),
        Panel(
            "Unfinished work",
            "Steps not finished, by queue.",
            (("max by (queue) (bellwether_work_undone)", "{{queue}}"),),
        ),
        Panel(
            "Work in hand",
            "Steps a worker has begun, by queue.",
            (("max by (queue) (bellwether_work_running)", "{{queue}}"),),
        ),
        Panel(
            "Work tried again",
            "Unfinished steps that were tried before: something they need is not there, or their worker died.",
            (("max by (queue) (bellwether_work_retried)", "{{queue}}"),),
        ),
        Panel(
            "Workers alive",
            "Workers that answer, by service, and the beat.",
            (('sum by (service) (up{job="bellwether-workers"})', "{{service}}"),),
        ),
        Panel(
            "Time of a step",
            "Half and 95 of 100 steps are done within this time, of all tasks.",
            tuple(
                (
                    f"histogram_quantile({share}, sum by (le) "
                    "(rate(bellwether_step_seconds_bucket[$__rate_interval])))",
                    legend,
                )
                for share, legend in (("0.5", "half"), ("0.95", "95 %"))
            ),
            unit="s",
        ),
        Panel(
            "Wait for a worker",
            "95th percentile of the time from an event to the start of its step, by task.",
            (
                (
                    "histogram_quantile(0.95, sum by (le, task) "
                    "(rate(bellwether_step_wait_seconds_bucket[$__rate_interval])))",
                    "{{task}}",
                ),
            ),
            unit="s",
        ),
        Panel(
            "Steps that did not succeed",
            "Share of the steps of each task that were put off or given up; at 5 % an alert says so.",
            (
                (
                    '(sum by (task) (rate(bellwether_step_seconds_count{result=~"later|dead"}[$__rate_interval])) '
                    "or 0 * sum by (task) (rate(bellwether_step_seconds_count[$__rate_interval]))) "
                    "/ sum by (task) (rate(bellwether_step_seconds_count[$__rate_interval]))",
                    "{{task}}",
                ),
            ),
            unit="percentunit",
            line=0.05,
        ),
        Panel(
            "Starts of steps",
            "Steps begun a second: first, again after a start that never ended, redelivered by the queue.",
            (("sum by (kind) (rate(bellwether_step_starts_total[$__rate_interval]))", "{{kind}}"),),
            unit="ops",
        ),
        Panel(
            "Rung again",
            "Doorbells the reconciler rang again: messages that were lost, or work that waits.",
            (
                (
                    "(sum by (service) (rate(bellwether_reconciler_rings_total[$__rate_interval]))) "
                    "or 0 * max by (service) (bellwether_work_undone)",
                    "{{service}}",
                ),
            ),
            unit="ops",
        ),
        Panel(
            "Given up",
            "Dead letters, by service: each waits for an operator's decision.",
            (("max by (service) (bellwether_dead_letters)", "{{service}}"),),
            line=1,
        ),
        Panel(
            "Last look for lost work",
            "Time since a worker of each service looked for work whose message was lost: beat, broker and worker live.",
            (("time() - max by (service) (bellwether_reconciled_timestamp_seconds)", "{{service}}"),),
            unit="s",
            line=60,
        ),
        Panel(
            "Messages in Redis",
            "Doorbells that wait in each queue, and those workers took and did not confirm.",
            (
                ("max by (queue) (bellwether_queue_messages)", "{{queue}}"),
                ("max(bellwether_broker_unacked)", "not confirmed"),
            ),
        ),
        Panel(
            "Beat",
            "Time since the beat sent something.",
            (("time() - max(bellwether_beat_timestamp_seconds)", "silent"),),
            unit="s",
            line=120,
        ),
    ),
    annotations=(alerts('team="operation"'),),
)
