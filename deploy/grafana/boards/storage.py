"""The document store and Redis."""

from deploy.grafana.panels import Dashboard, Panel, alerts

_WRITES = 'operation=~"put|put_many|commit"'

DASHBOARD = Dashboard(
    "storage",
    "Bellwether: storage",
    "The document store and Redis: what they cost, how fast they are, what they refuse, how much room is left.",
    (
        Panel(
            "Request units",
            "Request units Cosmos DB charges a second, by container; none with SQLite.",
            (
                (
                    "sum by (container) (rate(bellwether_store_request_units_total[$__rate_interval]))",
                    "{{container}}",
                ),
            ),
            unit="ops",
        ),
        Panel(
            "Throttled",
            "Answers 429 of Cosmos DB over all operations; at 1 % an alert says so.",
            (
                (
                    "(sum(rate(bellwether_store_throttled_total[$__rate_interval])) or vector(0)) "
                    "/ sum(rate(bellwether_store_seconds_count[$__rate_interval]))",
                    "throttled",
                ),
            ),
            unit="percentunit",
            line=0.01,
        ),
        Panel(
            "Operations",
            "Operations a second by kind.",
            (("sum by (operation) (rate(bellwether_store_seconds_count[$__rate_interval]))", "{{operation}}"),),
            unit="ops",
        ),
        Panel(
            "Slow operations",
            "95th percentile of the time of an operation, by kind.",
            (
                (
                    "histogram_quantile(0.95, sum by (le, operation) "
                    "(rate(bellwether_store_seconds_bucket[$__rate_interval])))",
                    "{{operation}}",
                ),
            ),
            unit="s",
        ),
        Panel(
            "Operations that failed",
            "By class of the error; a conflict or a stale ETag is daily business, Unavailable is not.",
            (
                (
                    "sum by (error) (rate(bellwether_store_errors_total[$__rate_interval])) or vector(0)",
                    "{{error}}",
                ),
            ),
            unit="ops",
        ),
        Panel(
            "Writes",
            "Writes a second by container: how fast documents grow.",
            (
                (
                    f"sum by (container) (rate(bellwether_store_seconds_count{{{_WRITES}}}[$__rate_interval]))",
                    "{{container}}",
                ),
            ),
            unit="ops",
        ),
        Panel(
            "Files of the store",
            "Bytes of the files of SQLite; with Cosmos DB its account tells.",
            (("max(bellwether_store_bytes)", "bytes"),),
            unit="bytes",
        ),
        Panel(
            "Redis answers",
            "Whether Redis answers the gateway: 1, else 0.",
            (("max(bellwether_broker_up)", "up"),),
            kind="state-timeline",
        ),
        Panel(
            "Memory of Redis",
            "Bytes Redis uses, and may use; 0: no limit.",
            (
                ("max(bellwether_broker_memory_bytes)", "used"),
                ("max(bellwether_broker_memory_limit_bytes)", "limit"),
            ),
            unit="bytes",
        ),
        Panel(
            "Keys Redis dropped",
            "Keys dropped for want of memory; must stay 0, or messages are lost.",
            (("max(bellwether_broker_evicted_keys)", "dropped"),),
            line=1,
        ),
    ),
    annotations=(alerts('team="operation"'),),
)
