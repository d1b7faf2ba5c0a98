"""Worker entry: ``celery -A bellwether.collector.tasks worker -Q collector,collector.backlog``."""

import time
from collections.abc import Iterable, Mapping

from bellwether.bus.port import Handler
from bellwether.bus.worker import Context, make_worker
from bellwether.collector.decode.decoder import Decoder
from bellwether.collector.decode.job import Bounds
from bellwether.collector.handlers import Collector
from bellwether.collector.objects import Profiles
from bellwether.collector.onboarding import Onboarding
from bellwether.collector.polling import Watch
from bellwether.collector.sources import Needs
from bellwether.contracts import AnyEvent
from bellwether.profile.kernels import load
from bellwether.settings import Limits, secret


def bounds(limits: Limits) -> Bounds:
    """Return what of the limits decoding needs."""
    return Bounds(
        rows=limits.rows,
        columns=limits.columns,
        cell_bytes=limits.cell_bytes,
        name_bytes=limits.name_bytes,
        json_depth=limits.json_depth,
        decoded_bytes=limits.decoded_bytes,
        encoding_ratio=limits.encoding_ratio,
        memory_bytes=limits.decode_memory_bytes,
        seconds=limits.decode_seconds,
    )


def build(context: Context) -> Mapping[str, Handler]:
    """Return the handlers of this service by their full name."""
    collector = Collector(
        context.documents,
        context.objects,
        Decoder(bounds(context.settings.limits)),
        Profiles(context.objects),
        context.now,
        context.settings.worker.threads or 1,
    )
    watch = watching(context)
    onboarding = Onboarding(context.documents, context.objects, collector.decoder, watch.port, context.now)
    return {
        "collector.look": watch.look,
        "collector.advance": watch.advance,
        "collector.preview": onboarding.preview,
        "collector.accept_batch": collector.accept_batch,
        "collector.accept_labels": collector.accept_labels,
        "collector.accept_reference": collector.accept_reference,
    }


def watching(context: Context) -> Watch:
    """Return what looks at sources."""
    limits = context.settings.sources
    needs = Needs(secret, time.sleep, time.monotonic, limits.timeout_seconds, limits.artifact_bytes)
    return Watch(context.documents, context.objects, needs, context.now, limits.step_seconds)


def due(context: Context) -> Iterable[AnyEvent]:
    """Return the sources it is time to look at."""
    return watching(context).due()


def warm() -> None:
    """Compile or load the kernels before the worker forks, so that no child does."""
    load()


app = make_worker("collector", build, warm=warm, due=due)
