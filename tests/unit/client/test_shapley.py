"""What the client makes of an answer is what shap's own Explanation and its plots take."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bellwether.client.shapley import shap_rows, shap_values

LOCAL: dict[str, Any] = {
    "base_value": -1.0,
    "other": 0.25,
    "contributions": [
        {"feature": "debt", "value": 0.9, "contribution": 1.5},
        {"feature": "region", "value": "south", "contribution": -0.5},
    ],
}


@pytest.mark.filterwarnings("ignore")
def test_a_row_is_an_explanation_that_shap_plots() -> None:
    import matplotlib  # noqa: PLC0415 - heavy, for this test alone
    import shap  # noqa: PLC0415

    matplotlib.use("Agg")
    found = shap.Explanation(**shap_values(LOCAL))
    assert found.values.sum() + found.base_values == pytest.approx(0.25)
    assert found.feature_names == ["debt", "region", "(others)"]
    shap.plots.waterfall(found, show=False)


def test_rows_of_a_batch_are_a_matrix() -> None:
    frame = pd.DataFrame(
        {"id": ["a", "b"], "output": [1.0, 2.0], "contribution:x": [1.0, 2.0], "contribution:y": [0, 1]}
    )
    found = shap_rows(frame, 0.5)
    np.testing.assert_array_equal(found["values"], [[1.0, 0.0], [2.0, 1.0]])
    assert (found["feature_names"], found["base_values"].tolist()) == (["x", "y"], [0.5, 0.5])
