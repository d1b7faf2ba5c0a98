"""A batch explained: a budgeted sample of its rows, by the real model, against its reference."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from bellwether.contracts import (
    PROGRESS_OF,
    Batch,
    Explanation,
    ExplanationProgress,
    Model,
)
from bellwether.explain.asked import ModelFailed
from bellwether.explain.batches import Sample, answer, sample
from bellwether.explain.classes import Classes
from bellwether.explain.columns import Floats, plain
from bellwether.explain.explainers import fit
from bellwether.explain.findings import Attributed, chunks, names_of, table, whole
from bellwether.explain.grounds import SEED, Grounds, evenly, fitting, take
from bellwether.explain.lookups import uri_of
from bellwether.explain.said import Clock, about
from bellwether.explain.standpoints import STEP, Question, Standpoint, Standpoints
from bellwether.explain.summary import importances
from bellwether.explain.trees.ensemble import Unsupported
from bellwether.objects import ObjectStore
from bellwether.settings import Explain
from bellwether.storage.collections import EXPLAIN
from bellwether.storage.documents import dump
from bellwether.storage.port import DocumentStore

ANY = Question()
Stage = Literal["model", "reference", "rows"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an explanation is written: its address, and whether its rows are kept beside it."""

    id: str
    pk: str
    rows: bool


@dataclass(frozen=True, slots=True)
class OfBatch:
    """Explains batches."""

    documents: DocumentStore
    objects: ObjectStore
    grounds: Grounds
    standpoints: Standpoints
    settings: Explain
    now: Callable[[], datetime]

    def explain(
        self, model: Model, batch: Batch, place: Place, question: Question = ANY, most: int | None = None
    ) -> Explanation:
        """Return what is said about a batch; its rows are written.

        Without a model to ask a line through its answers stands in, and says so. Raises ``Unavailable`` where later
        helps.
        """
        uri, warning = uri_of(self.documents, model, batch.version)
        if uri is None:
            return self._surrogate(batch, place)
        try:
            return self._asked(model, batch, place, (uri, question), most, warning)
        except (ModelFailed, Unsupported) as error:
            return self._empty(batch, place, "none", str(error)[:1000])

    def _asked(
        self,
        model: Model,
        batch: Batch,
        place: Place,
        asked: tuple[str, Question],
        most: int | None,
        warning: str | None,
    ) -> Explanation:
        clock = Clock()
        ground = self.grounds.of(model.name, batch.reference)
        at = self.standpoints.of(asked[0], ground, asked[1])
        before = at.model.cpu_seconds()
        reference = self._reference(at, self._teller(batch, place, "reference"))
        rows = self._rows(batch, at, most)
        if rows.num_rows == 0:
            return self._empty(batch, place, "none", "the batch has no rows")
        checked = at.explain(rows, self._teller(batch, place, "rows"))
        if at.route.explainer.slug != reference[1]:  # a route that failed on these rows: compare like with like
            reference = self._reference(at, self._teller(batch, place, "reference"))
        players = at.model.about.players
        told = Attributed(
            rows,
            players,
            checked.contributions.values,
            checked.contributions.std_error,
            checked.outputs,
            at.route.ready.base_value,
        )
        seconds = (batch.end - batch.start).total_seconds() if batch.start and batch.end else 0.0
        segments = [column.name for column in batch.columns if column.role == "segment"]
        segments += [name for name in model.roles.segments if name not in segments]
        found = whole(told, reference[0], reference[2], seconds, batch.rows, segments)
        uri = self._write(told, batch, place)
        said = about(at, checked, () if warning is None else (warning,))
        return Explanation(
            **self._named(batch, place),
            **said,
            rows=rows.num_rows,
            features=found.features,
            other=found.other,
            against_reference=found.against_reference,
            shift=found.shift,
            cohorts=found.cohorts,
            classes=Classes(self.standpoints).of(at, rows, checked, batch.rows),
            rows_uri=uri,
            cpu_seconds=clock.seconds(at.model, before),
        )

    def _rows(self, batch: Batch, at: Standpoint, most: int | None) -> pa.Table:
        assert batch.rows_uri is not None
        extra = [column.name for column in batch.columns if column.role in ("id", "segment")]
        with self.objects.local(batch.rows_uri) as path:
            names = set(pq.read_schema(path).names)
            if absent := [name for name in at.model.about.players if name not in names]:
                raise Unsupported(f"the model needs the columns {absent[:20]}, which the batch does not have")
            wanted = list(dict.fromkeys([*at.model.about.players, *extra]))
            total = pq.read_metadata(path).num_rows
            budget = min(most or self.settings.rows, at.affordable(total), fitting(len(at.model.about.players)))
            return plain(take(path, wanted, evenly(total, budget, SEED)))

    def _reference(self, at: Standpoint, tell: Callable[[int, int], None]) -> tuple[Attributed, str, Floats | None]:
        """Contributions of the reference's rows, the route they took, and the rows' times; kept with the standpoint."""
        slug = at.route.explainer.slug
        held = at.kept.get(slug)
        if held is None:
            total = at.ground.rows.num_rows
            place = evenly(total, min(at.affordable(total), fitting(len(at.model.about.players))), SEED)
            rows = at.ground.rows.take(place)
            checked = at.explain(rows, tell)
            slug, times = at.route.explainer.slug, at.ground.times
            told = Attributed(
                rows.select([]),
                at.model.about.players,
                checked.contributions.values,
                checked.contributions.std_error,
                checked.outputs,
                at.route.ready.base_value,
            )
            held = told, slug, None if times is None else times[place]
            at.kept[slug] = held
        return held

    def _write(self, told: Attributed, batch: Batch, place: Place) -> str | None:
        """Keep every row's contributions as an object, and the largest ones of some rows as documents."""
        if not place.rows or not len(told.values):
            return None
        names = names_of(told.rows, batch.columns)
        body = io.BytesIO()
        pq.write_table(table(told, names), body, compression="zstd")
        uri = f"explained/{batch.model}/{batch.id[:4]}/{batch.id[4:6]}/{batch.id}.parquet"
        self.objects.put(uri, body.getvalue())
        ids = names.to_pylist()
        for chunk in chunks(told, ids, batch.pk, batch.model, batch.id, self.settings.local_rows):
            self.documents.put(EXPLAIN, dump(chunk))
        return uri

    def _teller(self, batch: Batch, place: Place, stage: Stage) -> Callable[[int, int], None]:
        def tell(done: int, total: int) -> None:
            if total <= STEP and done == total:
                return  # too short to be followed
            progress = ExplanationProgress(
                id=PROGRESS_OF + (batch.id if place.rows else place.id),
                pk=place.pk,
                model=batch.model,
                done=done,
                total=total,
                stage=stage,
                updated_at=self.now(),
            )
            self.documents.put(EXPLAIN, dump(progress))

        return tell

    def _surrogate(self, batch: Batch, place: Place) -> Explanation:
        drawn = self._sample(batch)
        found = drawn if isinstance(drawn, str) else fit(drawn.blocks, drawn.output)
        if isinstance(drawn, str) or isinstance(found, str):
            rows = 0 if isinstance(drawn, str) else len(drawn.output)
            return self._empty(batch, place, "linear_surrogate", str(found), rows)
        features, other = importances(found.contributions, drawn.names, population=batch.rows)
        return Explanation(
            **self._named(batch, place),
            method="linear_surrogate",
            perturbation="surrogate",
            base_value=found.base_value,
            rows=len(drawn.output),
            features=features,
            other=other,
            fidelity=found.fidelity,
            warnings=(
                "there is no model to ask: this is a straight line through its answers. PATCH the model with `mlflow`"
                " to have the model itself explained",
            ),
        )

    def _sample(self, batch: Batch) -> Sample | str:
        assert batch.rows_uri is not None
        output = answer(batch.columns)
        wanted = {c.name for c in batch.columns if c.role == "feature" and c.kind != "text"}
        wanted |= {output.name} if output else set()
        with self.objects.local(batch.rows_uri) as path:
            names = [name for name in pq.read_schema(path).names if name in wanted]
            return sample(batch, pq.read_table(path, columns=names))

    def _empty(self, batch: Batch, place: Place, method: str, reason: str, rows: int = 0) -> Explanation:
        return Explanation(**self._named(batch, place), method=method, reason=reason, rows=rows, features=())

    def _named(self, batch: Batch, place: Place) -> dict[str, Any]:
        return {
            "id": place.id,
            "pk": place.pk,
            "model": batch.model,
            "batch": batch.id,
            "version": batch.version,
            "rows_total": batch.rows,
            "created_at": self.now(),
        }
