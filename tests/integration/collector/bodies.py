"""Tables as bodies."""

import io
import json

import pyarrow as pa
import pyarrow.csv as pv
import pyarrow.parquet as pq


def parquet(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def arrow(table: pa.Table, compression: str | None = None) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return out.getvalue()


def csv(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pv.write_csv(table, out)
    return out.getvalue()


def rows(table: pa.Table) -> bytes:
    return json.dumps(table.to_pylist(), default=str).encode()


def ndjson(table: pa.Table) -> bytes:
    return "\n".join(json.dumps(row, default=str) for row in table.to_pylist()).encode()


WRITERS = {"parquet": parquet, "arrow": arrow, "csv": csv, "json": rows, "ndjson": ndjson}
