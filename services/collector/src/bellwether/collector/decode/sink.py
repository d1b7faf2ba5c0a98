"""Where decoded rows go: an Arrow stream in a file, every batch checked against the bounds before it is written."""

import io
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc

from bellwether.collector.decode.job import Bounds, at, shown
from bellwether.errors import Fault, TooLarge, Unreadable


def plain_type(kind: pa.DataType) -> pa.DataType | None:
    """Return the type a column of ``kind`` is written as; None for types no column of a model has.

    Text stays dictionary-encoded where it is: expanded, a few bytes can become gigabytes.
    """
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        value = plain_type(kind.value_type)
        return pa.dictionary(pa.int32(), pa.string()) if value == pa.string() else value
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_float16(kind):
        return pa.float32()
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return pa.timestamp(kind.unit, "UTC")  # a zone is a name anybody may make up, and none of the value
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    time = pa.types.is_timestamp(kind) or pa.types.is_date(kind)
    if number or time or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return kind
    return None


def plain(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return the array as its plain type."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_run_end_encoded(array.type):
        array = pc.run_end_decode(array)
    if pa.types.is_dictionary(array.type) and (not pa.types.is_dictionary(kind) or array.dictionary.null_count):
        array = array.dictionary_decode()
    if pa.types.is_dictionary(kind) and not pa.types.is_dictionary(array.type):
        array = array.cast(pa.string()).dictionary_encode()
    return array if array.type == kind else array.cast(kind)


class Sink:
    """Writes batches of one schema; counts rows and bytes as they would be with every value written out."""

    def __init__(self, file: io.RawIOBase, schema: pa.Schema, bounds: Bounds) -> None:
        self._file, self._schema, self._bounds = file, schema, bounds
        self._writer = pa.ipc.new_stream(pa.PythonFile(file, mode="w"), schema)
        self.rows = 0
        self._bytes = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Check and write some rows."""
        if self.rows + batch.num_rows > self._bounds.rows:
            raise too_many_rows(f"more than {self._bounds.rows:,} rows", self._bounds)
        arrays = []
        for field in self._schema:
            array = plain(batch.column(field.name), field.type)
            array.validate(full=True)  # offsets, codes and text of a stranger
            self._bytes += self._size(field.name, array)
            arrays.append(array)
        if self._bytes > self._bounds.decoded_bytes:
            raise too_many_bytes(f"more than {self._bytes:,} bytes", self._bounds)
        if arrays:
            self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self.rows += batch.num_rows

    def close(self) -> None:
        """Finish the stream."""
        self._writer.close()

    def __enter__(self) -> "Sink":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()

    def _size(self, name: str, array: pa.Array) -> int:
        """Bytes of one array written out; raises ``TooLarge`` for a cell beyond the limit."""
        kind = array.type
        if pa.types.is_dictionary(kind):
            lengths = pc.binary_length(array.dictionary).take(array.indices)
        elif pa.types.is_string(kind):
            lengths = pc.binary_length(array)
        else:
            return len(array) * max(1, kind.bit_width // 8) if not pa.types.is_null(kind) else 0
        longest = pc.max(lengths).as_py() or 0
        if longest > self._bounds.cell_bytes:
            row = pc.index(lengths, pa.scalar(longest, lengths.type)).as_py()
            start = array[row].as_py()[:80]
            raise TooLarge(
                f"a cell of column {shown(name)!r} is too long",
                [
                    Fault(
                        at("rows", self.rows + row, name),
                        f"{longest:,} bytes, beginning {shown(start, 40)!r}",
                        f"{self._bounds.cell_bytes:,} bytes a cell",
                        "shorten the text, or leave the column out",
                    )
                ],
            )
        return int(pc.sum(lengths).as_py() or 0) + 4 * len(array)


def too_many_rows(value: str, bounds: Bounds) -> TooLarge:
    """Return the error of a body with too many rows."""
    fault = Fault("/rows", value, f"{bounds.rows:,} rows", "split the rows into several batches")
    return TooLarge("the body holds too many rows", [fault])


def too_many_bytes(value: str, bounds: Bounds) -> TooLarge:
    """Return the error of a body that is too large once decoded."""
    fault = Fault("/body", value, f"{bounds.decoded_bytes:,} bytes decoded", "split the rows into several batches")
    return TooLarge("the body is too large once decoded", [fault])


def check_columns(names: list[str], bounds: Bounds) -> None:
    """Refuse too many columns, names beyond the limit and names that stand twice, all at once."""
    if len(names) > bounds.columns:
        fault = Fault(
            "/columns", f"{len(names):,} columns", f"{bounds.columns:,} columns", "leave out what is no feature"
        )
        raise TooLarge("the body holds too many columns", [fault])
    faults = []
    seen: set[str] = set()
    for position, name in enumerate(names):
        try:
            size = len(name.encode())
        except UnicodeEncodeError:
            faults.append(
                Fault(
                    at("columns", position),
                    "a name that is no UTF-8 text",
                    "UTF-8",
                    "rename the column, or write the body in UTF-8",
                )
            )
            continue
        if size > bounds.name_bytes:
            faults.append(
                Fault(
                    at("columns", position),
                    f"name of {size:,} bytes, beginning {shown(name, 40)!r}",
                    f"{bounds.name_bytes} bytes a name",
                    "shorten the name",
                )
            )
        elif name in seen:
            faults.append(
                Fault(at("columns", name), "stands twice", "each name once", "rename or drop one of the columns")
            )
        seen.add(name)
    if faults:
        raise Unreadable("the columns cannot be told apart", faults)
