"""Models by their MLflow URI: fetched once, kept in a folder, never opened here."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bellwether.errors import Unavailable
from bellwether.explain.asked import ModelFailed
from bellwether.explain.fetched import SAID, make_room
from bellwether.explain.flavours.base import Artifact
from bellwether.explain.host.process import Stored
from bellwether.settings import Explain
from bellwether.telemetry.logging import logger

_FIXED = re.compile(r"models:/[^@/]+/\d+|models:/m-[0-9a-f]{32}|runs:/.+")
"""URIs that name the same files for ever; others, such as aliases, move."""
_FETCH_SECONDS = 600.0
NOTED_S = 3_600.0
"""How often it is noted that a model is still used."""
_LOG = logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A model as it was fetched: where it is registered, its content, how it is opened."""

    uri: str
    version: str | None
    digest: str
    stored: Stored


@dataclass(slots=True)
class Registry:
    """One MLflow server, and the folder of what was fetched from it.

    ``tracking``: its address; None: there is none. ``moves_seconds``: how long an alias is believed.
    """

    tracking: str | None
    folder: Path
    local: tuple[str, ...]
    settings: Explain
    clock: Callable[[], float] = time.monotonic
    moves_seconds: float = 120.0
    _known: dict[str, tuple[float, Found]] = field(default_factory=dict)

    def find(self, uri: str) -> Found:
        """Return the model of a URI.

        Raises
        ------
        ModelFailed
            It does not exist, or may not be fetched; the message says what would help.
        Unavailable
            The server does not answer.
        """
        known = self._known.get(uri)
        believed = NOTED_S if _is_fixed(uri) else self.moves_seconds
        if known is not None and self.clock() - known[0] < believed and known[1].stored.folder.exists():
            return known[1]
        if _is_fixed(uri):
            found = self._kept(uri) or self._fetch(uri)
        else:
            found = replace(self.find(self._pointed(uri)), uri=uri)
        self._known[uri] = self.clock(), found
        return found

    def _pointed(self, uri: str) -> str:
        """Return the version an alias points to by now."""
        said = self._ask(uri, None)
        found = f"models:/{said['name']}/{said['version']}"
        if not _is_fixed(found):
            raise ModelFailed(f"{uri} points to {found}, which is no version")
        return found

    def _kept(self, uri: str) -> Found | None:
        place = self.folder / _name(f"{self.tracking} {uri}")
        with suppress(OSError, ValueError, KeyError, TypeError):
            found = _found(uri, place, json.loads((place / SAID).read_text()))
            os.utime(place / SAID)
            return found
        return None

    def _fetch(self, uri: str) -> Found:
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix="fresh-", dir=self.folder))
        try:
            said = self._ask(uri, fresh / "model")
            (fresh / SAID).write_text(json.dumps(said))
            place = self.folder / _name(f"{self.tracking} {uri}")
            with suppress(OSError):  # another worker was faster, with the same content
                fresh.rename(place)
            with suppress(OSError):
                os.utime(place / SAID)
            if removed := make_room(self.folder, self.settings.model_cache_bytes, time.time()):
                _LOG.info("models.removed", folder=str(self.folder), models=removed)
            return _found(uri, place, said)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def _ask(self, uri: str, folder: Path | None) -> dict[str, Any]:
        """Have a model fetched into a folder; without one, only have it said which version it is."""
        if self.tracking is None:
            raise ModelFailed(f"{uri} cannot be asked for: BELLWETHER_MLFLOW_URL names no MLflow server")
        if not uri.startswith(("models:/", "runs:/")):
            raise ModelFailed(f"{uri[:200]!r} names no model of a registry; models:/name/version does")
        if folder is not None:
            folder.mkdir()
        return self.checked(uri, self._answered(self.asked(uri, folder)))

    def _answered(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Ask in a process of its own: it loads MLflow, and ends."""
        command = [sys.executable, "-m", "bellwether.explain.fetch", json.dumps(asked)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_FETCH_SECONDS, check=False)  # noqa: S603 - ours
            found: dict[str, Any] = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError) as error:
            raise Unavailable(f"{asked['uri']} could not be fetched: {type(error).__name__}") from error
        return found

    def asked(self, uri: str, folder: Path | None) -> dict[str, Any]:
        """Return the question that fetches a model into a folder, or asks which version it is."""
        return {
            "uri": uri,
            "tracking": self.tracking,
            "folder": None if folder is None else str(folder),
            "schemes": list(self.settings.model_schemes),
            "local": list(self.local),
            "bytes": self.settings.model_download_bytes,
        }

    def checked(self, uri: str, said: dict[str, Any]) -> dict[str, Any]:
        """Return an answer, or raise the error it is."""
        if "error" not in said:
            return said
        message = f"{uri}: {said['message']}"
        raise ModelFailed(message) if said["error"] == "refused" else Unavailable(message)


def _found(uri: str, place: Path, said: dict[str, Any]) -> Found:
    artifact = Artifact(**said["artifact"])
    if not (place / "model" / artifact.path).exists():
        raise OSError(f"{place} is incomplete")
    stored = Stored(place / "model", said["flavour"], artifact, said["section"], said["signature"])
    return Found(uri, said["version"], said["digest"], stored)


def _is_fixed(uri: str) -> bool:
    return _FIXED.fullmatch(uri) is not None


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
