"""Worker entry: ``celery -A bellwether.explain.tasks worker -Q explain``."""

from collections.abc import Mapping

from bellwether.bus.port import Handler
from bellwether.bus.worker import Context, make_worker
from bellwether.explain.handlers import Explain


def build(context: Context) -> Mapping[str, Handler]:
    """Return the handlers of this service by their full name."""
    explain = Explain(context.documents, context.objects, context.now)
    return {"explain.explain_batch": explain.explain_batch}


app = make_worker("explain", build)
