"""NannyML: its univariate calculator, Jensen-Shannon, pandas in."""
# Runs as a script, mostly in an environment our checks do not see.
# mypy: ignore-errors

import sys
import warnings

import nannyml
import pandas as pd
from timing import report

warnings.simplefilter("ignore")


def main(reference: str, current: str, repeats: int) -> None:
    """Time fit and calculation over both frames."""
    before, now = pd.read_parquet(reference), pd.read_parquet(current)
    names = list(before.columns)

    def score(b: pd.DataFrame, n: pd.DataFrame) -> None:
        calculator = nannyml.UnivariateDriftCalculator(
            column_names=names,
            treat_as_categorical=[name for name in names if name.startswith("c")],
            continuous_methods=["jensen_shannon"],
            categorical_methods=["jensen_shannon"],
        )
        calculator.fit(b).calculate(n).to_df()

    score(before.head(2_000), now.head(2_000))
    report(lambda: score(before, now), repeats)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
