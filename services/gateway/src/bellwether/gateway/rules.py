"""Rules of alerts: the defaults, what people changed about them, and how often an alert was worth it."""

from collections import Counter
from datetime import timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field

from bellwether.contracts import (
    INCIDENTS,
    RULES,
    Contract,
    Family,
    Incident,
    IncidentActions,
    ModelName,
    Rule,
    RuleName,
)
from bellwether.errors import NotFound
from bellwether.gateway.access import Identity
from bellwether.gateway.annotations import check_model
from bellwether.gateway.context import Context
from bellwether.gateway.incidents import ask_for_look, useful
from bellwether.gateway.models import ALL
from bellwether.storage.collections import OPS, VIEWS
from bellwether.storage.documents import dump, parse

_PK = "rules"
_DAYS, _FEW, _HALF = 90, 10, 0.5
_INFO = {one.rule: one for one in RULES}


class RuleIn(Contract):
    """Body of ``POST /rules``: what a rule does of one model, or of all without one. What is left out stays."""

    rule: RuleName
    model: ModelName | None = None
    enabled: bool | None = None
    opens_after: Annotated[int, Field(ge=1, le=20)] | None = None
    closes_after: Annotated[int, Field(ge=1, le=20)] | None = None
    channels: tuple[Annotated[str, Field(min_length=1, max_length=64)], ...] | None = None


class RulePatch(Contract):
    """Body of ``PATCH /rules/{rule}``: what is named changes, null sets it back."""

    enabled: bool | None = None
    opens_after: Annotated[int, Field(ge=1, le=20)] | None = None
    closes_after: Annotated[int, Field(ge=1, le=20)] | None = None
    channels: tuple[Annotated[str, Field(min_length=1, max_length=64)], ...] | None = None


class Precision(Contract):
    """Share of answered incidents of 90 days that were useful; ``proposal`` when most were not."""

    useful: int
    noise: int
    share: float | None
    proposal: str | None


class RuleOut(Contract):
    """A rule as it is in force for a model; ``changed`` names what differs from the defaults, and ``by`` whom."""

    rule: RuleName
    model: ModelName | None
    title: str
    family: Family
    meaning: str
    next_step: str
    enabled: bool
    opens_after: int
    closes_after: int
    channels: tuple[str, ...] | None
    changed: tuple[str, ...]
    updated_at: AwareDatetime | None
    by: str | None
    precision: Precision


class RulesOut(Contract):
    """Every rule, in a fixed order."""

    items: tuple[RuleOut, ...]
    next: str | None = None


def in_force(ctx: Context, caller: Identity, model: str | None) -> RulesOut:
    """Return every rule as it holds for a model, or for all."""
    if model is not None:
        check_model(ctx, caller, model)
    answers = _answers(ctx, caller, model)
    return RulesOut(items=tuple(_present(ctx, info.rule, model, answers) for info in RULES))


def change(ctx: Context, caller: Identity, rule: RuleName, model: str | None, said: dict[str, object]) -> RuleOut:
    """Change what is named about a rule; the rest stays as it is."""
    if model is not None:
        check_model(ctx, caller, model)
    before = _stored(ctx, rule, model)
    made = Rule.model_validate(
        {
            **({} if before is None else before.model_dump()),
            **said,
            "id": _id(rule, model),
            "pk": _PK,
            "rule": rule,
            "model": model,
            "updated_at": ctx.now(),
            "updated_by": caller.name,
        }
    )
    ctx.documents.put(OPS, dump(made))
    if model is not None:
        ask_for_look(ctx, model, made.id)
    return _present(ctx, rule, model, _answers(ctx, caller, model))


def reset(ctx: Context, caller: Identity, rule: RuleName, model: str | None) -> None:
    """Set a rule back to its defaults; raises ``NotFound`` when nothing was changed."""
    if model is not None:
        check_model(ctx, caller, model)
    if not ctx.documents.delete(OPS, _PK, _id(rule, model)):
        whose = "all models" if model is None else f"model {model!r}"
        raise NotFound(f"Nothing was changed about the rule {rule!r} of {whose}.")
    if model is not None:
        ask_for_look(ctx, model, f"reset {rule}")


def _id(rule: RuleName, model: str | None) -> str:
    return f"{model or ALL}~{rule}"


def _stored(ctx: Context, rule: RuleName, model: str | None) -> Rule | None:
    doc = ctx.documents.get(OPS, _PK, _id(rule, model))
    return None if doc is None else parse(Rule, doc)


def _present(ctx: Context, rule: RuleName, model: str | None, answers: Counter[tuple[str, bool]]) -> RuleOut:
    info = _INFO[rule]
    layers = [one for one in (_stored(ctx, rule, None), model and _stored(ctx, rule, model)) if one]
    named = {
        field: value for one in layers for field in RulePatch.model_fields if (value := getattr(one, field)) is not None
    }
    defaults = {"enabled": True, "opens_after": info.opens_after, "closes_after": info.closes_after, "channels": None}
    return RuleOut(
        **info.model_dump(exclude={"past", "opens_after", "closes_after"}),
        model=model,
        **{**defaults, **named},
        changed=tuple(sorted(named)),
        updated_at=layers[-1].updated_at if layers else None,
        by=layers[-1].updated_by if layers else None,
        precision=_precision(info.title, answers[rule, True], answers[rule, False]),
    )


def _answers(ctx: Context, caller: Identity, model: str | None) -> Counter[tuple[str, bool]]:
    """Count, per rule, how many incidents of 90 days people called useful, and how many noise."""
    where = [] if model is None else [("model", "eq", model)]
    oldest = ctx.now() - timedelta(days=_DAYS)
    found: Counter[tuple[str, bool]] = Counter()
    after = None
    while True:
        part = ctx.documents.query(OPS, INCIDENTS, where, desc=True, limit=500, after=after)
        for doc in part.docs:
            said = parse(IncidentActions, doc)
            verdict = useful(said.actions)
            if verdict is None or not caller.sees(said.model) or said.actions[-1].at < oldest:
                continue
            view = ctx.documents.get(VIEWS, INCIDENTS, said.id)
            if view is not None:
                found.update((rule, verdict) for rule in {alert.rule for alert in parse(Incident, view).alerts})
        if (after := part.cursor) is None:
            return found


def _precision(title: str, good: int, noise: int) -> Precision:
    answers = good + noise
    share = good / answers if answers else None
    proposal = None
    if share is not None and answers >= _FEW and share < _HALF:
        proposal = (
            f"{noise} of {answers} incidents of the rule {title!r} were called noise in {_DAYS} days. Consider a "
            "higher line in the model's thresholds, or more batches before it opens."
        )
    return Precision(useful=good, noise=noise, share=share, proposal=proposal)
