from datetime import date

import pyarrow as pa
import pytest
from sklearn.pipeline import Pipeline

from bellwether.contracts import Thresholds
from bellwether.embedded.demo import data, lines, models
from bellwether.embedded.demo.recipes import AIR_TIME


@pytest.fixture(scope="module")
def found(flights: pa.Table, fitted: dict[str, Pipeline]) -> Thresholds:
    """The lines of 21 days."""
    of_days = data.between(flights, date(2013, 2, 1), date(2013, 2, 22))
    scored = models.score(AIR_TIME, fitted["air-time"], of_days)
    return lines.from_days(AIR_TIME, scored.append_column("day", of_days["day"]))


def test_weather_gets_lines_of_its_own(found: Thresholds) -> None:
    wind = found.features["wind_speed"]
    assert 0.4 < wind.watch < wind.act < 1


def test_what_is_alike_every_day_keeps_the_usual_lines(found: Thresholds) -> None:
    assert not {"carrier", "origin", "distance", "prediction"} & set(found.features)


def test_the_index_has_lines_beyond_the_usual_watch(found: Thresholds) -> None:
    assert found.index is not None
    assert lines.WATCH["index"] < found.index.watch < found.index.act < 30
