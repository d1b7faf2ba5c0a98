"""The two incidents of the recorded month, as the drift service lists them: one is over, one is open."""

from collections.abc import Iterator
from datetime import timedelta

from bellwether.contracts import INCIDENTS, Alert, Impact, Incident, TimelineEntry, fact_id
from bellwether.embedded.demo.incident import INCIDENT, OUTAGE
from tests.integration.gateway.told import batch_of, midnight

UNIT = "wind_speed drifts: a change of unit"
OLD_DATA = "wind_speed drifts: old data"


def incidents(model: str) -> Iterator[Incident]:
    """Yield both of a model."""
    for title, begin, end in ((UNIT, INCIDENT.start, INCIDENT.repaired), (OLD_DATA, OUTAGE.start, None)):
        since = midnight(begin)
        seen = since + timedelta(days=1)
        until = None if end is None else midnight(end)
        over = None if until is None else until + timedelta(days=1)
        now = f"wind_speed has not looked like the reference since {begin:%-d %B %Y}."
        then = "wind_speed had not looked like the reference."
        alert = Alert(
            key=f"drift|{begin}",
            rule="drift",
            family="drift",
            subject="wind_speed",
            features=("wind_speed",),
            status="act",
            since=since,
            seen_at=seen,
            first_batch=batch_of(model, begin),
            last_batch=batch_of(model, begin + timedelta(days=2)),
            last_at=seen,
            batches=3,
            sentence=f"{title}.",
            until=until,
            cleared_at=over,
        )
        yield Incident(
            id=fact_id(since, "incident", model, "drift"),
            pk=INCIDENTS,
            model=model,
            group=f"{model}|drift",
            family="drift",
            state="open" if over is None else "resolved",
            status="act",
            title=title,
            sentence=now if over is None else then,
            since=since,
            seen_at=seen,
            opened_at=seen,
            resolved_at=over,
            alerts=(alert,),
            impact=Impact(batches=3, rows=2000, share=0.5),
            next_step="Open the likely cause, mend the step, and run it once again for these days.",
            timeline=(TimelineEntry(at=seen, change="opened", text="Opened."),),
            updated_at=over or seen,
        )
