"""Pushes that could not be delivered: kept on disk, sent before the next one. The caller's job goes on."""

import contextlib
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Push:
    """One POST of rows."""

    path: str
    media: str
    query: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spool:
    """A folder of undelivered pushes; the same push twice is kept once."""

    folder: Path

    def keep(self, push: Push, body: io.BufferedIOBase) -> Path:
        """Keep a push with its body; it is whole on disk or not there at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        body.seek(0)
        digest = hashlib.file_digest(body, "sha256").hexdigest()
        about = json.dumps(asdict(push), sort_keys=True)
        name = hashlib.sha256(f"{about}{digest}".encode()).hexdigest()[:32]
        body.seek(0)
        staged = self.folder / f"{name}.part"
        with staged.open("wb") as file:
            shutil.copyfileobj(body, file)
            file.flush()
            os.fsync(file.fileno())
        rows = staged.replace(self.folder / f"{name}.rows")
        (self.folder / f"{name}.part").write_text(about, encoding="utf-8")
        # The description comes last: what has one is whole.
        (self.folder / f"{name}.part").replace(self.folder / f"{name}.json")
        return rows

    def waiting(self) -> Iterator[tuple[Push, Path]]:
        """Every push that waits, oldest first."""
        for about in sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns):
            yield Push(**json.loads(about.read_text(encoding="utf-8"))), about.with_suffix(".rows")

    def refuse(self, rows: Path, reason: str) -> Path:
        """Set a push aside that the server will not have, with its reason beside it; where the reason stands.

        It is not tried again, and its rows are kept: rename ``.refused`` to ``.json`` once what was wrong is mended.
        """
        about = rows.with_suffix(".json")
        (told := rows.with_suffix(".reason")).write_text(reason, encoding="utf-8")
        about.replace(rows.with_suffix(".refused"))
        return told

    def done(self, rows: Path) -> None:
        """Forget a push that arrived."""
        for path in (rows.with_suffix(".json"), rows):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
