"""Arrow IPC: the stream format, and the file format where its magic bytes say so."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from bellwether.collector.decode.body import Body
from bellwether.collector.decode.formats.base import Format, Opened, columns_of
from bellwether.collector.decode.job import shown
from bellwether.errors import Fault, Unreadable

_FILE_MAGIC = b"ARROW1"


def open_arrow(body: Body) -> Opened:
    """Read the schema message, then offer record batches as they come."""
    try:
        return _open(body)
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(body, error) from error


def _open(body: Body) -> Opened:
    file = body.file()
    magic = file.read(len(_FILE_MAGIC))
    file.seek(0)
    options = pa.ipc.IpcReadOptions(use_threads=False)
    if magic == _FILE_MAGIC:
        whole = pa.ipc.open_file(file, options=options)
        batches = (whole.get_batch(i) for i in range(whole.num_record_batches))
        return _offer(body, whole.schema, batches)
    stream = pa.ipc.open_stream(file, options=options)
    return _offer(body, stream.schema, iter(stream))


def _offer(body: Body, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Opened:
    def read(names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        try:
            for batch in batches:
                some = batch.select(list(names))
                some.validate(full=True)  # before anything is computed from a stranger's offsets and codes
                yield some
        except (pa.ArrowInvalid, OSError) as error:
            raise _broken(body, error) from error

    return Opened(columns_of(schema), schema, read)


def _broken(body: Body, error: Exception) -> Unreadable:
    return Unreadable(
        "the body is no whole Arrow stream",
        [
            Fault(
                "/body",
                f"{body.size:,} bytes: {shown(error, 200)}",
                "one whole Arrow IPC stream",
                "close the stream writer, then push all of it",
            )
        ],
    )


ARROW = Format("arrow", open_arrow)
