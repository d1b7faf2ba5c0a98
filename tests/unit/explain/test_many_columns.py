"""Models of many columns: what is checked of them, and what is out of reach."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from bellwether.explain.explainers import Options
from bellwether.explain.explainers.box import MOST_PLAYERS
from bellwether.explain.flavours import pyfunc, sklearn
from bellwether.explain.flavours.base import Loaded
from bellwether.explain.flavours.subject import separating, subject_of
from bellwether.explain.host.local import Local
from bellwether.explain.routes import explain
from bellwether.explain.trees.ensemble import Unsupported


def local(loaded: Loaded, frame: pd.DataFrame) -> Local:
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    return Local(subject_of(loaded, None, list(frame.columns)), rows)


def test_what_the_last_of_many_columns_hides_is_caught_too() -> None:
    names = [f"c{j}" for j in range(500)]
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 500)), columns=names)

    def peek(x: pd.DataFrame) -> pd.DataFrame:
        return x.assign(c410=x.c410 + (x.c499 > 0))

    for step, mixed in ((None, None), (peek, "column 'c499' also changes encoded column 410, which is not its own")):
        fitted = Pipeline([("peek", FunctionTransformer(step)), ("m", Ridge())]).fit(frame, frame.c0)
        model = local(sklearn.loaded(fitted), frame)
        assert model.about.mixed == mixed


def test_any_two_columns_are_told_apart() -> None:
    for n in (1, 2, 3, 8, 100, 129):
        moved = np.array(list(separating(n)))
        assert len(moved) <= 2 * max(1, np.ceil(np.log2(n)))
        apart = (moved[:, :, None] & ~moved[:, None, :]).any(axis=0)
        assert (apart == ~np.eye(n, dtype=bool)).all()


def test_a_black_box_of_too_many_columns_is_refused_with_the_reason() -> None:
    names = [f"c{j}" for j in range(MOST_PLAYERS + 1)]
    frame = pd.DataFrame(np.zeros((5, len(names))), columns=names)
    made = Loaded(tuple(names), None, pyfunc.Pyfunc(lambda x: x.to_numpy().sum(axis=1)), framed=True)
    model = local(made, frame)
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    with pytest.raises(Unsupported, match="out of reach for 1,001: at most 1,000"):
        explain(model, 0, rows, rows, Options())
