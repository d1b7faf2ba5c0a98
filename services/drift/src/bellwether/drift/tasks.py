"""Worker entry: ``celery -A bellwether.drift.tasks worker -Q drift,drift.backlog``."""

from collections.abc import Iterator, Mapping

from bellwether.bus.port import Handler
from bellwether.bus.worker import Context, make_worker
from bellwether.contracts import AnyEvent
from bellwether.drift.handlers import Drift
from bellwether.drift.joints import Joints
from bellwether.drift.notifying import Notifying
from bellwether.drift.reanalysis import Reanalysis
from bellwether.drift.references import References
from bellwether.drift.scoring import Scoring
from bellwether.drift.watching import Watching


def build(context: Context) -> Mapping[str, Handler]:
    """Return the handlers of this service by their full name."""
    references = References(context.objects)
    joints = Joints(context.objects)
    drift = Drift(context.documents, context.objects, references, joints, context.now)
    again = Reanalysis(context.documents, context.objects, references, joints, context.now)
    scoring = Scoring(context.documents, context.objects, context.now)
    watching = Watching(context.documents, context.now)
    notifying = Notifying(context.documents, context.settings.notify, context.now)
    return {
        "drift.alert": watching.alert,
        "drift.notify": notifying.notify,
        "drift.deliver": notifying.deliver,
        "drift.analyse_batch": drift.analyse_batch,
        "drift.assess": drift.assess,
        "drift.weigh": drift.weigh,
        "drift.reanalyse": again.reanalyse,
        "drift.estimate_performance": scoring.estimate_performance,
        "drift.score_labels": scoring.score_labels,
    }


def due(context: Context) -> Iterator[AnyEvent]:
    """Yield looks at models whose time has come, and digests."""
    yield from Watching(context.documents, context.now).due()
    yield from Notifying(context.documents, context.settings.notify, context.now).due()


app = make_worker("drift", build, due=due)
