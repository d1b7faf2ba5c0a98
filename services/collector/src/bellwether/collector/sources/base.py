"""The port of sources: what polling relies on, whatever is outside. Nothing here reads a clock but ``Pace``."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import SecretStr

from bellwether.contracts import (
    Cursor,
    LoggedDataset,
    Observed,
    Pipeline,
    Source,
    SourceCondition,
    fact_id,
    month_pk,
    state_digest,
)
from bellwether.errors import BellwetherError

MOST_BAD = 0.2
"""Share of unreadable items of a page from which the source is taken to have changed its shape."""
OVERLAP_KEPT = 5_000
"""Runs of the overlap whose state a cursor remembers; older ones are stored again, which changes nothing."""
_SECRET = re.compile(r"secret|password|passwd|pwd|token|credential|api_?key|access_?key|account_?key|connection", re.I)
_CUT = "... (cut)"
O = TypeVar("O", bound=Observed)  # noqa: E741 - the one type here


class SourceFault(BellwetherError):
    """A source could not be read: how that is to be called, and what a person can do."""

    def __init__(self, condition: SourceCondition, message: str, fix: str = "", retry_s: float | None = None) -> None:
        super().__init__(message)
        self.condition, self.fix, self.retry_s = condition, fix, retry_s


@dataclass(frozen=True, slots=True)
class LoggedTable:
    """A table of predictions a run logged: where it lies, and the window its rows are from."""

    run_id: str
    experiment: str | None
    path: str
    start: datetime
    end: datetime
    model: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a source has.

    Once ``documents`` and ``tables`` are safe, ``cursor`` may be kept. ``complete``: nothing is left up to the time
    asked for. ``bad`` says of each item that could not be read why.
    """

    cursor: Cursor
    documents: tuple[Observed, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()
    tables: tuple[LoggedTable, ...] = ()
    bad: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """What a part of the past holds."""

    documents: tuple[Observed, ...] = ()
    tables: tuple[LoggedTable, ...] = ()
    bad: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered model as its server knows it: what a watched model can be made of.

    ``inputs`` and ``outputs`` are (name, type) of its signature. ``reference`` is a table of rows its run logged.
    """

    name: str
    version: str
    aliases: tuple[str, ...]
    run: str | None
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    flavours: tuple[str, ...]
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, float | None]
    datasets: tuple[LoggedDataset, ...]
    targets: str | None
    reference: str | None


class SourcePort(Protocol):
    """Every source implements this; the conformance suite ``tests/contract/sources`` defines what it means.

    Raises ``SourceFault``, and nothing of a vendor's.
    """

    def poll(self, cursor: Cursor | None, until: datetime) -> Iterator[Found]:
        """Yield what is new or changed since ``cursor``, oldest first; at least one page, the last one complete."""

    def backfill(self, since: datetime, until: datetime) -> Day:
        """Return what ended, or was last changed, in this window; at most a day is asked for."""

    def check(self) -> str:
        """Return the version behind, with one cheap call."""

    def fetch(self, table: LoggedTable, into: Path) -> Path:
        """Download a logged table below a folder; never outside of it."""

    def describe(self, uri: str) -> Registered:
        """Return a registered model."""

    def table_of(self, registered: Registered, into: Path) -> Path:
        """Download the rows that can serve as its reference below a folder."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a source is opened with. ``secret`` reads a secret by name, ``pause`` waits seconds."""

    secret: Callable[[str], SecretStr | None]
    pause: Callable[[float], None]
    clock: Callable[[], float]
    timeout_s: float = 30.0
    artifact_bytes: int = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source."""

    slug: str
    title: str
    open: Callable[[Source, Needs], SourcePort]


@dataclass(slots=True)
class Pace:
    """Keeps calls ``every_s`` apart, twice that for ``slow_s`` after the other side asked for less."""

    every_s: float
    pause: Callable[[float], None]
    clock: Callable[[], float]
    slow_s: float = 300.0
    _next: float = field(default=0.0)
    _slow_until: float = field(default=0.0)

    def wait(self) -> None:
        """Wait until the next call is due."""
        now = self.clock()
        if (left := self._next - now) > 0:
            self.pause(left)
            now += left
        self._next = now + self.every_s * (2.0 if now < self._slow_until else 1.0)

    def slow_down(self) -> None:
        """Halve the rate for a while."""
        self._slow_until = self.clock() + self.slow_s


def observed(
    kind: type[O],
    slug: str,
    natural: str,
    source: str,
    time: datetime,
    updated: datetime,
    received: datetime,
    **said: Any,
) -> O:
    """Return what was observed under its address; ``digest`` names its state without the times of observation."""
    id = fact_id(time, slug, source, natural)
    made = kind.model_validate(
        {
            "id": id,
            "pk": month_pk(source, id),
            "source": source,
            "digest": "",
            "updated_at": updated,
            "received_at": received,
            **said,
        }
    )
    return stamped(made)


def stamped(made: O) -> O:
    """Return a document with the digest of what it says; pure."""
    text = made.model_dump_json(exclude={"id", "pk", "digest", "updated_at", "received_at", "schema_version"})
    return made.model_copy(update={"digest": state_digest(text)})


def cut(text: object, limit: int = 4096) -> str:
    """Return a text that fits a field, cut with a mark."""
    said = str(text)
    said = said.encode(errors="replace").decode()
    return said if len(said) <= limit else said[: limit - len(_CUT)] + _CUT


def redacted(pairs: Mapping[str, Any], most: int = 1000) -> dict[str, str]:
    """Return parameters or tags as texts; what a name calls secret is not kept."""
    kept = sorted(pairs)[:most]
    return {cut(name, 250): "(not kept)" if _SECRET.search(name) else cut(pairs[name]) for name in kept}


def check_shape(bad: int, items: int, what: str, first: str) -> None:
    """Raise ``SourceFault`` when so many items are unreadable that the other side must have changed."""
    if items and bad / items > MOST_BAD:
        raise SourceFault(
            "shape_changed",
            f"{bad} of {items} {what} cannot be read, such as: {first[:500]}",
            "nothing was skipped; this release does not understand the server: look for a newer one",
        )


def trimmed(recent: Mapping[str, str], since: datetime) -> dict[str, str]:
    """Return the states of runs changed since a time; each is written ``<time>|<digest>``; pure."""
    edge = since.isoformat()
    kept = {id: state for id, state in recent.items() if state.partition("|")[0] >= edge}
    if len(kept) <= OVERLAP_KEPT:
        return kept
    newest = sorted(kept, key=lambda run: kept[run], reverse=True)[:OVERLAP_KEPT]
    return {id: kept[id] for id in newest}


def state_of(document: Observed) -> str:
    """Return how a cursor remembers the state of a document; pure."""
    return f"{document.updated_at.isoformat()}|{document.digest}"


def inside(folder: Path, path: str) -> Path:
    """Return where a path of the other side lies below ``folder``; raises ``SourceFault`` when it leaves it."""
    plain = "\x00" not in path and not path.startswith(("/", "\\"))
    # A null byte is no path to any system: it is refused before one is made of it.
    wanted = (folder / path).resolve() if plain else None
    if wanted is None or not wanted.is_relative_to(folder.resolve()):
        raise SourceFault("invalid", f"the artifact path {path[:200]!r} leaves its folder", "it is not read")
    return wanted
