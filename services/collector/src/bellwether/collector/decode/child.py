"""What a child does: one body in, checked rows out. Runs in a process that may be killed at any moment."""

import io

import pyarrow as pa

from bellwether.collector.decode.body import Body
from bellwether.collector.decode.formats import FORMATS
from bellwether.collector.decode.job import Answer, Job, shown
from bellwether.collector.decode.sink import Sink, check_columns, plain_type
from bellwether.errors import BellwetherError, Fault, Unreadable

_READERS = {format.slug: format for format in FORMATS}


def decode(job: Job, body: int, out: io.RawIOBase) -> Answer:
    """Decode the body behind a descriptor into ``out``; what is wrong with it is an answer too.

    Raises ``MemoryError`` when the memory of this process does not suffice.
    """
    try:
        return _decode(job, body, out)
    except BellwetherError as error:
        return Answer.refused(error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a process edge: whatever a body does to its reader is its own fault
        fault = Fault(
            "/body",
            shown(f"{type(error).__name__}: {error}", 300),
            f"a readable {job.format} body",
            "write it anew with a current library and push all of it",
        )
        return Answer.refused(Unreadable(f"the body cannot be read as {job.format}", [fault]))


def _decode(job: Job, body: int, out: io.RawIOBase) -> Answer:
    reader = _READERS[job.format]
    table = reader.open(Body(body, job.encoding, job.bounds))
    check_columns([column.name for column in table.columns], job.bounds)
    wanted = None if job.columns is None else frozenset(job.columns)
    fields = [
        pa.field(field.name, kind)
        for field in table.schema
        if (wanted is None or field.name in wanted) and (kind := plain_type(field.type)) is not None
    ]
    with Sink(out, pa.schema(fields), job.bounds) as sink:
        for batch in table.read([field.name for field in fields]):
            sink.write(batch)
    return Answer(sink.rows, table.columns, reader.untyped)
