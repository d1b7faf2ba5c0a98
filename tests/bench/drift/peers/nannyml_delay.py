"""NannyML: the columns its univariate calculator alerts on, by its defaults (Jensen-Shannon)."""
# Runs as a script, mostly in an environment our checks do not see.
# mypy: ignore-errors

import warnings

import nannyml
import pandas as pd
from histories import Frame, answer, levels

warnings.simplefilter("ignore")


def flagged(reference: Frame, batches: list[Frame]) -> list[list[str]]:
    """Compare each batch with the reference, chunks as large as batches."""
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=list(reference.columns), treat_as_categorical=levels(reference), chunk_size=len(batches[0])
    )
    said = calculator.fit(reference).calculate(pd.concat(batches, ignore_index=True)).filter(period="analysis").to_df()
    alerts = {name: said[(name, "jensen_shannon", "alert")].tolist() for name in reference.columns}
    return [[name for name in reference.columns if alerts[name][at]] for at in range(len(batches))]


if __name__ == "__main__":
    answer(flagged)
