"""The two things that go wrong in the demo; pure.

For a week the weather step delivers wind in another unit. The week is real weather and real flights; only the unit
changes: the feed of those days holds wind speed as the public hourly archives of weather stations code it, whole
tenths of a metre per second, and the conversion to miles an hour is missing: a breeze of 10 mph arrives as 45. Then
the step is repaired.

Later the step fails three days in a row. What scores the flights takes the newest observation there is, so on those
days every flight of an airport is scored with the last one that was loaded: real weather, and old.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

TENTHS_OF_MS_PER_MPH = 4.4704


@dataclass(frozen=True, slots=True)
class Incident:
    """From ``start`` to the day before ``repaired``, ``column`` arrives multiplied by ``factor``, as whole numbers."""

    start: date
    repaired: date
    column: str = "wind_speed"
    factor: float = TENTHS_OF_MS_PER_MPH

    def holds(self, day: date) -> bool:
        """Say whether a day is one of it."""
        return self.start <= day < self.repaired


@dataclass(frozen=True, slots=True)
class Outage:
    """From ``start`` to the day before ``repaired`` nothing is loaded: the observations before it stay the newest."""

    start: date
    repaired: date

    def holds(self, day: date) -> bool:
        """Say whether a day is one of it."""
        return self.start <= day < self.repaired


INCIDENT = Incident(start=date(2013, 4, 15), repaired=date(2013, 4, 22))
OUTAGE = Outage(start=date(2013, 5, 4), repaired=date(2013, 5, 7))


def deliver(weather: pa.Table, incident: Incident = INCIDENT, outage: Outage = OUTAGE) -> pa.Table:
    """Return the hourly weather as flights were scored with it, row by row in the same order."""
    return _last_known(_other_unit(weather, incident), outage)


def _other_unit(weather: pa.Table, incident: Incident) -> pa.Table:
    right = weather[incident.column]
    other = pc.round(pc.multiply(right, incident.factor))
    place = weather.column_names.index(incident.column)
    return weather.set_column(place, incident.column, pc.if_else(_during(weather, incident), other, right))


def _last_known(weather: pa.Table, outage: Outage) -> pa.Table:
    """Return the weather with the observations of an outage replaced by each airport's last one before it."""
    during = _during(weather, outage)
    last = _newest_before(weather, outage.start)
    for name in weather.column_names:
        if name in ("origin", "time_hour"):
            continue
        column = weather[name]
        for origin, row in last.items():
            stale = pc.and_(during, pc.equal(weather["origin"], origin))
            column = pc.if_else(stale, pa.scalar(row[name], column.type), column)
        weather = weather.set_column(weather.column_names.index(name), name, column)
    return weather


def _newest_before(weather: pa.Table, day: date) -> dict[str, dict[str, object]]:
    """Return the last observation of each airport before a day begins."""
    days = _days(weather)
    known = pc.and_(pc.less(days, pa.scalar(day)), pc.greater_equal(days, pa.scalar(day - timedelta(days=2))))
    rows = weather.filter(known).sort_by("time_hour").to_pylist()
    return {str(row["origin"]): row for row in rows}


def _during(weather: pa.Table, span: Incident | Outage) -> pa.ChunkedArray:
    days = _days(weather)
    return pc.and_(pc.greater_equal(days, pa.scalar(span.start)), pc.less(days, pa.scalar(span.repaired)))


def _days(weather: pa.Table) -> pa.ChunkedArray:
    # Without the zone first: a cast from a zoned time asks the zone database.
    return pc.cast(pc.cast(weather["time_hour"], pa.timestamp("s")), pa.date32())
