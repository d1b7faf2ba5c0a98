"""Looking at rows, or at a registered model, before anything is watched: the handler of previews."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bellwether.collector.decode.decoder import Decodes
from bellwether.collector.decode.table import Decoded
from bellwether.collector.preview import examples, preview, roles_of, signed, task_of
from bellwether.collector.settled import reasons
from bellwether.collector.sources import Registered, SourceFault, SourcePort
from bellwether.collector.tables import rows_of
from bellwether.contracts import (
    PREVIEWS_PK,
    ROW_FORMATS,
    AnyEvent,
    Preview,
    PreviewOffer,
    PreviewRequested,
    Reason,
)
from bellwether.errors import BellwetherError, Fault, PreconditionFailed
from bellwether.objects import ObjectStore
from bellwether.storage.collections import OPS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import DocumentStore

_FOLDER = "~preview"


@dataclass(frozen=True, slots=True)
class Onboarding:
    """A handler with what it needs. ``port`` gives a source by name."""

    documents: DocumentStore
    objects: ObjectStore
    decoder: Decodes
    port: Callable[[str], SourcePort]
    now: Callable[[], datetime]

    def preview(self, event: AnyEvent) -> Iterable[AnyEvent]:
        """Complete a preview; nothing follows from it."""
        assert isinstance(event, PreviewRequested)
        doc = self.documents.get(OPS, PREVIEWS_PK, event.subject)
        if doc is None or doc["state"] != "waiting":
            return ()
        asked = parse(Preview, doc)
        try:
            known = asked.mlflow is None or asked.said
            found = asked if known else self._registered(asked, asked.mlflow or "")
            done = self._rows(found) if found.raw_uri is not None else found
        except SourceFault as fault:
            done = _failed(asked, Reason(pointer="/mlflow", value=str(fault), limit=fault.condition, fix=fault.fix))
        except BellwetherError as error:
            if error.retry:
                raise
            faults = error.faults or [Fault("/body", str(error), "usable rows", "mend the rows and try again")]
            done = _failed(asked, *reasons(faults))
        state = "failed" if done.state == "failed" else "ready"
        completed = done.model_copy(update={"state": state, "completed_at": self.now()})
        with suppress(PreconditionFailed):  # another run completed it
            self.documents.put(OPS, dump(completed), if_etag=doc["_etag"])
        return ()

    def _registered(self, asked: Preview, uri: str) -> Preview:
        """Return the preview with what the registry and the training run say, and rows for a reference if there are."""
        assert asked.source is not None
        port = self.port(asked.source)
        found = port.describe(uri)
        # Rows say more than a signature: a probability is a number, too.
        outputs = found.outputs if found.reference is None else ()
        task = asked.task or task_of(found.tags.get("bellwether.task"), outputs)
        said = {
            "name": found.name,
            "version": found.version,
            "aliases": found.aliases,
            "run": found.run,
            "flavours": found.flavours,
            "metrics": dict(found.metrics),
            "datasets": found.datasets,
            "task": task,
            "roles": roles_of([name for name, _ in found.inputs], found.targets),
            "columns": signed(found.inputs),
        }
        asked = asked.model_copy(update=said)
        return asked if found.reference is None else self._with_rows(asked, port, found)

    def _with_rows(self, asked: Preview, port: SourcePort, found: Registered) -> Preview:
        with tempfile.TemporaryDirectory(prefix="bellwether-") as folder:
            media, rows = rows_of(port.table_of(found, Path(folder)))
            digest = hashlib.sha256(rows.read_bytes()).hexdigest()
            key = f"raw/{_FOLDER}/{digest}"
            if not self.objects.exists(key):
                self.objects.put(key, rows)
        where = f"{found.run}/{found.reference}"
        said = {"raw_uri": key, "digest": digest, "media_type": media, "reference_from": where}
        return asked.model_copy(update=said)

    def _rows(self, asked: Preview) -> Preview:
        """Return the preview with roles, kinds and columns of its rows."""
        decoded = self._decoded(asked)
        roles = asked.roles
        if roles is not None and not asked.said:
            roles = roles_of(roles.features or (), roles.label, decoded)
        task = asked.task or task_of(None, (), decoded, roles)
        found = preview(decoded, roles, task or "regression", asked.kinds)
        return asked.model_copy(
            update={
                "task": task,
                "roles": found.roles,
                "columns": found.columns,
                "examples": examples(decoded),
                "left_out": reasons(found.left_out),
                "offers": tuple(PreviewOffer(column=o.column, kind=o.kind, why=o.why) for o in found.offers),
                "faults": reasons(found.faults),
                "rows": found.rows,
                "start": found.start,
                "end": found.end,
            }
        )

    def _decoded(self, asked: Preview) -> Decoded:
        assert asked.raw_uri is not None
        assert asked.media_type is not None
        with self.objects.local(asked.raw_uri) as path:
            return self.decoder.decode(path, ROW_FORMATS[asked.media_type], asked.encoding, None)


def _failed(asked: Preview, *faults: Reason) -> Preview:
    return asked.model_copy(update={"state": "failed", "faults": tuple(faults)})
