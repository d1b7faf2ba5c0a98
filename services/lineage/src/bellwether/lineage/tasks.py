"""Worker entry: ``celery -A bellwether.lineage.tasks worker -Q lineage,lineage.backlog``."""

from collections.abc import Mapping

from bellwether.bus.port import Handler
from bellwether.bus.worker import Context, make_worker
from bellwether.lineage.handlers import Lineage
from bellwether.storage.lineage import GraphWriter


def build(context: Context) -> Mapping[str, Handler]:
    """Return the handlers of this service by their full name."""
    lineage = Lineage(context.documents, GraphWriter(context.documents))
    return {"lineage.record": lineage.record}


app = make_worker("lineage", build)
