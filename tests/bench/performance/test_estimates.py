"""Performance estimated without labels against the truth, beside NannyML on the same chunks of its own data sets.

The data lie in the wheel of NannyML (Apache-2.0), which is installed into an environment of its own; nothing is copied.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
from numpy.typing import NDArray

from bellwether.contracts import Column, Model, Task
from bellwether.drift.performance import METRICS
from bellwether.drift.performance.fitted import Fitted, fit
from bellwether.drift.performance.report import estimates
from bellwether.drift.performance.tables import outcomes
from tests.bench.drift import environments

pytestmark = pytest.mark.bench

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BINARY = ("roc_auc", "accuracy", "precision", "recall", "f1")
PUBLISHED = (0.970744, 0.971011, 0.971407, 0.971091, 0.971123, 0.961090, 0.961825)
"""ROC AUC of the first chunks of car loans in NannyML's quick start."""
Series = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Data:
    """One data set: its files, the name of the label, what is estimated, rows of a chunk."""

    task: Task
    reference: str
    current: str
    truth: str
    label: str
    metrics: tuple[str, ...]
    rows: int = 5_000


DATA = {
    "car loans": Data(
        "binary", "synthetic_car_loan_reference", "synthetic_car_loan_analysis", "synthetic_car_loan_analysis_target",
        "repaid", BINARY,
    ),
    "commuters": Data(
        "binary", "synthetic_sample_reference", "synthetic_sample_analysis", "synthetic_sample_analysis_gt",
        "work_home_actual", BINARY,
    ),
    "houses": Data(
        "binary", "california_housing_reference", "california_housing_analysis", "california_housing_analysis_gt",
        "clf_target", ("roc_auc", "accuracy", "recall", "f1"), 1_000,
    ),
    "credit cards": Data("multiclass", "mc_reference", "mc_analysis", "mc_analysis_gt", "y_true", ("accuracy",)),
    "used cars": Data(
        "regression", "regression_synthetic_reference", "regression_synthetic_analysis",
        "regression_synthetic_analysis_targets", "y_true", ("mae", "rmse"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder() -> Path:
    home = Path(environments.python("nannyml")).parents[1]
    (found,) = home.glob("lib/python3*/site-packages/nannyml/datasets/data")
    return found


@pytest.fixture(scope="module")
def peer(folder: Path) -> dict[str, dict[str, list[float]]]:
    asked = {
        name: {
            "task": one.task, "label": one.label, "metrics": one.metrics, "rows": one.rows,
            "reference": str(folder / f"{one.reference}.csv"), "current": str(folder / f"{one.current}.csv"),
        }
        for name, one in DATA.items()
    }  # fmt: skip
    found: dict[str, dict[str, list[float]]] = json.loads(
        environments.run("nannyml", "nannyml_estimates.py", json.dumps(asked))
    )
    return found


def read(path: Path, task: Task) -> pa.Table:
    """Read a file as it would be pushed: of several classes, the confidence is that in the likeliest one."""
    table = pyarrow.csv.read_csv(path)
    scores = [name for name in table.column_names if name.startswith("y_pred_proba_")]
    if task == "multiclass" and scores:
        each = np.stack([table[name].to_numpy() for name in scores])
        table = table.drop_columns(scores).append_column("y_pred_proba", pa.array(each.max(axis=0)))
    return table


def columns_of(table: pa.Table, label: str) -> tuple[Column, ...]:
    roles = {"y_pred": "prediction", "y_pred_proba": "score", label: "label"}
    found = []
    for field in table.schema:
        if field.name not in ("id", "timestamp", "period"):
            number = pa.types.is_floating(field.type) or pa.types.is_integer(field.type)
            told = {"name": field.name, "role": roles.get(field.name, "feature"), "dtype": ""}
            found.append(Column.model_validate({**told, "kind": "numeric" if number else "categorical"}))
    return tuple(found)


def truth_of(folder: Path, one: Data, current: pa.Table) -> pa.ChunkedArray:
    """Labels in the order of the rows."""
    table = pyarrow.csv.read_csv(folder / f"{one.truth}.csv")
    if "id" not in table.column_names or "id" not in current.column_names:
        return table[one.label]
    place = {id: at for at, id in enumerate(table["id"].to_pylist())}
    return table[one.label].take(pa.array([place[id] for id in current["id"].to_pylist()]))


def series(folder: Path, one: Data) -> tuple[Series, Series]:
    """Our estimates and the truth, by metric, chunk by chunk."""
    model = Model(pk="m", name="m", task=one.task, created_at=NOW, updated_at=NOW)
    reference = read(folder / f"{one.reference}.csv", one.task)
    current = read(folder / f"{one.current}.csv", one.task)
    fitted = fit(reference, columns_of(reference, one.label), model)
    label = truth_of(folder, one, current)
    guessed: list[dict[str, float | None]] = []
    real: list[dict[str, float | None]] = []
    for start in range(0, current.num_rows - one.rows + 1, one.rows):
        rows = current.slice(start, one.rows)
        guessed.append(estimates(rows, model, fitted)[0])
        real.append(_truth(rows, label.slice(start, one.rows), model, fitted))
    return tuple({m: np.array([chunk[m] for chunk in found], float) for m in one.metrics} for found in (guessed, real))  # type: ignore[return-value]  # two of them


def _truth(rows: pa.Table, label: pa.ChunkedArray, model: Model, fitted: Fitted) -> dict[str, float | None]:
    score = rows["y_pred_proba"] if "y_pred_proba" in rows.column_names else None
    found, _ = outcomes(label, rows["y_pred"], score, fitted.classes)
    return {metric.slug: metric.measure(found) for metric in METRICS if metric.task == model.task}


def test_estimates_are_at_least_as_near_to_the_truth_as_nannymls(
    folder: Path, peer: dict[str, dict[str, list[float]]], say: Callable[[str], None]
) -> None:
    say("\nmean absolute error of performance estimated without labels, over chunks\n")
    say(f"| {'data':12} | {'metric':9} | chunks |    ours | nannyml |\n|{'-' * 14}|{'-' * 11}|---:|---:|---:|")
    worse = []
    for name, one in DATA.items():
        guessed, real = series(folder, one)
        for metric in one.metrics:
            theirs = np.array(peer[name][metric][: real[metric].size])
            errors = [float(np.abs(found - real[metric]).mean()) for found in (guessed[metric], theirs)]
            say(f"| {name:12} | {metric:9} | {theirs.size:6} | {errors[0]:7.5f} | {errors[1]:7.5f} |")
            if errors[0] > errors[1] * (1 + 1e-6):
                worse.append((name, metric, errors))
    assert not worse


def test_the_published_values_of_car_loans_are_met(folder: Path) -> None:
    guessed, _ = series(folder, DATA["car loans"])
    assert guessed["roc_auc"][: len(PUBLISHED)] == pytest.approx(PUBLISHED, abs=1e-6)
