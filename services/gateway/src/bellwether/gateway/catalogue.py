"""What this server has: drift methods, performance metrics, key figures, rules of alerts, statuses, formats."""

from bellwether.contracts import ENCODINGS, INDEX_LINES, ROW_FORMATS, RULES, Contract, KpiInfo, Lines, RuleInfo, Status
from bellwether.contracts.catalogue import METHODS, METRICS
from bellwether.contracts.methods import Method, MetricInfo
from bellwether.kpi import INFOS


class StatusWord(Contract):
    """One status and what it asks for."""

    status: Status
    title: str
    meaning: str


class Catalogue(Contract):
    """What ``GET /catalogue`` answers; ``index``: the usual lines of the drift index, of 100."""

    methods: tuple[Method, ...]
    index: Lines
    metrics: tuple[MetricInfo, ...]
    kpis: tuple[KpiInfo, ...]
    rules: tuple[RuleInfo, ...]
    statuses: tuple[StatusWord, ...]
    media_types: tuple[str, ...]
    encodings: tuple[str, ...]


CATALOGUE = Catalogue(
    methods=METHODS,
    index=INDEX_LINES,
    metrics=METRICS,
    kpis=INFOS,
    rules=RULES,
    statuses=(
        StatusWord(status="act", title="Act", meaning="past its line: look into it now"),
        StatusWord(status="watch", title="Watch", meaning="changed, not past its line: keep an eye on it"),
        StatusWord(status="fine", title="Fine", meaning="no change that luck does not explain"),
        StatusWord(status="unknown", title="Unknown", meaning="too little to say: too few rows, or none"),
    ),
    media_types=tuple(ROW_FORMATS),
    encodings=ENCODINGS,
)
