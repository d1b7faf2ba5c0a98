"""The one thing that goes wrong in the demo: for a week the weather step delivers wind in another unit; pure.

The week is real weather and real flights; only the unit changes. The feed of those days holds wind speed as the
public hourly archives of weather stations code it, whole tenths of a metre per second, and the conversion to miles
an hour is missing: a breeze of 10 mph arrives as 45. Then the step is repaired.
"""

from dataclasses import dataclass
from datetime import date

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


INCIDENT = Incident(start=date(2013, 4, 15), repaired=date(2013, 4, 22))


def deliver(weather: pa.Table, incident: Incident = INCIDENT) -> pa.Table:
    """Return the hourly weather as the upstream step delivered it, row by row in the same order."""
    # Without the zone first: a cast from a zoned time asks the zone database.
    day = pc.cast(pc.cast(weather["time_hour"], pa.timestamp("s")), pa.date32())
    wrong = pc.and_(pc.greater_equal(day, pa.scalar(incident.start)), pc.less(day, pa.scalar(incident.repaired)))
    right = weather[incident.column]
    other = pc.round(pc.multiply(right, incident.factor))
    place = weather.column_names.index(incident.column)
    return weather.set_column(place, incident.column, pc.if_else(wrong, other, right))


def weather_run(day: date) -> str:
    """Name the run of the upstream weather step that delivered this day's weather."""
    return f"weather-{day.isoformat()}"
