"""What a model's process answers: each operation of ``Asked``, called by name. Runs behind the sandbox."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bellwether.explain.flavours import FLAVOURS
from bellwether.explain.flavours.subject import subject_of
from bellwether.explain.host import packing
from bellwether.explain.host.local import Local
from bellwether.explain.host.wire import Head
from bellwether.explain.trees.ensemble import Unsupported

Answer = tuple[Head, list[bytes]]


class Serving:
    """A loaded model; ``describe`` has to be asked first."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        flavour = next(f for f in FLAVOURS if f.slug == options["flavour"])
        made = flavour.load(Path(options["path"]), options["loader"], options["section"])
        self._subject = subject_of(made, options["signature"], options["columns"])
        self._libraries = flavour.libraries
        self._model: Local | None = None
        self._last: tuple[bytes, pa.Table] = (b"", None)

    def answer(self, head: Head, parts: list[memoryview]) -> Answer:
        """Return the answer to one frame; failures of the model are answers too."""
        try:
            arrays, more = self._ask(head, parts)
        except Unsupported as error:
            return {"error": "unsupported", "message": str(error)[:2000]}, []
        except Exception as error:  # noqa: BLE001 - whatever foreign code raises
            return {"error": "failed", "message": f"{type(error).__name__}: {error}"[:2000]}, []
        described, made = packing.pack(arrays)
        return {**more, "arrays": described}, made

    def _ask(self, head: Head, parts: list[memoryview]) -> tuple[dict[str, NDArray[Any]], Head]:
        tables = [self._table(part) for part in parts[: head["tables"]]]
        if head["op"] == "describe":
            self._model = Local(self._subject, tables[0], self._libraries)
            return {}, {"about": asdict(self._model.about)}
        if self._model is None:
            raise ValueError("describe comes first")
        arrays = packing.unpack(head["arrays"], parts[head["tables"] :])
        return _OPERATIONS[head["op"]](self._model, head["output"], tables, arrays), {}

    def _table(self, part: memoryview) -> pa.Table:
        """Read a table; the same object where it is the one before: what was made of it still holds."""
        raw = bytes(part)
        if raw != self._last[0]:
            self._last = raw, packing.table_of(memoryview(raw))
        return self._last[1]


Operation = Callable[[Local, int, list[pa.Table], Mapping[str, NDArray[Any]]], dict[str, NDArray[Any]]]


def _line(model: Local, output: int) -> dict[str, NDArray[Any]]:
    line = model.line(output)
    return {"coefficients": line.coefficients, "intercept": np.array([line.intercept])}


_OPERATIONS: dict[str, Operation] = {
    "raw": lambda m, k, t, a: {"values": m.raw(t[0])},
    "answers": lambda m, k, t, a: {"values": m.answers(t[0])},
    "encoded": lambda m, k, t, a: {"values": m.encoded(t[0])},
    "ensemble": lambda m, k, t, a: packing.ensemble_arrays(m.ensemble(k)),
    "line": lambda m, k, t, a: _line(m, k),
    "native": lambda m, k, t, a: {"values": m.native(t[0], k)},
    "borrowed": lambda m, k, t, a: {"values": m.borrowed(t[0], k)},
    "worths": lambda m, k, t, a: {"values": m.worths(t[0], t[1], a["coalitions"], k)},
}
