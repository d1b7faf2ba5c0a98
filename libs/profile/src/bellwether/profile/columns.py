"""Arrow columns as blocks of numbers or as codes of levels: chunk by chunk, never concatenated."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bellwether.profile.kernels.port import ALL_VALID, Block, Floats

BLOCK = 65_536
"""Rows of one block: 512 KiB of float64, which stays in a core's own cache between two looks."""
SAFE_INTEGER = 2**53
_WIDE = 2**62


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column readable as numbers: its chunks, what to subtract from integers, and what was done to it."""

    chunks: tuple[pa.Array, ...]
    origin: int = 0
    integral: bool = False
    notes: tuple[str, ...] = ()

    def blocks(self) -> Iterator[Block]:
        """Yield the rows in blocks, widened to float64 where they are not, validity as Arrow has it."""
        for chunk in self.chunks:
            validity, data = chunk.buffers()
            bits = ALL_VALID
            if validity is not None and chunk.null_count:
                bits = np.frombuffer(validity, dtype=np.uint8)
            raw = np.frombuffer(data, dtype=_dtype(chunk.type))
            for start in range(chunk.offset, chunk.offset + len(chunk), BLOCK):
                stop = min(start + BLOCK, chunk.offset + len(chunk))
                yield Block(_floats(raw[start:stop], self.origin), bits, start)


def numbers(column: pa.ChunkedArray, origin: int | None = None) -> Numbers | None:
    """Return a column as numbers, or None when it is of no numeric kind.

    ``origin`` None asks for one: the smallest integer, where some integer is too large for float64.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    notes: tuple[str, ...] = ()
    if pa.types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif pa.types.is_decimal(kind):
        column, notes = column.cast(pa.float64(), safe=False), ("decimals read as float64",)
    elif pa.types.is_duration(kind) or pa.types.is_timestamp(kind) or pa.types.is_time64(kind):
        column = column.cast(pa.int64())
    elif pa.types.is_date(kind) or pa.types.is_time32(kind):
        column = column.cast(pa.int32() if kind.bit_width == 32 else pa.int64())
    elif pa.types.is_null(kind):
        column = column.cast(pa.float64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        return None
    chunks = tuple(chunk for chunk in column.chunks if len(chunk))
    integral = pa.types.is_integer(column.type)
    if origin is None:
        origin = _origin(chunks) if integral and column.type.bit_width == 64 else 0
    return Numbers(chunks, origin, integral, notes)


def _dtype(kind: pa.DataType) -> np.dtype[Any]:
    """The same number to numpy; Arrow's own answer to this needs pandas, which no worker but explain has."""
    letter = "f" if pa.types.is_floating(kind) else "u" if pa.types.is_unsigned_integer(kind) else "i"
    return np.dtype(f"{letter}{kind.bit_width // 8}")


def _origin(chunks: tuple[pa.Array, ...]) -> int:
    """Smallest integer, where some integer is beyond 2**53; else 0."""
    ends = [pc.min_max(chunk).as_py() for chunk in chunks if chunk.null_count < len(chunk)]
    if not ends:
        return 0
    low, high = min(end["min"] for end in ends), max(end["max"] for end in ends)
    return low if max(abs(low), abs(high)) > SAFE_INTEGER else 0


def _floats(values: NDArray[Any], origin: int) -> Floats:
    """Values as float64, shape (rows,); a view where they are."""
    if origin and values.dtype.kind in "iu":
        return _shifted(values, origin)
    return np.ascontiguousarray(values, dtype=np.float64)


def _shifted(values: NDArray[np.integer], origin: int) -> Floats:
    """Integers minus ``origin`` as float64, exact wherever the difference fits 2**53."""
    info = np.iinfo(values.dtype)
    low, high = max(info.min, origin - _WIDE), min(info.max, origin + _WIDE)
    near = (values >= low) & (values <= high)
    bounded = np.clip(values, low, high)
    if low >= 0 and values.dtype.kind == "u":
        difference = np.where(
            bounded >= np.uint64(max(origin, 0)),
            (bounded - np.uint64(origin)).astype(np.float64),
            -(np.uint64(origin) - bounded).astype(np.float64),
        )
    else:
        difference = (bounded.astype(np.int64) - np.int64(origin)).astype(np.float64)
    return np.where(near, difference, values.astype(np.float64) - float(origin))


Codes = Iterator[tuple[NDArray[np.int32], list[str | None]]]


def codes(column: pa.ChunkedArray) -> Codes | None:
    """Return, chunk by chunk, dictionary codes (missing = number of levels) and the levels as text.

    None when the type has no levels, such as lists.
    """
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return None if pa.types.is_nested(kind) else _codes(column)


def _codes(column: pa.ChunkedArray) -> Codes:
    for chunk in column.chunks:
        if not len(chunk):
            continue
        encoded = chunk if pa.types.is_dictionary(chunk.type) else _text(chunk).dictionary_encode()
        levels = _text(encoded.dictionary)
        indices = encoded.indices.cast(pa.int32())
        size = len(levels)
        if indices.null_count:
            indices = indices.fill_null(size)
        yield indices.to_numpy(zero_copy_only=True), levels.to_pylist()


def _text(array: pa.Array) -> pa.Array:
    """The same values as strings; 1, 1.0 and "1" are one level."""
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        return array
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if pa.types.is_floating(array.type):
        array = pc.if_else(pc.is_nan(array), None, array)
    if pa.types.is_binary(array.type) or pa.types.is_large_binary(array.type):
        return pa.array([None if v is None else v.decode("utf-8", "replace") for v in array.to_pylist()], pa.string())
    return array.cast(pa.string())
