"""What a factory defines, as far as runs need it: pipelines with their activities, datasets, services, flows; pure.

Linked services are reduced on arrival to type, address, server and database: the rest may be secret.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bellwether.collector.sources.base import cut
from bellwether.contracts import Pipeline, PipelineActivity, PipelineTrigger, state_digest

Json = Mapping[str, Any]
_KEPT = ("url", "serviceEndpoint", "server", "database", "domain", "accountEndpoint")
_OF_CONNECTION = re.compile(r"(?i)^\s*(data source|server|initial catalog|database|accountname|accountendpoint)\s*=")
_SECONDS = {"Minute": 60, "Hour": 3600, "Day": 86_400, "Week": 7 * 86_400}
_BRANCHES = ("activities", "ifTrueActivities", "ifFalseActivities", "defaultActivities")


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything a factory defines, by name."""

    pipelines: Mapping[str, Json] = field(default_factory=dict)
    datasets: Mapping[str, Json] = field(default_factory=dict)
    services: Mapping[str, Json] = field(default_factory=dict)
    flows: Mapping[str, Json] = field(default_factory=dict)
    triggers: Mapping[str, Json] = field(default_factory=dict)
    etags: Mapping[str, str] = field(default_factory=dict)

    def activity(self, pipeline: str, name: str) -> Json:
        """Return an activity of a pipeline, wherever it is nested; empty when it is not there any more."""
        definition = self.pipelines.get(pipeline, {})
        return next((one for one in walk(definition.get("activities")) if one.get("name") == name), {})

    def dataset(self, name: str) -> tuple[Json, Json]:
        """Return a dataset and its linked service; empty ones where they are not there."""
        found = self.datasets.get(name, {})
        service = found.get("linkedServiceName")
        reference = service.get("referenceName") if isinstance(service, Mapping) else None
        return found, self.services.get(str(reference), {})


def gathered(listed: Mapping[str, Iterable[Json]]) -> Definitions:
    """Return definitions as the service lists them, linked services without their secrets."""
    by_kind = {
        kind: {str(one.get("name")): _mapping(one.get("properties")) for one in items}
        for kind, items in ((kind, list(items)) for kind, items in listed.items())
    }
    return Definitions(
        pipelines=by_kind.get("pipelines", {}),
        datasets=by_kind.get("datasets", {}),
        services={name: public(one) for name, one in by_kind.get("linkedservices", {}).items()},
        flows=by_kind.get("dataflows", {}),
        triggers=by_kind.get("triggers", {}),
        etags={name: _etag(one) for name, one in by_kind.get("pipelines", {}).items()},
    )


def public(service: Json) -> Json:
    """Return of a linked service what names need: type and address, nothing that opens anything."""
    said = _mapping(service.get("typeProperties"))
    kept = {name: said[name] for name in _KEPT if isinstance(said.get(name), str)}
    connection = said.get("connectionString")
    if isinstance(connection, str):
        parts = [part for part in connection.split(";") if _OF_CONNECTION.match(part)]
        kept["connectionString"] = ";".join(parts)
    return {"type": service.get("type"), "typeProperties": kept}


def walk(activities: Any) -> Iterator[Json]:
    """Yield activities, those inside of ForEach, IfCondition, Switch and Until included."""
    for one in activities if isinstance(activities, list) else ():
        if not isinstance(one, Mapping):
            continue
        yield one
        said = _mapping(one.get("typeProperties"))
        for branch in _BRANCHES:
            yield from walk(said.get(branch))
        for case in said.get("cases") or () if isinstance(said.get("cases"), list) else ():
            yield from walk(_mapping(case).get("activities"))


def pipelines_of(found: Definitions, source: str, factory: str, observed_at: datetime) -> tuple[Pipeline, ...]:
    """Return what is stored of each pipeline."""
    return tuple(_pipeline(found, source, factory, name, observed_at) for name in sorted(found.pipelines))


def newer(definition: Json, start: datetime | None) -> bool:
    """Say whether a definition was published after a run began."""
    published = definition.get("lastPublishTime")
    if start is None or not isinstance(published, str):
        return False
    try:
        time = datetime.fromisoformat(published)
    except ValueError:
        return False
    return (time if time.tzinfo else time.replace(tzinfo=UTC)) > start


def _pipeline(found: Definitions, source: str, factory: str, name: str, observed_at: datetime) -> Pipeline:
    definition = found.pipelines[name]
    folder = _mapping(definition.get("folder")).get("name")
    return Pipeline(
        id=state_digest(name),
        pk=f"{source}|pipelines",
        source=source,
        factory=factory,
        pipeline=name,
        etag=found.etags.get(name),
        folder=folder if isinstance(folder, str) else None,
        activities=tuple(
            PipelineActivity(name=cut(one.get("name"), 300), kind=cut(one.get("type"), 100), depends_on=depends_on(one))
            for one in list(walk(definition.get("activities")))[:500]
        ),
        triggers=tuple(_triggers(found, name)),
        observed_at=observed_at,
    )


def depends_on(activity: Json) -> tuple[str, ...]:
    """Return the names of the activities that come before one."""
    before = activity.get("dependsOn")
    names = [_mapping(one).get("activity") for one in before] if isinstance(before, list) else []
    return tuple(cut(name, 300) for name in names if isinstance(name, str))


def _triggers(found: Definitions, pipeline: str) -> Iterator[PipelineTrigger]:
    for name, trigger in sorted(found.triggers.items()):
        listed = trigger.get("pipelines")
        names = [
            _mapping(_mapping(one).get("pipelineReference")).get("referenceName")
            for one in (listed if isinstance(listed, list) else ())
        ]
        if pipeline in names:
            every = _every(trigger)
            seconds = None if every is None else int(every.total_seconds())
            started = trigger.get("runtimeState") == "Started"
            yield PipelineTrigger(
                name=cut(name, 300), kind=cut(trigger.get("type"), 100), started=started, every_s=seconds
            )


def _every(trigger: Json) -> timedelta | None:
    """Return the interval of a plain schedule; one with hours or weekdays of its own has none that is fixed."""
    said = _mapping(trigger.get("typeProperties"))
    recurrence = _mapping(said.get("recurrence")) or said
    seconds, interval = _SECONDS.get(str(recurrence.get("frequency"))), recurrence.get("interval")
    if seconds is None or not isinstance(interval, int) or interval < 1:
        return None
    schedule = _mapping(recurrence.get("schedule"))
    if any(len(value) > 1 for value in schedule.values() if isinstance(value, list)):
        return None
    return timedelta(seconds=seconds * interval)


def _etag(definition: Json) -> str:
    return state_digest(repr(sorted((key, repr(value)) for key, value in definition.items())))


def _mapping(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}
