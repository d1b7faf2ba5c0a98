"""Evidently: its data-drift preset with its defaults, pandas in."""
# Runs as a script, mostly in an environment our checks do not see.
# mypy: ignore-errors

import sys
import warnings

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
from timing import report

warnings.simplefilter("ignore")


def main(reference: str, current: str, repeats: int) -> None:
    """Time report over both frames."""
    before, now = pd.read_parquet(reference), pd.read_parquet(current)
    names = list(before.columns)
    about = DataDefinition(
        numerical_columns=[n for n in names if n.startswith("x")],
        categorical_columns=[n for n in names if n.startswith("c")],
    )

    def score(b: pd.DataFrame, n: pd.DataFrame) -> None:
        data = [Dataset.from_pandas(frame, data_definition=about) for frame in (n, b)]
        Report([DataDriftPreset()]).run(*data).dict()

    score(before.head(500), now.head(500))
    report(lambda: score(before, now), repeats)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
