"""alibi-detect: the columns TabularDrift calls drifted (KS and chi-squared, Bonferroni; third argument: level)."""
# Runs as a script, mostly in an environment our checks do not see.
# mypy: ignore-errors

import sys
import warnings

import numpy as np
import pandas as pd
from alibi_detect.cd import TabularDrift
from histories import Frame, answer, levels

warnings.simplefilter("ignore")
LEVEL = float(sys.argv[3]) if len(sys.argv) > 3 else 0.05


def flagged(reference: Frame, batches: list[Frame]) -> list[list[str]]:
    """Compare each batch with the reference, levels encoded by all that occur, missing numbers the median."""
    texts = levels(reference)
    names = list(reference.columns)
    known = {name: sorted(set(pd.concat([reference[name], *(b[name] for b in batches)]).dropna())) for name in texts}
    middle = reference.drop(columns=texts).median()

    def matrix(frame: Frame) -> np.ndarray:
        columns = [
            pd.Categorical(frame[name], categories=known[name]).codes
            if name in texts
            else frame[name].fillna(middle[name])
            for name in names
        ]
        return np.column_stack(columns).astype(np.float64)

    places = {names.index(name): None for name in texts}
    detector = TabularDrift(matrix(reference), p_val=LEVEL, categories_per_feature=places)
    found = []
    for batch in batches:
        p = detector.predict(matrix(batch), drift_type="batch", return_p_val=True)["data"]["p_val"]
        found.append([name for name, value in zip(names, p, strict=True) if value < LEVEL / len(names)])
    return found


if __name__ == "__main__":
    answer(flagged)
