"""NannyML: its estimators of performance on the data sets of its own package, chunk by chunk; truths beside them."""
# Runs as a script, in an environment our checks do not see.
# mypy: ignore-errors

import json
import sys
import warnings

import nannyml
import pandas as pd

warnings.simplefilter("ignore")


def binary(label: str, names: list[str], reference: pd.DataFrame, current: pd.DataFrame, rows: int) -> dict:
    """CBPE of a yes-or-no model."""
    found = (
        nannyml.CBPE(
            problem_type="classification_binary",
            y_pred_proba="y_pred_proba",
            y_pred="y_pred",
            y_true=label,
            metrics=names,
            chunk_size=rows,
        )
        .fit(reference)
        .estimate(current)
    )
    return _estimates(found, names)


def multiclass(label: str, reference: pd.DataFrame, current: pd.DataFrame, rows: int) -> dict:
    """CBPE of a model of several classes."""
    scores = {name.removeprefix("y_pred_proba_"): name for name in reference if name.startswith("y_pred_proba_")}
    found = (
        nannyml.CBPE(
            problem_type="classification_multiclass",
            y_pred_proba=scores,
            y_pred="y_pred",
            y_true=label,
            metrics=["accuracy"],
            chunk_size=rows,
        )
        .fit(reference)
        .estimate(current)
    )
    return _estimates(found, ["accuracy"])


def regression(label: str, reference: pd.DataFrame, current: pd.DataFrame, rows: int) -> dict:
    """DLE of a regression."""
    out = {label, "y_pred", "timestamp", "id"}
    found = (
        nannyml.DLE(
            feature_column_names=[name for name in reference if name not in out],
            y_pred="y_pred",
            y_true=label,
            metrics=["mae", "rmse"],
            chunk_size=rows,
        )
        .fit(reference)
        .estimate(current)
    )
    return _estimates(found, ["mae", "rmse"])


def _estimates(found, names: list[str]) -> dict:
    table = found.filter(period="analysis").to_df()
    return {name: [float(value) for value in table[(name, "value")]] for name in names}


def main(data: str) -> None:
    """Print the estimates as JSON; ``data`` lists data sets with their files and columns."""
    found = {}
    for name, one in json.loads(data).items():
        reference, current = pd.read_csv(one["reference"]), pd.read_csv(one["current"])
        if one["task"] == "binary":
            found[name] = binary(one["label"], one["metrics"], reference, current, one["rows"])
        else:
            measure = multiclass if one["task"] == "multiclass" else regression
            found[name] = measure(one["label"], reference, current, one["rows"])
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
