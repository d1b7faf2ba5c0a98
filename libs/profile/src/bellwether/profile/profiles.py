"""Profiles of whole tables: what a reference and a window are reduced to; pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from bellwether.contracts import Column
from bellwether.errors import Conflict
from bellwether.profile.categories import CategoricalReference
from bellwether.profile.codec import decode_reference, decode_window, encode_reference, encode_window
from bellwether.profile.derived import DerivedReference
from bellwether.profile.numeric import NumericReference
from bellwether.profile.parts import ReferencePart, Unusable, WindowPart, add_parts


@dataclass(frozen=True)
class ReferenceProfile:
    """What batches are compared with: one part per profiled column, in the order of ``columns``."""

    columns: tuple[Column, ...]
    rows: int
    parts: Mapping[str, ReferencePart] = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, hexadecimal; windows made with another reference do not fit."""
        seen = hashlib.sha256(f"bellwether-reference-1|{self.rows}".encode())
        for column in self.columns:
            seen.update(f"|{column.model_dump_json()}".encode())
            for piece in _pieces(self.parts.get(column.name)):
                seen.update(piece)
        return seen.hexdigest()

    def to_bytes(self, *, values: bool = True) -> bytes:
        """Write the profile; without ``values`` its windows get bounds instead of exact distances."""
        return encode_reference(self.columns, self.rows, self.parts, values=values)

    @classmethod
    def from_bytes(cls, data: bytes, *, values: bool = True) -> "ReferenceProfile":
        """Read a profile, or its bins alone; raises ``Unreadable`` when the bytes are none."""
        return cls(*decode_reference(data, values=values))

    @classmethod
    def open(cls, path: Path, *, values: bool = True) -> "ReferenceProfile":
        """Read a profile from a file, its values memory-mapped: pages nobody looks at are never loaded."""
        with pa.memory_map(str(path)) as source:
            return cls(*decode_reference(source.read_buffer(), values=values))


@dataclass(frozen=True)
class WindowProfile:
    """One or more windows on a reference: parts by column, rows, and columns the reference does not know."""

    reference: str
    rows: int
    parts: Mapping[str, WindowPart] = field(repr=False)
    new_columns: tuple[str, ...] = ()

    def __add__(self, other: "WindowProfile") -> "WindowProfile":
        """Return the profile of both windows; ``Conflict`` when their references differ."""
        if self.reference != other.reference:
            raise Conflict(f"profiles of references {self.reference[:12]} and {other.reference[:12]} cannot be added")
        parts = {name: add_parts(self.parts[name], other.parts[name]) for name in self.parts}
        new = tuple(dict.fromkeys((*self.new_columns, *other.new_columns)))
        return WindowProfile(self.reference, self.rows + other.rows, parts, new)

    def to_bytes(self) -> bytes:
        """Write the profile."""
        return encode_window(self.reference, self.rows, self.parts, self.new_columns)

    @classmethod
    def from_bytes(cls, data: bytes) -> "WindowProfile":
        """Read a profile; raises ``Unreadable`` when the bytes are none."""
        return cls(*decode_window(data))


def _pieces(part: ReferencePart | None) -> list[bytes]:
    """What of a part names it, as bytes in a fixed order."""
    match part:
        case NumericReference():
            arrays = (part.edges, part.counts, part.tied, part.sums, part.cuts)
            scalars = (part.missing, part.above, part.below, part.mean, part.m2, part.origin, part.integral)
            return [b"numeric", repr(scalars).encode(), *(np.ascontiguousarray(a).tobytes() for a in arrays)]
        case CategoricalReference():
            levels = "\x1f".join(part.levels).encode("utf-8", "surrogatepass")
            counts = np.ascontiguousarray(part.counts).tobytes()
            return [b"categorical", repr((part.missing, part.beyond, part.distinct)).encode(), levels, counts]
        case DerivedReference():
            about = [
                b"derived",
                repr((part.missing, part.rows, part.span, part.of_text)).encode(),
                part.words.tobytes(),
            ]
            return [*about, *(piece for name, one in part.parts.items() for piece in (name.encode(), *_pieces(one)))]
        case Unusable():
            return [b"unusable", part.reason.encode()]
        case None:
            return []
