"""A loop over scipy: ks_2samp and wasserstein_distance of numbers, chi2_contingency of levels; Arrow in.

With ``values`` it prints the statistics instead of the time, to compare with ours.
"""
# Runs as a script, mostly in an environment our checks do not see.
# mypy: ignore-errors

import json
import sys

import numpy as np
import pyarrow.parquet as pq
from scipy import stats
from timing import report


def main(reference: str, current: str, repeats: int, mode: str) -> None:
    """Time, or print, the statistics of both frames."""
    texts = [name for name in pq.read_schema(reference).names if name.startswith("c")]
    before, now = (pq.read_table(path, read_dictionary=texts, use_threads=False) for path in (reference, current))

    def score(rows: int = 2**60) -> dict[str, dict[str, float]]:
        b, n = before.slice(0, rows), now.slice(0, rows)
        return {name: _of(b[name], n[name], numeric=name.startswith("x")) for name in b.column_names}

    if mode == "values":
        sys.stdout.write(json.dumps(score()) + "\n")
    else:
        score(500)
        report(score, repeats)


def _of(before: object, now: object, *, numeric: bool) -> dict[str, float]:
    if numeric:
        r, x = (side.to_numpy() for side in (before, now))
        r, x = r[~np.isnan(r)], x[~np.isnan(x)]
        found = stats.ks_2samp(r, x, method="asymp")
        w1 = stats.wasserstein_distance(r, x)
        return {"ks": found.statistic, "ks_p": found.pvalue, "wasserstein": w1 / r.std()}
    sides = [{row["values"]: row["counts"] for row in column.value_counts().to_pylist()} for column in (before, now)]
    levels = sorted({level for side in sides for level in side if level is not None})
    tested = stats.chi2_contingency([[side.get(level, 0) for level in levels] for side in sides], correction=False)
    return {"chi2": tested.statistic, "chi2_p": tested.pvalue}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else "time")
