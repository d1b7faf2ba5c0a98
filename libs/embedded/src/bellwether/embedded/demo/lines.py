"""Lines from the model's own good days: how far one held-out day is from all the others; pure.

A day of weather is never like two months of weather, so the usual lines call every day drifted. Here each day of
the reference is compared with the rest of the reference, by the drift service's own analysis. Where days differ by
more than the usual watch line, the lines are those of the days: ``watch`` is passed by one day in ten, ``act`` by
none. Mean and standard deviations would not do: the distance ends at 1, and three of them often lie beyond.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bellwether.contracts import Batch, Column, DriftReport, FeatureDrift, Lines, Model, Thresholds
from bellwether.drift.analysis import analyse
from bellwether.embedded.demo.recipes import Recipe
from bellwether.profile import fit, window

WATCH = {"index": 10.0, "feature": 0.1}
"""The usual watch lines; a column whose good days stay below keeps the usual lines."""
_QUANTILE = 0.9
_WHEN = datetime(2013, 1, 1, tzinfo=UTC)


def from_days(recipe: Recipe, scored: pa.Table) -> Thresholds:
    """Return the lines for scored flights of at least 20 days; ``scored`` holds their ``day``."""
    columns, rows = _columns(recipe), scored.drop_columns("day")
    reports = []
    for day in pc.unique(scored["day"]):
        of_day = pc.equal(scored["day"], day)
        others = fit(rows.filter(pc.invert(of_day)), columns)
        found = window(rows.filter(of_day), others)
        batch = _batch(recipe)
        reports.append(analyse(others, found, model=_model(recipe), batch=batch, reference_id=batch.id, now=_WHEN))
    index = _lines([report.overall.score for report in reports], WATCH["index"])
    by_day = [{one.feature: one.score for one in _reported(report)} for report in reports]
    names = [column.name for column in columns if column.name in by_day[0]]
    found_lines = {name: _lines([day[name] for day in by_day], WATCH["feature"]) for name in names}
    return Thresholds(index=index, features={name: one for name, one in found_lines.items() if one is not None})


def _lines(scores: Sequence[float | None], usual: float) -> Lines | None:
    known = np.array([score for score in scores if score is not None])
    if known.size == 0 or known.max() <= usual:
        return None
    watch = float(np.quantile(known, _QUANTILE, method="higher"))
    return Lines(watch=round(max(watch, usual), 4), act=round(float(known.max()), 4))


def _reported(report: DriftReport) -> Sequence[FeatureDrift]:
    return [*report.features, *([report.prediction] if report.prediction else [])]


def _columns(recipe: Recipe) -> tuple[Column, ...]:
    binary = recipe.task == "binary"
    said = [Column(name="prediction", role="prediction", kind="boolean" if binary else "numeric", dtype="")]
    if binary:
        said.append(Column(name="score", role="score", kind="numeric", dtype="double"))
    return (
        Column(name="id", role="id", kind="categorical", dtype="string"),
        Column(name="time", role="time", kind="datetime", dtype="timestamp"),
        *(Column(name=name, role="feature", kind="categorical", dtype="string") for name in recipe.categories),
        *(Column(name=name, role="feature", kind="numeric", dtype="double") for name in recipe.numbers),
        *said,
    )


def _model(recipe: Recipe) -> Model:
    return Model(pk=recipe.name, name=recipe.name, task=recipe.task, created_at=_WHEN, updated_at=_WHEN)


def _batch(recipe: Recipe) -> Batch:
    return Batch(
        id="day",
        pk=recipe.name,
        model=recipe.name,
        state="accepted",
        media_type="",
        raw_uri="",
        digest="",
        submitted_at=_WHEN,
    )
