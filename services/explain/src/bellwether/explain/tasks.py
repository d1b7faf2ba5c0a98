"""Worker entry: ``celery -A bellwether.explain.tasks worker -Q explain,explain.batches,explain.batches.backlog``."""

from collections.abc import Mapping

from bellwether.bus.port import Handler
from bellwether.bus.worker import Context, make_worker
from bellwether.explain.grounds import Grounds
from bellwether.explain.handlers import Explain
from bellwether.explain.hosts import Hosts
from bellwether.explain.of_batch import OfBatch
from bellwether.explain.of_row import OfRow
from bellwether.explain.registry import Registry
from bellwether.explain.standpoints import Standpoints


def make(context: Context) -> Explain:
    """Return the handlers over the stores and settings of a process."""
    settings = context.settings.explain
    home = context.settings.home.absolute()
    local = (*settings.model_folders, str(home / "mlflow"))
    registry = Registry(context.settings.mlflow_url, home / "models", local, settings)
    standpoints = Standpoints(registry, Hosts(settings), settings, context.settings.worker.threads or 1)
    grounds = Grounds(context.documents, context.objects, settings)
    stores = context.documents, context.objects
    return Explain(
        context.documents,
        OfBatch(*stores, grounds, standpoints, settings, context.now),
        OfRow(*stores, grounds, standpoints, context.now),
        context.now,
    )


def build(context: Context) -> Mapping[str, Handler]:
    """Return the handlers of this service by their full name."""
    explain = make(context)
    return {"explain.explain_batch": explain.explain_batch, "explain.explain_row": explain.explain_row}


app = make_worker("explain", build)
