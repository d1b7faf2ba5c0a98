"""A column of times in what can be compared: hour, weekday, and its age at the time of the row; never its value.

The value itself always moves on. Age needs a column that says when each row happened; without one there is none.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bellwether.profile.categories import CategoricalReference, CategoricalWindow, levels_of, window_of
from bellwether.profile.columns import Numbers
from bellwether.profile.derived import NO_SPAN, DerivedReference, DerivedWindow
from bellwether.profile.kernels.port import Block, Counts, Floats, Kernel
from bellwether.profile.numeric import NumericReference, NumericWindow, fit_numeric
from bellwether.profile.passes import count_numbers

AGE, HOUR, WEEKDAY = "age_days", "hour", "weekday"
DAY_S = 86_400
NEEDED_S: Mapping[str, float] = {HOUR: DAY_S, WEEKDAY: 7 * DAY_S}
"""Span of times below which a part differs by construction: an hour of data has one hour."""
_LEVELS: Mapping[str, tuple[str, ...]] = {
    HOUR: tuple(f"{hour:02}:00" for hour in range(24)),
    WEEKDAY: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def is_time(kind: pa.DataType) -> bool:
    """Whether a type holds dates or instants."""
    return bool(pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_null(kind))


def comparable(reference: DerivedReference, window: DerivedWindow) -> tuple[str, ...]:
    """Return the names of the parts both sides cover long enough to be compared."""
    spans = [side.span[1] - side.span[0] for side in (reference, window)]
    return tuple(name for name in reference.parts if min(spans) >= NEEDED_S.get(name, -np.inf))


def fit_time(column: pa.ChunkedArray, clock: pa.ChunkedArray | None) -> DerivedReference:
    """Return the reference of a column of times; ``clock``: when each row happened."""
    seconds = _seconds(column)
    parts: dict[str, NumericReference | CategoricalReference] = {
        name: levels_of(totals, missing) for name, (totals, missing) in _cycles(seconds).items()
    }
    if clock is not None and is_time(clock.type):
        parts[AGE] = fit_numeric([Block(_age(seconds, clock))])
    return DerivedReference(parts, int(np.isnan(seconds).sum()), seconds.size, _span(seconds))


def count_time(
    column: pa.ChunkedArray, clock: pa.ChunkedArray | None, reference: DerivedReference, kernel: Kernel
) -> DerivedWindow:
    """Return the window of a column of times."""
    seconds = _seconds(column)
    cycles = _cycles(seconds)
    parts: dict[str, NumericWindow | CategoricalWindow] = {}
    for name, part in reference.parts.items():
        match part:
            case CategoricalReference():
                parts[name] = window_of(*cycles[name], part)
            case NumericReference():
                known = clock is not None and is_time(clock.type)
                age = _age(seconds, clock) if known else np.full(seconds.size, np.nan)
                parts[name] = count_numbers(Numbers((pa.array(age),)), part, kernel)
    return DerivedWindow(parts, int(np.isnan(seconds).sum()), seconds.size, _span(seconds))


def _seconds(column: pa.ChunkedArray) -> Floats:
    """Seconds since 1970, NaN where missing, shape (rows,)."""
    instants = pc.cast(column, options=pc.CastOptions(pa.timestamp("us", tz="UTC"), allow_time_truncate=True))
    values = instants.cast(pa.int64()).cast(pa.float64(), safe=False).combine_chunks()
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64) / 1e6


def _cycles(seconds: Floats) -> dict[str, tuple[dict[str, int], int]]:
    """Rows per hour of the day and per day of the week (UTC), and rows missing."""
    known = seconds[np.isfinite(seconds)]
    missing = seconds.size - known.size
    hours = (known // 3600 % 24).astype(np.int64)
    weekdays = ((known // DAY_S + 3) % 7).astype(np.int64)  # 1970 began on a Thursday
    return {HOUR: (_counted(hours, HOUR), missing), WEEKDAY: (_counted(weekdays, WEEKDAY), missing)}


def _counted(places: Counts, name: str) -> dict[str, int]:
    levels = _LEVELS[name]
    return {levels[i]: int(rows) for i, rows in enumerate(np.bincount(places, minlength=len(levels))) if rows}


def _age(seconds: Floats, clock: pa.ChunkedArray) -> Floats:
    """Days from the value to the time of its row; negative for what was still to come."""
    return (_seconds(clock) - seconds) / DAY_S


def _span(seconds: Floats) -> tuple[float, float]:
    known = seconds[np.isfinite(seconds)]
    return (float(known.min()), float(known.max())) if known.size else NO_SPAN
