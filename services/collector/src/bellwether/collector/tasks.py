"""Worker entry: ``celery -A bellwether.collector.tasks worker -Q collector``."""

from collections.abc import Mapping

from bellwether.bus.port import Handler
from bellwether.bus.worker import Context, make_worker
from bellwether.collector.decode.decoder import Decoder
from bellwether.collector.decode.job import Bounds
from bellwether.collector.handlers import Collector
from bellwether.collector.objects import Profiles
from bellwether.profile.kernels import load
from bellwether.settings import Limits


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
    return {
        "collector.accept_batch": collector.accept_batch,
        "collector.accept_labels": collector.accept_labels,
        "collector.accept_reference": collector.accept_reference,
    }


def warm() -> None:
    """Compile or load the kernels before the worker forks, so that no child does."""
    load()


app = make_worker("collector", build, warm=warm)
