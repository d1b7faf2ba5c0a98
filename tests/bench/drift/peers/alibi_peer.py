"""alibi-detect: TabularDrift (KS and chi-squared) on data encoded beforehand, encoding untimed."""
# Runs as a script, mostly in an environment our checks do not see.
# mypy: ignore-errors

import sys
import warnings

import numpy as np
import pandas as pd
from alibi_detect.cd import TabularDrift
from timing import report

warnings.simplefilter("ignore")


def main(reference: str, current: str, repeats: int) -> None:
    """Time construction and prediction over both matrices."""
    before, now = pd.read_parquet(reference), pd.read_parquet(current)
    size = len(before)
    both = pd.concat([before, now], ignore_index=True)
    texts = {i: None for i, name in enumerate(both.columns) if name.startswith("c")}
    encoded = [
        pd.factorize(both[name])[0] if name.startswith("c") else both[name].fillna(both[name].median())
        for name in both.columns
    ]
    matrix = np.column_stack(encoded).astype(np.float64)

    def score(b: np.ndarray, n: np.ndarray) -> None:
        TabularDrift(b, p_val=0.05, categories_per_feature=texts).predict(n)

    score(matrix[:500], matrix[size : size + 500])
    report(lambda: score(matrix[:size], matrix[size:]), repeats)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
