"""One row explained: a new one, or a prediction that was pushed; and as it would be otherwise."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from bellwether.contracts import (
    Decision,
    ExplanationRequest,
    LocalContribution,
    LocalExplanation,
    Reason,
    local_pk,
)
from bellwether.errors import NotFound
from bellwether.explain.asked import ModelFailed
from bellwether.explain.grounds import Ground, Grounds
from bellwether.explain.lookups import model_of, row_of, uri_of
from bellwether.explain.routes import Checked
from bellwether.explain.rows import BadRow, cell, changed, table_of, unseen
from bellwether.explain.said import Clock, about
from bellwether.explain.standpoints import Question, Standpoint, Standpoints
from bellwether.explain.trees.ensemble import Floats, Unsupported
from bellwether.explain.words import Tongue, reasons
from bellwether.objects import ObjectStore
from bellwether.storage.port import DocumentStore

MOST_FEATURES = 200


@dataclass(frozen=True, slots=True)
class OfRow:
    """Explains rows."""

    documents: DocumentStore
    objects: ObjectStore
    grounds: Grounds
    standpoints: Standpoints
    now: Callable[[], datetime]

    def answer(self, asked: ExplanationRequest) -> LocalExplanation:
        """Return the answer, or one that says why there is none; raises ``Unavailable`` where later helps."""
        try:
            return self._answer(asked)
        except BadRow as error:
            return self._failed(asked, f"the row cannot be used: {error}", error.reasons)
        except (ModelFailed, NotFound, Unsupported) as error:
            return self._failed(asked, str(error))

    def _answer(self, asked: ExplanationRequest) -> LocalExplanation:
        clock = Clock()
        model = model_of(self.documents, asked.model)
        if model is None:
            raise Unsupported(f"model {asked.model!r} does not exist")
        version, row, batch, reference = None, None, asked.batch, None
        if asked.row_id is not None:
            place = row_of(self.documents, self.objects, model, asked.row_id, asked.batch)
            if place is None:
                where = "no batch kept has a" if asked.batch is None else f"batch {asked.batch} has no"
                raise Unsupported(f"{where} prediction with the id {asked.row_id!r}: ids are those of the rows pushed")
            version, batch, row, reference = place[0].version, place[0].id, place[1], place[0].reference
        uri, warning = uri_of(self.documents, model, version)
        if uri is None:
            raise Unsupported("the model has no MLflow URI, so there is nothing to ask: PATCH it with `mlflow`")
        ground = self.grounds.of(model.name, reference)
        question = Question(asked.output_class, asked.perturbation)
        at = self.standpoints.of(uri, ground, question, row if asked.row is None else _rough(asked, ground))
        rows = self._rows(asked, row, at, ground)
        before = at.model.cpu_seconds()
        checked = at.explain(rows)
        answers = at.model.answers(rows)[:, at.output]
        tongue = Tongue(
            at.model.about.space, at.model.about.outputs[at.output] or None, len(at.model.about.outputs), model.words
        )
        decisions = [_decision(at, checked, rows, i, float(answers[i]), tongue) for i in range(rows.num_rows)]
        warnings = [] if warning is None else [warning]
        warnings += (
            []
            if asked.row is None and asked.changes is None
            else unseen(rows.slice(rows.num_rows - 1), ground.background)
        )
        return LocalExplanation(
            **_named(asked, self.now()),
            **about(at, checked, tuple(warnings)),
            version=version,
            batch=batch,
            row_id=asked.row_id,
            decision=decisions[0],
            after=decisions[1] if asked.changes is not None else None,
            cpu_seconds=clock.seconds(at.model, before),
        )

    def _rows(self, asked: ExplanationRequest, row: pa.Table | None, at: Standpoint, ground: Ground) -> pa.Table:
        players = at.model.about.players
        schema = ground.background.schema
        known = set(schema.names)
        if row is None:
            row = table_of(asked.row or {}, schema, [name for name in players if name in known])
        there = set(row.column_names)
        if absent := [name for name in players if name not in there]:
            raise Unsupported(f"the model needs the columns {absent[:20]}, which are not in the reference")
        wanted = known.union(players)
        row = row.select([name for name in row.column_names if name in wanted])
        if asked.changes is None:
            return row
        return pa.concat_tables([row, changed(row, asked.changes)], promote_options="permissive")

    def _failed(self, asked: ExplanationRequest, reason: str, faults: tuple[Reason, ...] = ()) -> LocalExplanation:
        return LocalExplanation(
            **_named(asked, self.now()),
            method="none",
            reason=reason[:1000],
            reasons=faults[:100],
            batch=asked.batch,
            row_id=asked.row_id,
        )


def _named(asked: ExplanationRequest, now: datetime) -> dict[str, Any]:
    return {"id": asked.id, "pk": local_pk(asked.model), "model": asked.model, "created_at": now}


def _rough(asked: ExplanationRequest, ground: Ground) -> pa.Table | None:
    """The row as far as it can be used, to see which class is the likeliest; None where it is faulty."""
    try:
        return table_of(asked.row or {}, ground.background.schema, ())
    except BadRow:
        return None


def _decision(at: Standpoint, checked: Checked, rows: pa.Table, i: int, answer: float, tongue: Tongue) -> Decision:
    values, errors = checked.contributions.values[i], checked.contributions.std_error
    error: Floats | None = None if errors is None or not errors.any() else errors[i]
    order = np.argsort(-np.abs(values), kind="stable")[:MOST_FEATURES].tolist()
    names = at.model.about.players
    parts = tuple(
        LocalContribution(
            feature=names[j],
            value=cell(rows.column(names[j])[i].as_py()),
            contribution=float(values[j]),
            std_error=None if error is None or not np.isfinite(error[j]) else float(error[j]),
        )
        for j in order
    )
    base, output = at.route.ready.base_value, float(checked.outputs[i])
    other = output - base - sum(part.contribution for part in parts)
    return Decision(
        prediction=output,
        answer=answer if np.isfinite(answer) else None,
        base_value=base,
        contributions=parts,
        other=other,
        reasons=reasons(parts, other, tongue),
    )
