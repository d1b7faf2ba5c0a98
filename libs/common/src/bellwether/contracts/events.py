"""Events: facts that crossed a service boundary. They carry ids, never rows."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from bellwether.contracts.base import Contract
from bellwether.contracts.lineage import GraphName
from bellwether.contracts.models import ModelName
from bellwether.contracts.upcast import upcast
from bellwether.errors import ContractError


class Event(Contract):
    """Common part of every event; ``subject`` is the id of what it is about, and with the type names the event."""

    model: ModelName
    subject: str
    occurred_at: AwareDatetime
    traceparent: str | None = None


class ModelChanged(Event):
    """A person created, changed or deleted a model.

    ``subject`` is ``fact_id(time of the change, "change", model)``: two changes are two facts.
    """

    type: Literal["model.changed"] = "model.changed"
    version: Literal[1] = 1


class ModelDeleted(Event):
    """A person deleted a model: every service forgets it, part by part; ``subject`` is the name and the part."""

    type: Literal["model.deleted"] = "model.deleted"
    version: Literal[1] = 1


class ReferenceSubmitted(Event):
    """Reference rows lie in object storage and wait to be accepted; ``subject`` is ``reference~<digest>``."""

    type: Literal["reference.submitted"] = "reference.submitted"
    version: Literal[1] = 1


class ReferenceReady(Event):
    """A reference is profiled and in force; ``subject`` is its id."""

    type: Literal["reference.ready"] = "reference.ready"
    version: Literal[1] = 1


class BatchSubmitted(Event):
    """Rows lie in object storage and wait to be accepted; ``subject`` is the batch id."""

    type: Literal["batch.submitted"] = "batch.submitted"
    version: Literal[1] = 1


class BatchReceived(Event):
    """A batch passed validation and is profiled; ``subject`` is the batch id."""

    type: Literal["batch.received"] = "batch.received"
    version: Literal[1] = 1


class BatchRejected(Event):
    """A batch cannot be used; its document lists all reasons; ``subject`` is the batch id."""

    type: Literal["batch.rejected"] = "batch.rejected"
    version: Literal[1] = 1


class LabelsSubmitted(Event):
    """Labels lie in object storage and wait to be accepted; ``subject`` is the labels' id."""

    type: Literal["labels.submitted"] = "labels.submitted"
    version: Literal[1] = 1


class LabelsReceived(Event):
    """Labels passed validation; ``subject`` is their id."""

    type: Literal["labels.received"] = "labels.received"
    version: Literal[1] = 1


class DriftReported(Event):
    """A drift report is stored; ``subject`` is the batch id."""

    type: Literal["drift.reported"] = "drift.reported"
    version: Literal[1] = 1


class ExplanationReady(Event):
    """An explanation is stored; ``subject`` is the batch id."""

    type: Literal["explanation.ready"] = "explanation.ready"
    version: Literal[1] = 1


class PerformanceReported(Event):
    """A performance report is stored or renewed; ``subject`` is its id and how many sets of labels it counts."""

    type: Literal["performance.reported"] = "performance.reported"
    version: Literal[1] = 1


class AnalysisRequested(Event):
    """A re-analysis is to begin or to go on; ``subject`` is its id, then ``|`` and what tells the steps apart."""

    type: Literal["analysis.requested"] = "analysis.requested"
    version: Literal[1] = 1


class ExplanationRequested(Event):
    """A question to the explain service is stored; ``subject`` is its id, then ``|`` and what tells repeats apart."""

    type: Literal["explanation.requested"] = "explanation.requested"
    version: Literal[1] = 1


class ObservedEvent(Event):
    """A source observed a new state of something outside; ``subject`` is ``observed_subject`` of its document.

    ``model`` is the graph the fact belongs to: ``@<source>``, or a model's for lineage that names one.
    """

    model: GraphName


class PipelineRunObserved(ObservedEvent):
    """A pipeline run, with its activities, is in a new state."""

    type: Literal["pipeline_run.observed"] = "pipeline_run.observed"
    version: Literal[1] = 1


class TrainingRunObserved(ObservedEvent):
    """A run of an MLflow server is in a new state."""

    type: Literal["training_run.observed"] = "training_run.observed"
    version: Literal[1] = 1


class ModelVersionObserved(ObservedEvent):
    """A version of a registered model is new, or its aliases or tags changed."""

    type: Literal["model_version.observed"] = "model_version.observed"
    version: Literal[1] = 1


class LineageReceived(ObservedEvent):
    """An OpenLineage event was received."""

    type: Literal["lineage.received"] = "lineage.received"
    version: Literal[1] = 1


class SourceDue(ObservedEvent):
    """It is time to look at a source; ``subject`` is its name: one piece of work, however often it is said."""

    type: Literal["source.due"] = "source.due"
    version: Literal[1] = 1


class SourceRead(ObservedEvent):
    """A look at a source ended, and what it found was said before; ``subject`` is the source, ``|`` and a token."""

    type: Literal["source.read"] = "source.read"
    version: Literal[1] = 1


class PreviewRequested(ObservedEvent):
    """Rows, or a registered model, are to be looked at before anything is stored; ``subject`` is the preview's id."""

    type: Literal["preview.requested"] = "preview.requested"
    version: Literal[1] = 1


class CheckDue(Event):
    """A model's alerts want a look: a timer ran out, or a person changed what they depend on.

    ``subject`` is a fact id of kind ``check``: what asks for a look at one time is one fact.
    """

    type: Literal["check.due"] = "check.due"
    version: Literal[1] = 1


class IncidentChanged(Event):
    """An incident has a new entry in its timeline; ``subject`` is its id, ``|`` and the number of the entry."""

    type: Literal["incident.changed"] = "incident.changed"
    version: Literal[1] = 1


class DeliveryDue(Event):
    """A message is to be sent: ``subject`` is what it is about, ``|`` and the id of the channel."""

    type: Literal["delivery.due"] = "delivery.due"
    version: Literal[1] = 1


AnyEvent = Annotated[
    ModelChanged
    | ModelDeleted
    | ReferenceSubmitted
    | ReferenceReady
    | BatchSubmitted
    | BatchReceived
    | BatchRejected
    | LabelsSubmitted
    | LabelsReceived
    | DriftReported
    | ExplanationReady
    | PerformanceReported
    | AnalysisRequested
    | ExplanationRequested
    | CheckDue
    | IncidentChanged
    | DeliveryDue
    | PipelineRunObserved
    | TrainingRunObserved
    | ModelVersionObserved
    | LineageReceived
    | SourceDue
    | SourceRead
    | PreviewRequested,
    Field(discriminator="type"),
]
_ADAPTER: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def encode(event: AnyEvent) -> bytes:
    """Write one event as compact JSON."""
    return _ADAPTER.dump_json(event)


def decode(raw: bytes | str) -> AnyEvent:
    """Read one event of a supported version, without fields it does not know; raises ``ContractError`` otherwise."""
    message = upcast(raw)
    try:
        return _ADAPTER.validate_python(message, extra="ignore")
    except ValidationError as error:
        raise ContractError(f"{error.error_count()} faults in {message.get('type')!r}: {error}") from error


def json_schema() -> dict[str, Any]:
    """Describe every event; the snapshot test keeps this from changing by accident."""
    return _ADAPTER.json_schema()
