"""Findings that call for a person: rules, incidents, what people decide about them, and how they are told."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt

from bellwether.contracts.base import Contract, Document, Status
from bellwether.contracts.kpis import Family
from bellwether.contracts.models import ColumnName, ModelName, Tier

RuleName = Literal[
    "drift",
    "prediction_drift",
    "performance",
    "quality",
    "input_removed",
    "batch_rejected",
    "no_data",
    "pipeline_failed",
]
IncidentState = Literal["open", "acknowledged", "expected", "resolved", "noise"]
ChannelKind = Literal["webhook", "email", "slack", "teams"]
Change = Literal[
    "opened",
    "joined",
    "reopened",
    "cleared",
    "resolved",
    "muted",
    "rearmed",
    "reminder",
    "escalated",
    "test",
    "digest",
]
Action = Literal["acknowledge", "resolve", "reopen", "note", "useful", "noise", "expect", "reject_cause"]

INCIDENTS = "incidents"
"""Partition of ``ops`` that holds what people decided, and of ``views`` that lists incidents of all models."""
REOPENED_WITHIN_H = 24
REMINDER_H = 24
ESCALATION_H = {1: 24, 2: 48, 3: 72}
"""Hours, by tier, after which an incident that nobody acknowledged goes to the second owner; a model without: as 2."""
MUTE_DAYS = 14
MOST_MUTE_DAYS = 90


class RuleInfo(Contract):
    """One rule as data: it opens after so many bad batches in a row, and closes after so many that are fine.

    ``past`` is the title of what is over.
    """

    rule: RuleName
    title: str
    past: str
    family: Family
    meaning: str
    opens_after: PositiveInt
    closes_after: PositiveInt
    next_step: str


class Rule(Document):
    """What a person changed about a rule, of one model or of all (``~all``).

    Container ``ops``, pk ``rules``, id = ``<model>~<rule>``; the gateway writes it. None leaves a default as it is;
    ``channels`` limits who is told.
    """

    type: Literal["rule"] = "rule"
    model: ModelName | None = None
    rule: RuleName
    enabled: bool | None = None
    opens_after: Annotated[int, Field(ge=1, le=20)] | None = None
    closes_after: Annotated[int, Field(ge=1, le=20)] | None = None
    channels: tuple[str, ...] | None = None
    updated_at: AwareDatetime
    updated_by: str


class Alert(Contract):
    """One finding, told once however many batches repeat it; ``key`` is what receivers tell repeats by.

    ``since`` is the begin of the first bad batch, ``seen_at`` its arrival; ``cleared_at`` is set once it is over.
    ``until`` is then the begin of what was fine again, by the clock of the data; ``past`` says what it was.
    """

    key: str
    rule: RuleName
    family: Family
    subject: str | None = None
    features: tuple[ColumnName, ...] = ()
    version: str | None = None
    status: Status
    since: AwareDatetime
    seen_at: AwareDatetime
    first_batch: str | None = None
    last_batch: str | None = None
    last_at: AwareDatetime
    batches: NonNegativeInt = 1
    value: float | None = None
    threshold: float | None = None
    sentence: str
    past: str = ""
    until: AwareDatetime | None = None
    cleared_at: AwareDatetime | None = None


class Impact(Contract):
    """What an incident touches: batches and rows since it began, decisions resting on it in [0, 1], money."""

    batches: NonNegativeInt = 0
    rows: NonNegativeInt = 0
    share: float | None = None
    money: float | None = None
    currency: str | None = None


class TimelineEntry(Contract):
    """One thing that happened to an incident; ``actor`` is None for the system.

    ``trigger`` names the step that wrote it, so that a repeat of the step can tell what it did already.
    """

    at: AwareDatetime
    change: Change
    text: str
    actor: str | None = None
    trigger: str = ""


class Incident(Document):
    """What a person handles: findings of one model that belong together.

    Container ``alerts``, pk = model, id = a fact id of kind ``incident``; drift writes it, and a copy in ``views``.
    ``state`` is what is known without people: ``open``, ``expected`` (muted) or ``resolved``.
    """

    type: Literal["incident"] = "incident"
    model: ModelName
    group: str
    family: Family
    state: Literal["open", "expected", "resolved"]
    status: Status
    title: str
    sentence: str
    since: AwareDatetime
    seen_at: AwareDatetime
    opened_at: AwareDatetime
    reopened_at: AwareDatetime | None = None
    resolved_at: AwareDatetime | None = None
    resolved_by: str | None = None
    muted_until: AwareDatetime | None = None
    alerts: tuple[Alert, ...]
    impact: Impact = Impact()
    next_step: str
    timeline: tuple[TimelineEntry, ...] = ()
    reminded_at: AwareDatetime | None = None
    escalated_at: AwareDatetime | None = None
    updated_at: AwareDatetime
    trigger: str = ""


class IncidentAction(Contract):
    """One thing a person decided; ``until`` is the end of an expected change.

    ``node`` is the rejected cause, ``rule`` what named it, ``job`` what it is a run of: like ones are believed less.
    """

    at: AwareDatetime
    actor: str
    action: Action
    note: str | None = None
    node: str | None = None
    rule: str | None = None
    job: str | None = None
    until: AwareDatetime | None = None


class IncidentActions(Document):
    """What people decided about an incident. Container ``ops``, pk ``incidents``, id = incident; gateway writes it."""

    type: Literal["incident_actions"] = "incident_actions"
    model: ModelName
    actions: tuple[IncidentAction, ...] = ()


class Annotation(Document):
    """A dated fact about a model. Container ``ops``, pk = ``annotations|<model>``; the gateway writes it."""

    type: Literal["annotation"] = "annotation"
    model: ModelName
    kind: Literal["deployment", "schema", "campaign", "incident", "note"]
    time: AwareDatetime
    end: AwareDatetime | None = None
    text: str
    link: str | None = None
    created_at: AwareDatetime
    created_by: str


class Mute(Document):
    """An expected change: alerts in scope are not told until it ends; values stay as they are.

    Container ``ops``, pk = ``mutes|<model>``; the gateway writes it. Without features, rules and KPIs all are in scope.
    """

    type: Literal["mute"] = "mute"
    model: ModelName
    start: AwareDatetime
    end: AwareDatetime
    reason: str
    features: tuple[ColumnName, ...] = ()
    rules: tuple[RuleName, ...] = ()
    kpis: tuple[str, ...] = ()
    incident: str | None = None
    created_at: AwareDatetime
    created_by: str


class Channel(Document):
    """A way to tell people. Container ``ops``, pk ``channels``; the gateway writes it.

    ``url`` and ``secret`` are never answered by the API as they are. Without ``models`` it hears of all, without
    ``tiers`` of every tier. One that ``hears`` escalations is the second owner's: what nobody acknowledged goes there.
    """

    type: Literal["channel"] = "channel"
    name: str
    kind: ChannelKind
    enabled: bool = True
    url: str | None = None
    addresses: tuple[str, ...] = ()
    secret: str | None = None
    models: tuple[ModelName, ...] | None = None
    tiers: tuple[Tier, ...] | None = None
    hears: Literal["everything", "escalations"] = "everything"
    digest: Literal["none", "daily", "weekly"] = "none"
    created_at: AwareDatetime
    created_by: str


class Attempt(Contract):
    """One try to deliver; ``error`` is None where it worked."""

    at: AwareDatetime
    seconds: float
    error: str | None = None


class Delivery(Document):
    """One message to one channel. Container ``alerts``, pk = ``deliveries|<channel>``; drift writes it.

    The id derives from incident, change and channel: a repeat is the same delivery, and receivers are told it.
    ``silent``: a digest that had nothing to tell.
    """

    type: Literal["delivery"] = "delivery"
    channel: str
    kind: ChannelKind
    model: ModelName | None
    incident: str | None = None
    change: Change
    title: str
    state: Literal["waiting", "delivered", "failed", "silent"]
    attempts: tuple[Attempt, ...] = ()
    created_at: AwareDatetime
    delivered_at: AwareDatetime | None = None
    ttl: Annotated[int, Field(ge=60)] = 90 * 86_400


RULES: tuple[RuleInfo, ...] = (
    RuleInfo(
        rule="drift",
        title="The data has drifted",
        past="The data had drifted",
        family="drift",
        meaning="the drift index of a batch is past its act line",
        opens_after=2,
        closes_after=3,
        next_step="Open the features that add most, and the run that delivered the first bad batch.",
    ),
    RuleInfo(
        rule="prediction_drift",
        title="The answers have drifted",
        past="The answers had drifted",
        family="outcome",
        meaning="the distribution of the predictions is past its act line",
        opens_after=2,
        closes_after=3,
        next_step="Compare the answers with those of the reference; if no input moved, look at the model version.",
    ),
    RuleInfo(
        rule="performance",
        title="The model does worse",
        past="The model did worse",
        family="performance",
        meaning="the key metric, realised or else estimated, is past its act line",
        opens_after=2,
        closes_after=3,
        next_step="Look at the segments that lost most; retrain if the world changed, mend the data if inputs did.",
    ),
    RuleInfo(
        rule="quality",
        title="Values are broken",
        past="Values were broken",
        family="quality",
        meaning="missing, unseen or impossible values of an input are past their act line",
        opens_after=2,
        closes_after=3,
        next_step="Mend the column at its source, run the delivery again, then look at the batches again.",
    ),
    RuleInfo(
        rule="input_removed",
        title="An input is gone",
        past="An input was gone",
        family="quality",
        meaning="a column the model needs is missing or changed its type",
        opens_after=1,
        closes_after=1,
        next_step="Bring the column back, or register a model version that does without it.",
    ),
    RuleInfo(
        rule="batch_rejected",
        title="A batch could not be used",
        past="A batch could not be used",
        family="quality",
        meaning="the newest batch was rejected",
        opens_after=1,
        closes_after=1,
        next_step="Read the reasons at the batch, mend the rows, push them again.",
    ),
    RuleInfo(
        rule="no_data",
        title="No data arrives",
        past="No data arrived",
        family="freshness",
        meaning="no batch came for more than two expected intervals",
        opens_after=1,
        closes_after=1,
        next_step="Look whether the pipeline ran, and whether its last step could push.",
    ),
    RuleInfo(
        rule="pipeline_failed",
        title="A pipeline failed",
        past="A pipeline had failed",
        family="pipeline",
        meaning="the newest finished run of a pipeline that feeds the model failed",
        opens_after=1,
        closes_after=1,
        next_step="Open the failed activity, mend it, run the pipeline again.",
    ),
)
"""Every rule with its defaults; how each is computed is in the drift service."""


def current_actions(incident: Incident, actions: tuple[IncidentAction, ...]) -> tuple[IncidentAction, ...]:
    """Return the actions that came after the incident was last opened or reopened."""
    begin = incident.reopened_at or incident.opened_at
    return tuple(action for action in actions if action.at >= begin)


def state_of(incident: Incident, actions: tuple[IncidentAction, ...], now: datetime) -> IncidentState:
    """Return the state of an incident: what is computed about it, and what people decided since it was opened."""
    current = current_actions(incident, actions)
    ended = next((one for one in reversed(current) if one.action in ("resolve", "noise", "reopen")), None)
    if ended is not None and ended.action != "reopen":
        return "noise" if ended.action == "noise" else "resolved"
    if incident.state == "resolved" and (ended is None or ended.at < (incident.resolved_at or ended.at)):
        return "resolved"
    if incident.muted_until is not None and incident.muted_until > now:
        return "expected"
    if any(one.action == "expect" and one.until is not None and one.until > now for one in current):
        return "expected"
    return "acknowledged" if any(one.action == "acknowledge" for one in current) else "open"
