"""Apache Parquet: the footer is judged first, then row groups are read batch by batch."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from bellwether.collector.decode.body import Body
from bellwether.collector.decode.formats.base import Format, Opened, columns_of
from bellwether.collector.decode.job import shown
from bellwether.collector.decode.sink import too_many_bytes, too_many_rows
from bellwether.errors import Fault, TooLarge, Unreadable

_CELLS = 2**22
_MOST_ROWS = 65_536


def open_parquet(body: Body) -> Opened:
    """Check what the footer declares, then offer the columns.

    The footer is a claim: dictionary pages make bytes it does not count, so the sink counts again.
    """
    file = body.file()
    try:
        found = pq.ParquetFile(file, page_checksum_verification=True)
    except (pa.ArrowInvalid, OSError) as error:
        raise Unreadable(
            "the body is no whole Parquet file",
            [
                Fault(
                    "/body",
                    f"{body.size:,} bytes: {shown(error, 200)}",
                    "one whole Parquet file",
                    "write the file to its end, then push all of it",
                )
            ],
        ) from error
    footer, bounds = found.metadata, body.bounds
    if footer.num_rows > bounds.rows:
        raise too_many_rows(f"{footer.num_rows:,} rows", bounds)
    if footer.num_columns > bounds.columns:
        fault = Fault(
            "/columns", f"{footer.num_columns:,} columns", f"{bounds.columns:,} columns", "leave out what is no feature"
        )
        raise TooLarge("the body holds too many columns", [fault])
    declared = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    if declared > bounds.decoded_bytes:
        raise too_many_bytes(f"{declared:,} bytes declared in the footer", bounds)

    def read(names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        # Text is read as codes: a page of codes is small, what it stands for may be anything.
        text = [field.name for field in found.schema_arrow if field.name in names and _is_text(field.type)]
        coded = pq.ParquetFile(
            file, metadata=footer, read_dictionary=text, page_checksum_verification=True, pre_buffer=False
        )
        rows = max(1_024, min(_MOST_ROWS, _CELLS // max(1, len(names))))
        yield from coded.iter_batches(rows, columns=list(names), use_threads=False)

    return Opened(columns_of(found.schema_arrow), _coded(found.schema_arrow), read)


def _coded(schema: pa.Schema) -> pa.Schema:
    """The schema as it comes out: text as dictionary codes."""
    codes = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([pa.field(f.name, codes if _is_text(f.type) else f.type) for f in schema])


def _is_text(kind: pa.DataType) -> bool:
    text: bool = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return text


PARQUET = Format("parquet", open_parquet)
