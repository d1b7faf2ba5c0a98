from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from bellwether.embedded.demo import data
from bellwether.embedded.demo.incident import INCIDENT, deliver
from bellwether.embedded.demo.recipes import REFERENCE, REPLAY_FROM


@pytest.fixture(scope="module")
def weather() -> pa.Table:
    return data.weather(data.tables_root())


def test_it_changes_wind_speed_on_exactly_seven_days(weather: pa.Table) -> None:
    delivered = deliver(weather)
    changed = pc.not_equal(delivered["wind_speed"], weather["wind_speed"])
    days = pc.cast(pc.cast(weather["time_hour"], pa.timestamp("s")), pa.date32())
    assert set(pc.unique(days.filter(changed)).to_pylist()) == {date(2013, 4, 15 + number) for number in range(7)}
    assert INCIDENT.repaired == date(2013, 4, 22)
    assert delivered.drop_columns("wind_speed").equals(weather.drop_columns("wind_speed"))
    assert delivered.schema == weather.schema


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
    assert deliver(weather)["wind_speed"].null_count == weather["wind_speed"].null_count == 4


def test_it_touches_neither_training_nor_reference() -> None:
    assert INCIDENT.start >= REPLAY_FROM >= REFERENCE[1]
