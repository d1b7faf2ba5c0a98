"""Worker entry: ``celery -A bellwether.drift.tasks worker -Q drift``."""

from collections.abc import Mapping

from bellwether.bus.port import Handler
from bellwether.bus.worker import Context, make_worker
from bellwether.drift.handlers import Drift
from bellwether.drift.reanalysis import Reanalysis
from bellwether.drift.references import References
from bellwether.drift.scoring import Scoring


def build(context: Context) -> Mapping[str, Handler]:
    """Return the handlers of this service by their full name."""
    references = References(context.objects)
    drift = Drift(context.documents, context.objects, references, context.now)
    again = Reanalysis(context.documents, context.objects, references, context.now)
    scoring = Scoring(context.documents, context.objects, context.now)
    return {
        "drift.analyse_batch": drift.analyse_batch,
        "drift.assess": drift.assess,
        "drift.weigh": drift.weigh,
        "drift.reanalyse": again.reanalyse,
        "drift.estimate_performance": scoring.estimate_performance,
        "drift.score_labels": scoring.score_labels,
    }


app = make_worker("drift", build)
