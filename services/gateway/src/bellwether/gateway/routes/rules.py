"""Rules of alerts: defaults, and what people changed about them."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Path, Query, Response

from bellwether.contracts import ModelName, RuleName
from bellwether.gateway import rules
from bellwether.gateway.access import HANDLE, READ, Identity
from bellwether.gateway.context import Caller, Ctx
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.jsonbody import JsonBody
from bellwether.gateway.problems import Refused
from bellwether.gateway.rules import RuleIn, RuleOut, RulePatch, RulesOut

Of = Annotated[ModelName | None, Query(description="the rule of this model; of all models without one")]
Which = Annotated[RuleName, Path(description="name of the rule")]


async def list_rules(ctx: Ctx, caller: Caller, model: Of = None) -> RulesOut:
    """Every rule as it is in force, with how many of its incidents were useful."""
    return await ctx.threads.run(rules.in_force, ctx, caller, model)


async def create_rule(body: Annotated[RuleIn, Depends(JsonBody(RuleIn))], ctx: Ctx, caller: Caller) -> RuleOut:
    """Change what a rule does, of one model or of all."""
    _check(caller, body.model)
    said = {name: getattr(body, name) for name in body.model_fields_set if name not in ("rule", "model")}
    return await ctx.threads.run(rules.change, ctx, caller, body.rule, body.model, said)


async def change_rule(
    rule: Which, body: Annotated[RulePatch, Depends(JsonBody(RulePatch))], ctx: Ctx, caller: Caller, model: Of = None
) -> RuleOut:
    """Change what the body names; null sets it back to its default."""
    _check(caller, model)
    said = {name: getattr(body, name) for name in body.model_fields_set}
    return await ctx.threads.run(rules.change, ctx, caller, rule, model, said)


async def delete_rule(rule: Which, ctx: Ctx, caller: Caller, model: Of = None) -> Response:
    """Set a rule back to its defaults."""
    _check(caller, model)
    await ctx.threads.run(rules.reset, ctx, caller, rule, model)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _check(caller: Identity, model: str | None) -> None:
    if model is None and caller.models is not None:
        raise Refused(HTTPStatus.FORBIDDEN, "A key limited to some models may not change the rules of all.")


ENDPOINTS = (
    Endpoint("GET", "/rules", list_rules, READ, fails=(404,)),
    Endpoint("POST", "/rules", create_rule, HANDLE, 201, (400, 404, 413, 415)),
    Endpoint("PATCH", "/rules/{rule}", change_rule, HANDLE, fails=(400, 404, 413, 415)),
    Endpoint("DELETE", "/rules/{rule}", delete_rule, HANDLE, 204, (404,)),
)
