"""Tables as files: CSV that no spreadsheet takes for a formula, and Parquet."""

import csv
import io
from collections.abc import Sequence

from bellwether.gateway.reports.content import Cell, Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(table: Table) -> bytes:
    """Return UTF-8 with a header; a text a spreadsheet would run begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_guarded(name) for name in table.columns])
    writer.writerows([_guarded(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode()


def to_parquet(table: Table) -> bytes:
    """Return one row group; a column is of numbers when all it holds are numbers."""
    # Only here: it would double the memory of a gateway that is never asked for such a file.
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    columns = [_alike([row[place] for row in table.rows]) for place in range(len(table.columns))]
    kinds = [_kind(pa, column) for column in columns]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, names=list(table.columns)), sink, compression="zstd")
    return bytes(sink.getvalue())


def _guarded(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _alike(column: Sequence[Cell]) -> list[Cell]:
    """Return a column of one type: whole numbers become floats beside floats, anything else beside text is text."""
    kinds = {type(cell) for cell in column if cell is not None}
    if kinds <= {bool} or kinds <= {int}:
        return list(column)
    if kinds <= {int, float}:
        return [None if cell is None else float(cell) for cell in column]
    return [None if cell is None else str(cell) for cell in column]


def _kind(pa: object, column: Sequence[Cell]) -> object:
    kinds = {type(cell) for cell in column if cell is not None}
    named = {bool: "bool_", int: "int64", float: "float64"}
    return getattr(pa, named.get(next(iter(kinds), str), "string"))()
