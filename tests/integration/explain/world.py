"""Models in a real registry, and stores with references and batches for them: what the explain service works on."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bellwether.bus.worker import Context
from bellwether.contracts import (
    Batch,
    BatchReceived,
    Column,
    Explanation,
    ExplanationRequest,
    ExplanationRequested,
    LocalExplanation,
    Model,
    Reference,
    fact_id,
    local_pk,
    month_pk,
    requests_pk,
)
from bellwether.explain.handlers import Explain
from bellwether.storage.collections import EXPLAIN, MODELS, OPS, RUNS
from bellwether.storage.documents import dump, parse
from bellwether.storage.months import note_month

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NUMBERS, WORDS = ["age", "income", "debt"], ["region"]
FEATURES = [*WORDS, *NUMBERS]
COLUMNS = tuple(
    Column.model_validate({"name": n, "role": r, "kind": k, "dtype": ""})
    for n, r, k in (
        ("region", "feature", "categorical"),
        ("age", "feature", "numeric"),
        ("income", "feature", "numeric"),
        ("debt", "feature", "numeric"),
        ("branch", "segment", "categorical"),
        ("id", "id", "categorical"),
        ("time", "time", "datetime"),
        ("score", "score", "numeric"),
    )
)


def people(n: int, seed: int, *, debt_unit: float = 1.0) -> pd.DataFrame:
    """People who ask for a loan; ``debt_unit`` is a fault of a pipeline."""
    rng = np.random.default_rng(seed)
    age, income = rng.uniform(18, 80, n).round(), rng.lognormal(10, 0.5, n).round()
    debt = rng.gamma(2.0, 0.2, n) * debt_unit
    income[rng.random(n) < 0.03] = np.nan
    return pd.DataFrame(
        {"region": rng.choice(["north", "south", "east"], n), "age": age, "income": income, "debt": debt}
    )


def defaults(frame: pd.DataFrame, seed: int) -> np.ndarray:
    """Whether they do not pay back."""
    rng = np.random.default_rng(seed)
    risk = 3 * frame["debt"] - 0.03 * frame["age"] + (frame["region"] == "south") - 0.5
    return np.asarray(rng.random(len(frame)) < 1 / (1 + np.exp(-risk)))


def rows_of(frame: pd.DataFrame, days: int) -> pa.Table:
    """The rows as they are kept: with ids, times over some days, a segment and a score."""
    n = len(frame)
    times = [NOW + timedelta(seconds=86_400 * days * i / max(1, n)) for i in range(n)]
    table = pa.Table.from_pandas(frame, preserve_index=False)
    columns: dict[str, Any] = {
        "branch": pa.array(["web" if i % 2 else "desk" for i in range(n)]),
        "id": pa.array([f"p{i}" for i in range(n)]),
        "time": pa.array(times, pa.timestamp("us", tz="UTC")),
        "score": pa.array(np.linspace(0, 1, n)),
    }
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table.set_column(0, "region", table.column("region").dictionary_encode())


@dataclass
class World:
    """The stores of one test, the service over them, and short ways to use it."""

    context: Context
    explain: Explain

    def model(
        self, name: str, uri: str | None, reference: pa.Table, *, columns: Sequence[Column] = COLUMNS, **more: Any
    ) -> None:
        """Introduce a model with a reference in force."""
        known = Model(pk=name, name=name, task="binary", mlflow=uri, created_at=NOW, updated_at=NOW, **more)
        self.context.documents.put(MODELS, dump(known))
        self._rows(f"rows/{name}/reference.parquet", reference)
        said = Reference(
            id="reference",
            pk=name,
            model=name,
            reference="reference~1",
            state="ready",
            media_type="",
            raw_uri="raw",
            digest="digest",
            rows=reference.num_rows,
            columns=tuple(columns),
            rows_uri=f"rows/{name}/reference.parquet",
            submitted_at=NOW,
        )
        self.context.documents.put(MODELS, dump(said))
        self.context.documents.put(MODELS, dump(said.model_copy(update={"id": "reference~1"})))

    def batch(self, name: str, rows: pa.Table, day: int = 0, **more: Any) -> str:
        """Store an accepted batch; returns its id."""
        end = NOW + timedelta(days=day)
        id = fact_id(end, "batch", name, str(day))
        note_month(self.context.documents, name, id)
        self._rows(f"rows/{name}/{id}.parquet", rows)
        found = Batch(
            id=id,
            pk=month_pk(name, id),
            model=name,
            state="accepted",
            media_type="",
            raw_uri="raw",
            digest=id,
            rows=rows.num_rows,
            start=end - timedelta(days=1),
            end=end,
            rows_uri=f"rows/{name}/{id}.parquet",
            submitted_at=NOW,
            **{"reference": "reference~1", "columns": COLUMNS, **more},
        )
        self.context.documents.put(RUNS, dump(found))
        return id

    def explained(self, name: str, batch: str) -> Explanation:
        """Have a batch explained; what is stored."""
        list(self.explain.explain_batch(BatchReceived(model=name, subject=batch, occurred_at=NOW)))
        pk = month_pk(name, batch)
        return parse(Explanation, self.context.documents.get(EXPLAIN, pk, f"g~{batch}") or {})

    def ask(self, name: str, **question: Any) -> LocalExplanation | Explanation:
        """Ask a question as the gateway does; the answer."""
        asked = ExplanationRequest(id="e~1", pk=requests_pk(name), model=name, asked_at=NOW, **question)
        self.context.documents.put(OPS, dump(asked))
        list(self.explain.explain_row(ExplanationRequested(model=name, subject="e~1|again", occurred_at=NOW)))
        doc = self.context.documents.get(EXPLAIN, local_pk(name), "e~1") or {}
        return parse(Explanation, doc) if doc["type"] == "explanation" else parse(LocalExplanation, doc)

    def local(self, name: str, **question: Any) -> LocalExplanation:
        """Ask about a row."""
        found = self.ask(name, **question)
        assert isinstance(found, LocalExplanation)
        return found

    def _rows(self, key: str, rows: pa.Table) -> None:
        body = io.BytesIO()
        pq.write_table(rows, body)
        self.context.objects.put(key, body.getvalue())
