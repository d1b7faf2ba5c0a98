from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from bellwether.embedded.demo import data
from bellwether.embedded.demo.incident import INCIDENT, OUTAGE, deliver
from bellwether.embedded.demo.recipes import REFERENCE, REPLAY_FROM


@pytest.fixture(scope="module")
def weather() -> pa.Table:
    return data.weather(data.tables_root())


def test_it_changes_wind_speed_on_exactly_seven_days_before_the_outage(weather: pa.Table) -> None:
    delivered = deliver(weather)
    changed = pc.not_equal(delivered["wind_speed"], weather["wind_speed"])
    days = pc.cast(pc.cast(weather["time_hour"], pa.timestamp("s")), pa.date32())
    assert {day for day in pc.unique(days.filter(changed)).to_pylist() if day < OUTAGE.start} == {
        date(2013, 4, 15 + number) for number in range(7)
    }
    assert INCIDENT.repaired == date(2013, 4, 22)
    assert INCIDENT.repaired <= OUTAGE.start
    assert delivered.schema == weather.schema


def test_an_outage_leaves_the_last_observation_of_each_airport(weather: pa.Table) -> None:
    delivered, start = deliver(weather), data.midnight(OUTAGE.start)
    during = pc.and_(
        pc.greater_equal(weather["time_hour"], pa.scalar(start)),
        pc.less(weather["time_hour"], pa.scalar(data.midnight(OUTAGE.repaired))),
    )
    for origin in ("EWR", "JFK", "LGA"):
        of_one = pc.equal(weather["origin"], origin)
        before = weather.filter(pc.and_(of_one, pc.less(weather["time_hour"], pa.scalar(start)))).sort_by("time_hour")
        last = before.slice(before.num_rows - 1).to_pylist()[0]
        rows = delivered.filter(pc.and_(of_one, during)).to_pylist()
        assert len(rows) == 72
        assert all({**row, "time_hour": None} == {**last, "time_hour": None} for row in rows)
    others = pc.invert(during)
    rest = delivered.filter(others).drop_columns("wind_speed")
    assert rest.equals(weather.filter(others).drop_columns("wind_speed"))


def test_it_delivers_whole_tenths_of_a_metre_per_second(weather: pa.Table) -> None:
    during = pc.and_(
        pc.greater_equal(weather["time_hour"], pa.scalar(data.midnight(INCIDENT.start))),
        pc.less(weather["time_hour"], pa.scalar(data.midnight(INCIDENT.repaired))),
    )
    before, after = (table.filter(during)["wind_speed"].to_pylist() for table in (weather, deliver(weather)))
    assert len(before) == 7 * 24 * 3
    for mph, tenths in zip(before, after, strict=True):
        assert tenths == round(mph * 1609.344 / 3600 * 10)


def test_missing_wind_stays_missing(weather: pa.Table) -> None:
    before = pc.less(weather["time_hour"], pa.scalar(data.midnight(OUTAGE.start)))
    right = weather.filter(before)["wind_speed"].null_count
    assert deliver(weather).filter(before)["wind_speed"].null_count == right > 0


def test_it_touches_neither_training_nor_reference() -> None:
    assert INCIDENT.start >= REPLAY_FROM >= REFERENCE[1]
