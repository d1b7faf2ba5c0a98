"""Pushing scored flights day by day, their labels three days later, never far ahead of the analysis.

What was pushed is asked of the gateway, not kept here: a replay that was killed anywhere goes on where it was, and
one that was finished pushes nothing. The labels of a day go out just before the batch of three days later, so a
batch that is there says that the labels before it are there too.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bellwether.embedded.demo.api import Api, reasons

LABEL_DELAY = timedelta(days=3)
BACKLOG = 8
"""Batches of all models that may wait for their report."""
_WAIT_S = 20
_DONE = frozenset({"analysed", "rejected"})


@dataclass(slots=True)
class Stream:
    """One model's days: ``rows`` and ``labels`` of a day as Parquet, None without labels.

    ``run`` names what a day's batch came out of, and tells those it is of before.
    """

    name: str
    version: str
    rows: Callable[[date], bytes]
    labels: Callable[[date], bytes | None]
    run: Callable[[date], str]
    left: deque[date]
    pushed: set[date] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Pending:
    """A batch whose report is awaited."""

    model: str
    day: date
    batch: str


def days_pushed(api: Api, model: str) -> dict[date, str] | None:
    """Return the days the gateway has of a model with the batch of each, or None when there is no such model."""
    if api.find(f"/models/{model}") is None:
        return None
    found = {}
    for batch in api.items(f"/models/{model}/batches"):
        try:
            found[date.fromisoformat(batch["key"] or "")] = batch["id"]
        except ValueError:
            continue  # somebody else's batch
    return found


class Replay:
    """Pushes streams in order of days; ``clock`` counts seconds."""

    def __init__(
        self,
        api: Api,
        speed: float,
        say: Callable[[str], None],
        *,
        backlog: int = BACKLOG,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api, self._speed, self._say = api, speed, say
        self._backlog, self._clock = backlog, clock
        self._began: tuple[float, date] | None = None
        self._pending: deque[Pending] = deque()

    def push(self, streams: Sequence[Stream], most: int | None = None) -> None:
        """Push what is left of the streams, the earliest day first; at most ``most`` batches."""
        count = 0
        while (most is None or count < most) and (live := [stream for stream in streams if stream.left]):
            stream = min(live, key=lambda one: one.left[0])
            self._keep_pace(stream.left[0])
            self._push_day(stream)
            count += 1
            self._settle(self._backlog)

    def tell(self) -> None:
        """Tell of the reports that are there."""
        self._settle(len(self._pending))

    def drain(self) -> None:
        """Wait for every report."""
        self._settle(0)

    def _push_day(self, stream: Stream) -> None:
        day = stream.left[0]
        labelled = day - LABEL_DELAY
        if labelled in stream.pushed:
            labels = stream.labels(labelled)
            if labels is not None:
                self._api.push("POST", f"/models/{stream.name}/labels", labels, key=f"labels-{labelled.isoformat()}")
        window = {"start": _stamp(day), "end": _stamp(day + timedelta(days=1))}
        said = {"version": stream.version, "key": day.isoformat(), "run": stream.run(day)}
        batch = self._api.push("POST", f"/models/{stream.name}/batches", stream.rows(day), **window, **said)
        self._pending.append(Pending(stream.name, day, batch["id"]))
        stream.pushed.add(day)
        stream.left.popleft()

    def _keep_pace(self, day: date) -> None:
        """Wait until this day is due at the chosen speed."""
        if not self._speed:
            return
        if self._began is None:
            self._began = (self._clock(), day)
        due = self._began[0] + (day - self._began[1]).days / self._speed
        if (wait := due - self._clock()) > 0:
            self._api.pause(wait)

    def _settle(self, most: int) -> None:
        """Tell of the reports that are there; wait while more than ``most`` are not."""
        while self._pending:
            oldest = self._pending[0]
            wait = _WAIT_S if len(self._pending) > most else 0
            told = self._api.get(f"/models/{oldest.model}/batches/{oldest.batch}", wait=wait)
            if told["state"] in _DONE:
                self._pending.popleft()
                self._say(self._line(oldest, told))
            elif wait:
                self._say(f"{oldest.day} {oldest.model}: still {told['state']}; waiting for its report")
            else:
                return

    def _line(self, batch: Pending, told: Mapping[str, Any]) -> str:
        line = f"{batch.day} {batch.model:<12} {told['rows']:>5} rows"
        if told["state"] == "rejected":
            return f"{line}  rejected: {reasons(told)}"
        overall = self._api.get(f"/models/{batch.model}/drift/{batch.batch}")["overall"]
        score = "-" if overall["score"] is None else f"{overall['score']:.1f}"
        return f"{line}  {overall['status']:<7} index {score}"


def _stamp(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
