"""Universal Binary JSON, as XGBoost writes it: numbers and arrays with types, lengths ahead. Pure.

Source: Universal Binary JSON specification, draft 12.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

_NUMBERS = {"i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8", "d": ">f4", "D": ">f8"}
_CONSTANTS = {"Z": None, "T": True, "F": False}
_MAX_DEPTH = 100


def loads(raw: bytes) -> Any:
    """Return the document: dict, list, numpy array (typed arrays), str, int, float, bool or None.

    Raises
    ------
    ValueError
        The bytes end early, hold an unknown marker, or nest deeper than 100 levels.
    """
    reader = _Reader(memoryview(raw))
    return reader.value(reader.marker(), 0)


@dataclass(slots=True)
class _Reader:
    raw: memoryview
    at: int = 0

    def take(self, size: int) -> memoryview:
        if size < 0 or self.at + size > len(self.raw):
            raise ValueError(f"{size} bytes are wanted at {self.at}, the document has {len(self.raw)}")
        piece = self.raw[self.at : self.at + size]
        self.at += size
        return piece

    def marker(self) -> str:
        marker = chr(self.take(1)[0])
        return self.marker() if marker == "N" else marker

    def number(self, marker: str) -> Any:
        kind = np.dtype(_NUMBERS[marker])
        return np.frombuffer(self.take(kind.itemsize), kind)[0].item()

    def length(self) -> int:
        marker = self.marker()
        if marker not in "iUIlL":
            raise ValueError(f"marker {marker!r} at {self.at} is no length")
        return int(self.number(marker))

    def text(self) -> str:
        return bytes(self.take(self.length())).decode()

    def value(self, marker: str, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise ValueError(f"nested deeper than {_MAX_DEPTH} levels")
        if marker in _CONSTANTS:
            return _CONSTANTS[marker]
        if marker in _NUMBERS:
            return self.number(marker)
        match marker:
            case "S" | "H":
                return self.text()
            case "C":
                return chr(self.take(1)[0])
            case "[":
                return self.array(depth + 1)
            case "{":
                return self.object(depth + 1)
        raise ValueError(f"unknown marker {marker!r} at {self.at}")

    def array(self, depth: int) -> Any:
        marker = self.marker()
        kind = None
        if marker == "$":
            kind, marker = self.marker(), self.marker()
        if marker == "#":
            n = self.length()
            if kind is None:
                return [self.value(self.marker(), depth) for _ in range(n)]
            if kind in _NUMBERS:
                return np.frombuffer(self.take(n * np.dtype(_NUMBERS[kind]).itemsize), _NUMBERS[kind])
            return [self.value(kind, depth) for _ in range(n)]
        found = []
        while marker != "]":
            found.append(self.value(marker, depth))
            marker = self.marker()
        return found

    def object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while chr(self.take(1)[0]) != "}":
            self.at -= 1
            name = self.text()
            found[name] = self.value(self.marker(), depth)
        return found
