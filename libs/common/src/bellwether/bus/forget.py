"""Forgetting a deleted model: each service deletes what it wrote, in bounded steps that may break off anywhere.

The gateway marks the model and publishes ``ModelDeleted``. Every worker then empties its own partitions; the
collector comes last, because the months of a model say where the others have to look, and because the definition,
as long as it is there, keeps the name from being used again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from bellwether.contracts import ANALYSES, INCIDENTS, AnyEvent, ModelDeleted, analysis_pk, local_pk, requests_pk
from bellwether.errors import NotReady
from bellwether.objects import ObjectStore
from bellwether.storage.collections import ALERTS, EXPLAIN, LINEAGE, MODELS, OPS, REPORTS, RUNS, VIEWS, Collection
from bellwether.storage.lineage import GRAPHS, forget_touch, graph_doc_id
from bellwether.storage.months import months, months_pk
from bellwether.storage.port import DocumentStore

STEP = 500
"""Deletions of one step."""
_DEFINITION = "model"
_FOLDERS = ("raw", "rows", "references", "profiles", "explained")
Partition = tuple[Collection, str]


@dataclass(frozen=True, slots=True)
class Forget:
    """A handler every service has under the name ``forget``."""

    service: str
    documents: DocumentStore
    objects: ObjectStore
    step: int = STEP

    def __call__(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Delete a part; what follows is the next part, until nothing is left."""
        assert isinstance(event, ModelDeleted)
        name = event.model
        doc = self.documents.get(MODELS, name, _DEFINITION)
        if doc is not None and doc.get("state") != "deleting":
            return ()  # an old message: the name is in use again
        left = self.step
        if self.service == "collector":
            self._wait_for_others(name)
            left -= self._delete_objects(name, left)
        for coll, pk in self._partitions(self.service, name):
            left -= self._empty(coll, pk, left)
        for coll, pk in self._shared(self.service):
            left -= self._empty(coll, pk, left, of=name)
        if left <= 0:
            number = int(event.subject.partition("~")[2] or 0) + 1
            return (event.model_copy(update={"subject": f"{name}~{number}"}),)
        self._finish(name)
        return ()

    def _partitions(self, service: str, name: str) -> Iterator[Partition]:
        by_month = [f"{name}|{month}" for month in months(self.documents, name)]
        match service:
            case "drift":
                yield from ((REPORTS, pk) for pk in by_month)
                yield from ((REPORTS, analysis_pk(name, id)) for id in self._analyses(name))
                yield from ((ALERTS, name), (VIEWS, f"kpis|{name}"))
            case "explain":
                yield from ((EXPLAIN, pk) for pk in (*by_month, local_pk(name)))
            case "lineage":
                yield LINEAGE, name
            case "collector":
                yield from ((RUNS, pk) for pk in by_month)
                people = (f"annotations|{name}", f"mutes|{name}")
                yield from ((OPS, pk) for pk in (f"push|{name}", requests_pk(name), *people))

    def _shared(self, service: str) -> Iterator[Partition]:
        """Yield partitions that hold documents of several models, each with the name of its own."""
        if service == "drift":
            yield VIEWS, INCIDENTS
            after = None
            while True:
                page = self.documents.query(OPS, "channels", limit=100, after=after)
                yield from ((ALERTS, f"deliveries|{doc['id']}") for doc in page.docs)
                if (after := page.cursor) is None:
                    return
        if service == "collector":
            yield from ((OPS, INCIDENTS), (OPS, "rules"))

    def _analyses(self, name: str) -> Iterator[str]:
        """Yield the ids of what was asked about past batches; they stay until their results are gone."""
        after = None
        while True:
            page = self.documents.query(OPS, ANALYSES, [("model", "eq", name)], limit=100, after=after)
            yield from (doc["id"] for doc in page.docs)
            if (after := page.cursor) is None:
                return

    def _empty(self, coll: Collection, pk: str, most: int, *, but: str | None = None, of: str | None = None) -> int:
        """Delete documents of a partition, or those of one model in it; how many."""
        done = 0
        where = [] if of is None else [("model", "eq", of)]
        while done < most:
            docs = self.documents.query(coll, pk, where, limit=min(100, most - done)).docs
            ids = [doc["id"] for doc in docs if doc["id"] != but]
            for doc in docs:
                if doc.get("type") == "node":
                    forget_touch(self.documents, pk, doc["node"])
            for id in ids:
                self.documents.delete(coll, pk, id)
            done += len(ids)
            if not ids:
                break
        return done

    def _delete_objects(self, name: str, most: int) -> int:
        keys = (key for folder in _FOLDERS for key in self.objects.list(f"{folder}/{name}"))
        found = list(islice(keys, most))
        for key in found:
            self.objects.delete(key)
        return len(found)

    def _wait_for_others(self, name: str) -> None:
        for service in ("drift", "explain", "lineage"):
            for coll, pk in self._partitions(service, name):
                if self.documents.query(coll, pk, limit=1).docs:
                    raise NotReady(f"{service} still has documents of model {name!r} in {coll.name}")

    def _finish(self, name: str) -> None:
        if self.service == "drift":
            for coll, pk in ((VIEWS, "fleet"), (VIEWS, "kpis"), (VIEWS, "gauges"), (VIEWS, "trends"), (ALERTS, "due")):
                self.documents.delete(coll, pk, name)
        if self.service == "lineage":
            self.documents.delete(LINEAGE, GRAPHS, graph_doc_id("", name))
        if self.service == "collector":
            for id in list(self._analyses(name)):
                self.documents.delete(OPS, ANALYSES, id)
            self._empty(RUNS, months_pk(name), 10_000)
            self._empty(MODELS, name, 10_000, but=_DEFINITION)
            self.documents.delete(MODELS, name, _DEFINITION)
