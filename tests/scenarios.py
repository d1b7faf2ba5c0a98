"""Seeded worlds in which one thing goes wrong on the way to a batch, told by the documents sources would write.

Three pipelines load raw tables, one joins them into features, one scores: a notebook with an MLflow run, whose batch is
pushed. On the last day something is planted; around it are runs that failed and were repeated, a pipeline that fails
and feeds nothing, benign changes of definitions, and counts that vary.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bellwether.contracts import (
    ActivityRun,
    AliasSpan,
    AnyEvent,
    Batch,
    BatchReceived,
    DatasetUse,
    Document,
    DriftPoint,
    DriftReported,
    Edge,
    Model,
    ModelChanged,
    ModelVersionObserved,
    Node,
    Observed,
    PipelineRun,
    PipelineRunObserved,
    RegisteredVersion,
    RunDataset,
    RunStatus,
    Status,
    TrainingRun,
    TrainingRunObserved,
    fact_id,
    month_pk,
    node_id,
    observed_subject,
)
from bellwether.graph import Facts, FactsReader, add
from bellwether.lineage.extract import graph_of

MODEL, FACTORY, LAKE = "credit", "adf/sub/group/factory", "abfss://lake@account.dfs.core.windows.net"
ADF, MLFLOW = "adf/main", "mlflow/main"
START, DAYS = datetime(2026, 3, 1, tzinfo=UTC), 14
TABLES = {"weather": ("temperature", "rain"), "orders": ("amount", "items"), "customers": ("age", "region")}
FEATURES = tuple(name for names in TABLES.values() for name in names)
KINDS = (
    *("failed", "failed_early", "cancelled", "late", "missing", "few_rows", "many_rows", "schema", "promotion"),
    *("commit", "parameter", "distribution", "alias"),
)
Step = tuple[str, RunStatus, list[DatasetUse], list[DatasetUse], int | None]
Told = tuple[AnyEvent, tuple[Document, ...]]


@dataclass
class Scenario:
    """What was planted: ``truth`` are the rules that may name it, each with the node, or the job it is a run of."""

    seed: int
    kind: str
    table: str
    told: list[Told] = field(default_factory=list)
    points: list[DriftPoint] = field(default_factory=list)
    truth: set[tuple[str, str]] = field(default_factory=set)

    def reader(self) -> FactsReader:
        """Return the graph of everything told."""
        told = list(self.graphs())
        nodes = [node for _, some, _ in told for node in some]
        return FactsReader(add(Facts(), nodes, [edge for _, _, some in told for edge in some]))

    def graphs(self) -> Iterator[tuple[str, list[Node], list[Edge]]]:
        """Yield what each event adds to which graph."""
        for event, documents in self.told:
            tell = graph_of(event, documents)
            yield tell.graph, tell.nodes, tell.edges


def scenario(seed: int, kind: str | None = None) -> Scenario:
    """Return a world by its seed."""
    chance = random.Random(seed)
    made = Scenario(seed, kind or KINDS[seed % len(KINDS)], chance.choice(list(TABLES)))
    _World(made, chance).tell()
    return made


class _World:
    def __init__(self, made: Scenario, chance: random.Random) -> None:
        self.made, self.chance = made, chance
        self.usual = {table: chance.randint(2_000, 90_000) for table in TABLES}
        self.minutes = {table: chance.randint(0, 40) for table in TABLES}
        self.etag = {name: self._id()[:8] for name in (*TABLES, "features", "score")}
        self.commit, self.version = self._id()[:12], "3"

    def tell(self) -> None:
        for day in range(DAYS):
            self._day(START + timedelta(days=day), last=day == DAYS - 1)
        self._registry(START + timedelta(days=DAYS - 1))
        self.chance.shuffle(self.made.told)

    def _day(self, day: datetime, *, last: bool) -> None:
        kind, rows = self.made.kind if last else "", 10_000
        for name in self.etag:
            if self.chance.random() < 0.04:
                self.etag[name] = self._id()[:8]  # a benign change of a definition
        for table in TABLES:
            rows = self._load(day, table, kind if table == self.made.table else "") or rows
        if self.chance.random() < 0.5:
            self._run(day.replace(hour=2), "report", [("mail", "FAILED", [], [], None)])
        join = self._join(day, kind)
        if kind == "commit":
            self.commit = self._id()[:12]
        if kind == "promotion":
            self.version = "4"
        self._score(day, rows, kind, join)

    def _load(self, day: datetime, table: str, kind: str) -> int | None:  # noqa: C901  # one place for what goes wrong
        """Run the pipeline of a raw table; returns the rows a batch of it has, if it decides that."""
        if kind == "missing":
            self.made.truth.add(("missing_run", node_id("pipeline", FACTORY, table)))
            return None
        start = day.replace(hour=1) + timedelta(minutes=self.minutes[table] + self.chance.random() * 4)
        rows = round(self.usual[table] * self.chance.gauss(1.0, 0.03))
        factor = {"few_rows": self.chance.uniform(0.05, 0.4), "many_rows": self.chance.uniform(2, 5)}.get(kind, 1.0)
        columns = [(name, "double") for name in (*TABLES[table], "key")]
        if kind == "schema":
            columns[self.chance.randrange(2)] = ("renamed", "string")
        sink = DatasetUse(
            namespace=LAKE,
            name=f"raw/{table}",
            rows=round(rows * factor),
            schema_columns=tuple(columns),
            columns={name: ((_dataset(f"landing/{table}"), name),) for name, _ in columns},
        )
        source = DatasetUse(namespace=LAKE, name=f"landing/{table}")
        check: RunStatus = "FAILED" if kind == "failed_early" else "SUCCEEDED"
        copy: RunStatus = {"failed": "FAILED", "cancelled": "ABORTED"}.get(kind, "SUCCEEDED")  # type: ignore[assignment]
        steps: list[Step] = [("check", check, [], [], None)]
        if check == "SUCCEEDED":
            if self.chance.random() < 0.12:
                steps.append(("copy", "FAILED", [source], [sink], None))  # and again: the next try succeeds
            steps.append(("copy", copy, [source], [sink], sink.rows))
        minutes = 200 if kind == "late" else self.chance.uniform(5, 12)
        parameters = {"units": "imperial" if kind == "parameter" else "metric", "day": f"{day:%Y-%m-%d}"}
        run = self._run(start, table, steps, minutes, parameters)
        if kind in ("failed", "failed_early", "cancelled"):
            culprit = steps.index(next(one for one in steps if one[1] in ("FAILED", "ABORTED")))
            if len(steps) == 3 and kind != "failed_early":
                culprit = 2
            node = node_id("activity_run", "adf", f"{run}/{run}-{culprit}")
            self.made.truth |= {("stale_input", node), ("failed_upstream", node)}
            for n in range(len(steps)):
                tried = node_id("activity_run", "adf", f"{run}/{run}-{n}")
                if steps[n][1] in ("FAILED", "ABORTED"):
                    self.made.truth.add(("stale_input", tried))
        elif kind == "late":
            self.made.truth.add(("late_producer", node_id("pipeline_run", "adf", run)))
        elif kind in ("few_rows", "many_rows"):
            self.made.truth.add(("row_count", node_id("activity_run", "adf", f"{run}/{run}-{len(steps) - 1}")))
        elif kind == "schema":
            self.made.truth.add(("schema_change", node_id("activity_run", "adf", f"{run}/{run}-{len(steps) - 1}")))
        elif kind == "parameter":
            self.made.truth.add(("code_change", node_id("pipeline_run", "adf", run)))
        if self.chance.random() < 0.06 and not kind:  # failed before, at night, and repeated in time
            self._run(start - timedelta(minutes=30), table, [("check", "FAILED", [], [], None)], 3, parameters)
        return round(10_000 * factor * self.chance.gauss(1.0, 0.02)) if table == "orders" else None

    def _join(self, day: datetime, kind: str) -> str:
        columns = {name: ((_dataset(f"raw/{table}"), name),) for table, names in TABLES.items() for name in names}
        sink = DatasetUse(
            namespace=LAKE,
            name="features",
            rows=round(10_000 * self.chance.gauss(1.0, 0.02)),
            columns=columns,
            schema_columns=tuple((name, "double") for name in FEATURES),
        )
        raw = [DatasetUse(namespace=LAKE, name=f"raw/{table}") for table in TABLES]
        return self._run(day.replace(hour=3), "features", [("join", "SUCCEEDED", raw, [sink], sink.rows)])

    def _score(self, day: datetime, rows: int, kind: str, join: str) -> None:
        start = day.replace(hour=4)
        pipeline = self._run(start, "score", [("notebook", "SUCCEEDED", [], [], None)], 20)
        drifting = self._drifting(kind)
        profile = {
            name: {"mean": self.chance.gauss(100, 1) + (60 if name in drifting and kind == "distribution" else 0)}
            for name in FEATURES
        }
        if kind and drifting and self.chance.random() < 0.5:  # what was read shows it as well: an effect
            profile |= {name: {"mean": 160.0} for name in drifting if name in FEATURES}
        said = {
            "source": MLFLOW,
            "run_id": self._id(),
            "experiment_id": "1",
            "status": "SUCCEEDED",
            "start": start + timedelta(minutes=5),
            "end": start + timedelta(minutes=15),
            "commit": self.commit,
            "notebook": "/jobs/score",
            "adf_run_id": pipeline,
            "adf_activity_run_id": f"{pipeline}-0",
            "model_versions": () if self.made.kind == "alias" else (("credit", self.version),),
            "datasets": (RunDataset(namespace=LAKE, name="features", context="scoring", profile=profile),),
            "updated_at": start + timedelta(minutes=15),
            "received_at": start + timedelta(minutes=20),
        }
        run = _document(TrainingRun, "ml-run", start, said["run_id"], said)  # type: ignore[arg-type]
        self._observed(TrainingRunObserved, run)
        node = node_id("ml_run", MLFLOW, run.run_id)
        if kind in ("promotion", "alias"):
            self.made.truth.add(("promotion", node_id("model_version", MLFLOW, "credit", "4")))
        elif kind == "commit":
            self.made.truth.add(("code_change", node))
        elif kind == "distribution":
            self.made.truth.add(("upstream_distribution", node))
        self._batch(day, rows, run.run_id, drifting)

    def _registry(self, last: datetime) -> None:
        """Tell the versions of the model and where its aliases pointed: another one is tried out beside the champion.

        What scores loads the champion, and says so only where the kind is no alias that moves.
        """
        promoted, tried = last - timedelta(hours=self.chance.uniform(1, 15)), last + timedelta(hours=1)
        goes = self.made.kind in ("promotion", "alias")
        aliases = {
            "3": (AliasSpan(alias="champion", since=START - timedelta(days=9), until=promoted if goes else None),),
            "4": (AliasSpan(alias="champion", since=promoted),) if goes else (),
            "5": (AliasSpan(alias="challenger", since=START), AliasSpan(alias="challenger", since=tried)),
        }
        for number, spans in aliases.items():
            made = START - timedelta(days=10 - int(number))
            said = {"source": MLFLOW, "name": "credit", "version": number, "created_at": made, "aliases": spans}
            said |= {"models": (MODEL,), "updated_at": made, "received_at": last + timedelta(hours=2)}
            self._observed(
                ModelVersionObserved, _document(RegisteredVersion, "model-version", made, f"credit/{number}", said)
            )
        model = Model(
            pk=MODEL, name=MODEL, task="binary", mlflow="models:/credit@champion", created_at=START, updated_at=START
        )
        self.made.told.append((ModelChanged(model=MODEL, subject=MODEL, occurred_at=START), (model,)))

    def _drifting(self, kind: str) -> tuple[str, ...]:
        if kind in ("promotion", "commit", "alias"):
            return ("prediction",)
        return TABLES[self.made.table] if kind else ()

    def _batch(self, day: datetime, rows: int, run: str, drifting: tuple[str, ...]) -> None:
        id = fact_id(day, "batch", MODEL, str(day))
        batch = Batch(
            id=id,
            pk=month_pk(MODEL, id),
            model=MODEL,
            state="accepted",
            source=MLFLOW,
            run=run,
            media_type="x",
            raw_uri="x",
            digest=self._id(),
            rows=rows,
            start=day - timedelta(days=1),
            end=day,
            submitted_at=day.replace(hour=5),
            completed_at=day.replace(hour=5),
        )
        names = ("prediction", *FEATURES)
        statuses: tuple[Status, ...] = tuple("act" if name in drifting else "fine" for name in names)
        point = DriftPoint(
            id=f"p~{id}",
            pk=batch.pk,
            model=MODEL,
            batch=id,
            end=day,
            rows=rows,
            score=80.0 if drifting else 5.0,
            status="act" if drifting else "fine",
            threshold=40.0,
            n_features=len(FEATURES),
            n_drifted=len(drifting),
            features=names,
            statuses=statuses,
            scores=tuple(0.5 for _ in names),
        )
        self.made.points.append(point)
        about = {"model": MODEL, "subject": id, "occurred_at": day.replace(hour=5, minute=10)}
        self.made.told.append((BatchReceived(**about), (batch,)))
        self.made.told.append((DriftReported(**about), (point, batch)))

    def _run(
        self,
        start: datetime,
        pipeline: str,
        steps: list[Step],
        minutes: float = 8,
        parameters: dict[str, str] | None = None,
    ) -> str:
        run, end = self._id(), start + timedelta(minutes=minutes)
        each = (end - start) / len(steps)
        activities = []
        for n, (name, status, inputs, outputs, rows) in enumerate(steps):
            again = n > 0 and steps[n - 1][0] == name
            activities.append(
                ActivityRun(
                    run_id=f"{run}-{n}",
                    name=name,
                    kind="Copy",
                    status=status,
                    start=start + n * each,
                    end=start + (n + 1) * each,
                    attempt=int(again),
                    retry_of=f"{run}-{n - 1}" if again else None,
                    depends_on=("check",) if name == "copy" else (),
                    inputs=tuple(inputs),
                    outputs=tuple(outputs),
                    rows_written=rows if status == "SUCCEEDED" else None,
                    error="the source timed out" if status == "FAILED" else None,
                )
            )
        said = {
            "source": ADF,
            "factory": FACTORY,
            "pipeline": pipeline,
            "run_id": run,
            "status": steps[-1][1],
            "start": start,
            "end": end,
            "activities": tuple(activities),
            "parameters": parameters or {},
            "definition_etag": self.etag.get(pipeline),
            "updated_at": end,
            "received_at": end + timedelta(minutes=1),
        }
        self._observed(PipelineRunObserved, _document(PipelineRun, "pipeline-run", start, run, said))
        return run

    def _observed(self, kind: Callable[..., AnyEvent], document: Observed) -> None:
        event = kind(model=f"@{document.source}", subject=observed_subject(document), occurred_at=document.received_at)
        self.made.told.append((event, (document,)))

    def _id(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128)))


def _document(kind, slug: str, start: datetime, natural: str, said):  # type: ignore[no-untyped-def]
    source = said["source"]
    id = fact_id(start, slug, source, natural)
    return kind(id=id, pk=month_pk(source, id), digest=natural[:16], **said)


def _dataset(name: str) -> str:
    return node_id("dataset", LAKE, name)
