"""A model in its own process, asked like one in this: ``Asked`` over frames, every answer checked."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bellwether.explain.asked import About, ModelFailed
from bellwether.explain.flavours.base import Line, Space
from bellwether.explain.host import packing
from bellwether.explain.host.process import HostDied, ModelHost
from bellwether.explain.trees.ensemble import Ensemble, Floats

_MOST_COLUMNS = 100_000
_MOST_BYTES = 1 << 31


class Remote:
    """``Asked`` over a model's process. A process that dies is started again and asked once more.

    Parameters
    ----------
    sample
        Some rows, on which the model describes itself.
    seconds
        Deadline of one question.
    """

    def __init__(self, host: ModelHost, sample: pa.Table, seconds: float = 60.0) -> None:
        self._host, self._seconds = host, seconds
        self._sample = packing.table_bytes(sample)
        self._described_at = -1
        self.about = self._describe()

    @property
    def isolation(self) -> tuple[str, ...]:
        """What holds the process, as it said itself."""
        return self._host.isolation

    def cpu_seconds(self) -> float:
        """CPU time of the process so far."""
        return self._host.cpu_seconds()

    def raw(self, rows: pa.Table) -> Floats:
        """Return the model's own answers."""
        return self._matrix("raw", [rows], 0, (rows.num_rows, len(self.about.outputs)))

    def answers(self, rows: pa.Table) -> Floats:
        """Return what the model's user sees."""
        return self._matrix("answers", [rows], 0, (rows.num_rows, len(self.about.outputs)))

    def encoded(self, rows: pa.Table) -> Floats:
        """Return the columns as trees or lines see them."""
        width = None if self.about.groups is None else len(self.about.groups)
        return self._matrix("encoded", [rows], 0, (rows.num_rows, width))

    def ensemble(self, output: int) -> Ensemble:
        """Return the trees of one output; the kernels check that they are trees."""
        arrays = self._ask("ensemble", [], output)
        try:
            return packing.ensemble_of(arrays)
        except (KeyError, ValueError, TypeError) as error:
            raise ModelFailed(f"the model's process sent no trees: {error}") from error

    def line(self, output: int) -> Line:
        """Return the line of one output."""
        arrays = self._ask("line", [], output)
        try:
            coefficients, intercept = arrays["coefficients"], float(arrays["intercept"][0])
        except (KeyError, IndexError, TypeError) as error:
            raise ModelFailed(f"the model's process sent no line: {error}") from error
        if coefficients.ndim != 1 or not np.isfinite(coefficients).all() or not math.isfinite(intercept):
            raise ModelFailed("the model's line holds missing or infinite numbers")
        return Line(coefficients, intercept)

    def native(self, rows: pa.Table, output: int) -> Floats:
        """Return the library's own contributions."""
        return self._matrix("native", [rows], output, (rows.num_rows, None))

    def borrowed(self, rows: pa.Table, output: int) -> Floats:
        """Return the shap package's contributions."""
        return self._matrix("borrowed", [rows], output, (rows.num_rows, None))

    def worths(self, rows: pa.Table, background: pa.Table, coalitions: NDArray[np.bool_], output: int) -> Floats:
        """Return mean outputs with each coalition's columns from each row."""
        shape = (rows.num_rows, len(coalitions))
        return self._matrix("worths", [rows, background], output, shape, {"coalitions": coalitions})

    def _matrix(
        self,
        op: str,
        tables: Sequence[pa.Table],
        output: int,
        shape: tuple[int, int | None],
        arrays: dict[str, NDArray[Any]] | None = None,
    ) -> Floats:
        found = self._ask(op, tables, output, arrays).get("values")
        if found is None or found.dtype != np.float64 or found.ndim != 2 or found.shape[1] > _MOST_COLUMNS:
            raise ModelFailed(f"the model's process sent no numbers for {op!r}")
        if found.shape[0] != shape[0] or shape[1] not in (None, found.shape[1]):
            raise ModelFailed(f"the model gave {found.shape} numbers for {shape[0]} rows, {op!r}")
        return found

    def _ask(
        self, op: str, tables: Sequence[pa.Table], output: int, arrays: dict[str, NDArray[Any]] | None = None
    ) -> dict[str, NDArray[Any]]:
        described, raw = packing.pack(arrays or {})
        head = {"op": op, "output": output, "tables": len(tables), "arrays": described}
        parts = [*map(packing.table_bytes, tables), *raw]
        for last in (False, True):
            try:
                if self._described_at != self._host.starts or not self._host.is_running:
                    self._describe()
                answer, body = self._host.ask(head, parts, self._seconds, _MOST_BYTES)
            except HostDied:
                if last:
                    raise
                continue
            try:
                return packing.unpack(answer.get("arrays"), body)
            except (ValueError, TypeError) as error:
                raise ModelFailed(f"the model's process sent nonsense: {error}") from error
        raise AssertionError

    def _describe(self) -> About:
        head = {"op": "describe", "output": 0, "tables": 1, "arrays": []}
        answer, _ = self._host.ask(head, [self._sample], self._seconds, 0)
        self._described_at = self._host.starts
        return _about(answer.get("about"))


def _about(said: Any) -> About:
    """Check what a process says about its model."""
    try:
        players = tuple(str(name)[:200] for name in said["players"])
        outputs = tuple(str(name)[:200] for name in said["outputs"])
        groups = None if said["groups"] is None else tuple(int(g) for g in said["groups"])
        space, tolerance = said["space"], float(said["tolerance"])
        versions = tuple((str(a)[:100], str(b)[:100]) for a, b in said["versions"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFailed(f"the model's process did not describe it: {error}") from error
    spaces: dict[str, Space] = {"margin": "margin", "probability": "probability", "value": "value"}
    if space not in spaces or not 0 < tolerance <= 1e-3 or not players or not outputs:
        raise ModelFailed("the model's process described it by what cannot be")
    if len(players) > _MOST_COLUMNS or len(outputs) > 1_000:
        raise ModelFailed(f"{len(players)} columns and {len(outputs)} outputs are too many")
    if groups is not None and any(not 0 <= g < len(players) for g in groups):
        raise ModelFailed("the model's process names a column that does not exist")
    return About(
        kind=str(said["kind"])[:100],
        players=players,
        outputs=outputs,
        space=spaces[space],
        tolerance=tolerance,
        groups=groups,
        mixed=None if said["mixed"] is None else str(said["mixed"])[:2000],
        versions=versions,
    )
