"""Explanations as the plots of the shap package take them: the fields of a ``shap.Explanation``."""

from collections.abc import Mapping
from typing import Any

_CONTRIBUTION = "contribution:"


def shap_values(local: Mapping[str, Any]) -> dict[str, Any]:
    """Return one explained row, ``local`` of an answer or ``before`` and ``after`` of a what-if, as such fields.

    Features that are not listed are one of their own, ``(others)``, so that the values still sum to the prediction.
    """
    import numpy as np  # noqa: PLC0415 - only those who plot have it

    parts = list(local["contributions"])
    names, values = [part["feature"] for part in parts], [part["contribution"] for part in parts]
    data = [part["value"] for part in parts]
    if local["other"]:
        names, values, data = [*names, "(others)"], [*values, local["other"]], [*data, None]
    return {
        "values": np.asarray(values, float),
        "base_values": float(local["base_value"]),
        "data": np.asarray(data, object),
        "feature_names": names,
    }


def shap_rows(rows: Any, base_value: float) -> dict[str, Any]:
    """Return all explained rows of a batch as such fields.

    Parameters
    ----------
    rows
        The batch's object ``explained/<model>/...`` as a pandas data frame, or what else gives columns by name.
    base_value
        Of the explanation of the batch.
    """
    import numpy as np  # noqa: PLC0415 - only those who plot have it

    names = [name for name in rows if name.startswith(_CONTRIBUTION)]
    values = np.column_stack([np.asarray(rows[name], float) for name in names])
    return {
        "values": values,
        "base_values": np.full(len(values), base_value),
        "feature_names": [name.removeprefix(_CONTRIBUTION) for name in names],
    }
