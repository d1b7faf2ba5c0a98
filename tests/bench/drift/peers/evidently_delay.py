"""Evidently: the columns its data-drift preset calls drifted, by its defaults."""
# Runs as a script, mostly in an environment our checks do not see.
# mypy: ignore-errors

import re
import warnings

from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
from histories import Frame, answer, levels

warnings.simplefilter("ignore")


def flagged(reference: Frame, batches: list[Frame]) -> list[list[str]]:
    """Compare each batch with the reference."""
    texts = levels(reference)
    about = DataDefinition(
        numerical_columns=[name for name in reference.columns if name not in texts], categorical_columns=texts
    )
    before = Dataset.from_pandas(reference, data_definition=about)
    found = []
    for batch in batches:
        said = Report([DataDriftPreset()]).run(Dataset.from_pandas(batch, data_definition=about), before).dict()
        columns = [one for one in said["metrics"] if one["config"]["type"].endswith("ValueDrift")]
        found.append([one["config"]["column"] for one in columns if drifted(one)])
    return found


def drifted(one: dict) -> bool:
    """Distances are compared from below, p-values from above."""
    line = one["config"]["threshold"]
    return one["value"] < line if re.search("p_value", one["config"]["method"]) else one["value"] >= line


if __name__ == "__main__":
    answer(flagged)
