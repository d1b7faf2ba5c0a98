"""Every container: its partition key, the fields filters may use cheaply, and who writes it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Collection:
    """A container: its name and the scalar fields that may be filtered on cheaply."""

    name: str
    indexed: tuple[str, ...] = ()


MODELS = Collection("models", ("type", "owner", "state"))
"""pk = model: ``model``, ``version~<n>``, ``reference``, ``reference~<digest>``."""
RUNS = Collection("runs", ("type", "version", "state"))
"""pk = ``model|yyyy-mm``: batches and labels; pk = ``model|months``: the months there are."""
REPORTS = Collection("reports", ("type", "version", "status"))
"""pk = ``model|yyyy-mm``: drift and performance reports, their points and bins."""
EXPLAIN = Collection("explain", ("type", "version"))
"""pk = ``model|yyyy-mm``: global importance; local explanations in chunks."""
LINEAGE = Collection("lineage", ("type", "kind", "job", "start", "last"))
"""pk = graph, a model or ``@<source>``: nodes, edges, pointers; pk ``i~<hash>``: the graphs that hold a node."""
SOURCES = Collection("sources", ("type", "status", "pipeline", "experiment_id", "name"))
"""pk = ``<source>|yyyy-mm``: pipeline runs, training runs, registered versions, OpenLineage events as observed."""
ALERTS = Collection("alerts", ("type", "state", "model", "due"))
"""pk = model: incidents; pk = ``deliveries|<channel>``: what was sent; pk = ``due``: when a model wants a look."""
VIEWS = Collection("views", ("status", "name", "model", "state"))
"""pk = view name: one small derived document per model, or per incident; pk = ``kpis|<model>``: one a day."""
OPS = Collection("ops", ("type", "model"))
"""pk = subject: API keys, pushes already seen, cursors, audit records, what people decide about alerts."""
WORK = Collection("work", ("state", "due"))
"""pk = ``<service>|<bucket>``: events a subscriber still has to handle; pk = ``dead``: those given up."""

COLLECTIONS = (ALERTS, EXPLAIN, LINEAGE, MODELS, OPS, REPORTS, RUNS, SOURCES, VIEWS, WORK)

OWNERS: Mapping[str, tuple[str, ...]] = {
    "alerts": ("drift",),
    "models": ("gateway", "collector"),
    "runs": ("gateway", "collector"),
    "reports": ("drift",),
    "explain": ("explain",),
    "lineage": ("lineage",),
    "sources": ("collector", "gateway"),
    "views": ("drift",),
    "ops": ("gateway", "collector"),
    "work": ("gateway", "collector", "drift", "explain", "lineage"),
}
"""Container to the services that may write it; in Azure the same table becomes role assignments."""
