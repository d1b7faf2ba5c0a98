"""Rate, errors, duration and saturation of the gateway and of every step."""

from deploy.grafana.panels import Dashboard, Panel, Variable, alerts

_REQUESTS = "bellwether_request_seconds"
_P95 = "histogram_quantile(0.95, sum by (le, {by}) (rate({metric}_bucket{matchers}[$__rate_interval])))"

DASHBOARD = Dashboard(
    "services",
    "Bellwether: services",
    "Rate, errors, duration and saturation of the gateway and of every step, and what each process uses.",
    (
        Panel(
            "Requests",
            "Requests a second by status.",
            ((f"sum by (status) (rate({_REQUESTS}_count[$__rate_interval]))", "{{status}}"),),
            unit="reqps",
        ),
        Panel(
            "Errors of the gateway",
            "Share of requests answered with 5xx; at 1.44 % an alert pages.",
            (
                (
                    f'(sum(rate({_REQUESTS}_count{{status=~"5.."}}[$__rate_interval])) or vector(0)) '
                    f"/ sum(rate({_REQUESTS}_count[$__rate_interval]))",
                    "errors",
                ),
            ),
            unit="percentunit",
            line=0.0144,
        ),
        Panel(
            "Slow requests",
            "95th percentile of the time of a request, by route.",
            ((_P95.format(by="route", metric=_REQUESTS, matchers=""), "{{route}}"),),
            unit="s",
            line=0.5,
        ),
        Panel(
            "Requests being worked on",
            "Requests the gateways have begun and not answered: their saturation.",
            (("sum(bellwether_requests_running)", "running"),),
        ),
        Panel(
            "Steps",
            "Steps a second by service and result.",
            (
                (
                    'sum by (service, result) (rate(bellwether_step_seconds_count{service=~"$service"}'
                    "[$__rate_interval]))",
                    "{{service}} {{result}}",
                ),
            ),
            unit="ops",
        ),
        Panel(
            "Slow steps",
            "95th percentile of the time of a step, by task.",
            (
                (
                    _P95.format(by="task", metric="bellwether_step_seconds", matchers='{service=~"$service"}'),
                    "{{task}}",
                ),
            ),
            unit="s",
        ),
        Panel(
            "Processor",
            "Processor seconds a second of each process that is scraped; of workers, the parent without its children.",
            (
                (
                    'sum by (service, instance) (rate(process_cpu_seconds_total{service=~"$service|gateway|beat"}'
                    "[$__rate_interval]))",
                    "{{service}} {{instance}}",
                ),
            ),
            unit="percentunit",
        ),
        Panel(
            "Memory",
            "Resident memory of each process that is scraped.",
            (
                (
                    'max by (service, instance) (process_resident_memory_bytes{service=~"$service|gateway|beat"})',
                    "{{service}} {{instance}}",
                ),
            ),
            unit="bytes",
        ),
        Panel(
            "Restarts",
            "How often a process began anew within an hour.",
            (
                (
                    'sum by (service) (changes(process_start_time_seconds{service=~"$service|gateway|beat"}[1h]))',
                    "{{service}}",
                ),
            ),
            line=1,
        ),
        Panel(
            "Explanations",
            "Explanations a second, and those that say why there is none.",
            (
                ("sum by (kind) (rate(bellwether_explain_seconds_count[$__rate_interval]))", "{{kind}}"),
                ("sum by (kind) (rate(bellwether_explain_failures_total[$__rate_interval]))", "{{kind}}, none"),
            ),
            unit="ops",
        ),
        Panel(
            "Processes that hold models",
            "Bytes they use together, by worker.",
            (("max by (instance) (bellwether_explain_model_hosts_bytes)", "{{instance}}"),),
            unit="bytes",
        ),
        Panel(
            "Models opened",
            "Processes started to hold a model in an hour: first, or again after one died or was stopped.",
            (("sum by (kind) (increase(bellwether_explain_model_host_starts_total[1h]))", "{{kind}}"),),
        ),
    ),
    variables=(Variable("service", "Service", "bellwether_work_undone", "service", several=True),),
    annotations=(alerts('team="operation"'),),
)
