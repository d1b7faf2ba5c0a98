"""One explanation per accepted batch, whatever is in it and however often it is asked for."""

import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bellwether.bus.worker import Context
from bellwether.contracts import Batch, BatchReceived, Column, Explanation, Model, fact_id, month_pk
from bellwether.errors import NotFound, NotReady
from bellwether.explain.handlers import Explain
from bellwether.explain.tasks import make
from bellwether.objects.folder import FolderObjects
from bellwether.settings import Settings
from bellwether.storage.collections import EXPLAIN, MODELS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.sqlite import SqliteStore

NOW = datetime(2013, 5, 1, tzinfo=UTC)
MODEL = "flight-delay"
BATCH = fact_id(NOW, "batch", MODEL, "one")
PK = month_pk(MODEL, BATCH)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Stores, with a model that is not in any registry."""
    documents = SqliteStore(tmp_path / "documents.db")
    model = Model(pk=MODEL, name=MODEL, task="binary", created_at=NOW, updated_at=NOW)
    documents.put(MODELS, dump(model))
    return Context(Settings(home=tmp_path), documents, FolderObjects(tmp_path / "objects"), lambda: NOW)


@pytest.fixture
def explain(context: Context) -> Explain:
    return make(context)


EVENT = BatchReceived(model=MODEL, subject=BATCH, occurred_at=NOW)


def columns(*given: tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column.model_validate({"name": n, "role": r, "kind": k, "dtype": ""}) for n, r, k in given)


def store(context: Context, table: pa.Table, kinds: tuple[Column, ...], state: str = "accepted") -> None:
    body = io.BytesIO()
    pq.write_table(table, body, row_group_size=100)
    context.objects.put("rows.parquet", body.getvalue())
    batch = Batch(
        id=BATCH,
        pk=PK,
        model=MODEL,
        state="accepted" if state == "accepted" else "received",
        media_type="",
        raw_uri="raw",
        digest="d",
        rows=table.num_rows,
        columns=kinds,
        rows_uri="rows.parquet" if state == "accepted" else None,
        submitted_at=NOW,
    )
    context.documents.put(RUNS, dump(batch))


def stored(context: Context) -> Explanation:
    return parse(Explanation, context.documents.get(EXPLAIN, PK, f"g~{BATCH}") or {})


def mixed(n: int = 400) -> tuple[pa.Table, tuple[Column, ...]]:
    rng = np.random.default_rng(0)
    wind, carrier = rng.normal(size=n), rng.choice(["AA", "UA", "DL"], n)
    score = 0.1 * wind + 0.3 * (carrier == "UA")
    wind[:5] = np.nan
    table = pa.table(
        {
            "wind": pa.array(wind, from_pandas=True),
            "carrier": pa.array([None, *carrier[1:]]).dictionary_encode(),
            "night": pa.array(rng.random(n) < 0.5),
            "at": pa.array([datetime(2013, 1, 1 + i % 28, tzinfo=UTC) for i in range(n)]),
            "empty": pa.nulls(n, pa.float64()),
            "note": pa.array(["x"] * n),
            "id": pa.array([str(i) for i in range(n)]),
            "score": pa.array(score, pa.float32()),
            "prediction": pa.array((score > 0.2).astype(int)),
        }
    )
    kinds = columns(
        ("wind", "feature", "numeric"),
        ("carrier", "feature", "categorical"),
        ("night", "feature", "boolean"),
        ("at", "feature", "datetime"),
        ("empty", "feature", "numeric"),
        ("note", "feature", "text"),
        ("id", "id", "categorical"),
        ("score", "score", "numeric"),
        ("prediction", "prediction", "categorical"),
    )
    return table, kinds


def test_a_batch_gets_one_explanation_with_shares_and_fidelity(context: Context, explain: Explain) -> None:
    store(context, *mixed())
    events = list(explain.explain_batch(EVENT))
    assert [(e.type, e.subject, e.model) for e in events] == [("explanation.ready", BATCH, MODEL)]
    said = stored(context)
    assert [f.feature for f in said.features[:2]] == ["carrier", "wind"]
    assert {f.feature for f in said.features} == {"wind", "carrier", "night", "at", "empty"}
    assert sum(f.share for f in said.features) == pytest.approx(1)
    assert said.fidelity is not None
    assert said.fidelity > 0.9
    assert (said.rows, said.rows_total, said.reason, said.method) == (400, 400, None, "linear_surrogate")
    assert "no model to ask" in said.warnings[0]


def test_a_second_run_changes_nothing_and_says_so_again(context: Context, explain: Explain) -> None:
    store(context, *mixed())
    first = list(explain.explain_batch(EVENT))
    before = context.documents.get(EXPLAIN, PK, f"g~{BATCH}")
    assert list(explain.explain_batch(EVENT)) == first
    assert context.documents.get(EXPLAIN, PK, f"g~{BATCH}") == before


def test_a_categorical_answer_without_score_is_a_reason(context: Context, explain: Explain) -> None:
    table = pa.table({"a": np.arange(100.0), "prediction": ["x", "y"] * 50})
    store(context, table, columns(("a", "feature", "numeric"), ("prediction", "prediction", "categorical")))
    list(explain.explain_batch(EVENT))
    assert "is a category and no score was pushed" in str(stored(context).reason)
    assert stored(context).features == ()


@pytest.mark.parametrize("n", [0, 1, 5])
def test_too_few_rows_are_a_reason(context: Context, explain: Explain, n: int) -> None:
    table, kinds = mixed()
    store(context, table.slice(0, n), kinds)
    list(explain.explain_batch(EVENT))
    assert "too few" in str(stored(context).reason)


def test_more_rows_than_the_budget_are_sampled_and_counted(context: Context, explain: Explain) -> None:
    x = np.random.default_rng(0).normal(size=30_000)
    kinds = columns(("x", "feature", "numeric"), ("prediction", "prediction", "numeric"))
    store(context, pa.table({"x": x, "prediction": x * 2}), kinds)
    list(explain.explain_batch(EVENT))
    assert stored(context).rows == 20_000
    assert stored(context).features[0].importance == pytest.approx(2 * np.abs(x).mean(), rel=0.02)


def test_an_unknown_batch_is_final_and_an_unaccepted_one_waits(context: Context, explain: Explain) -> None:
    with pytest.raises(NotFound, match="does not exist"):
        list(explain.explain_batch(EVENT))
    store(context, *mixed(), state="received")
    with pytest.raises(NotReady, match="is received"):
        list(explain.explain_batch(EVENT))
