"""Which explainer a model gets, and the check of what it says against the model itself, on every row. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from bellwether.contracts import Additivity
from bellwether.explain.asked import Asked, ModelFailed
from bellwether.explain.explainers import EXPLAINERS, Contributions, Explainer, Options, Ready
from bellwether.explain.trees.ensemble import Floats, Unsupported

_TRIAL_ROWS = 20


@dataclass(frozen=True, slots=True)
class Route:
    """An explainer made ready, and why those before it were not taken."""

    explainer: Explainer
    ready: Ready
    model: Asked
    output: int
    refused: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Checked:
    """Contributions with what the model itself answered, shape (n,), and how well both agree."""

    contributions: Contributions
    outputs: Floats
    additivity: Additivity


def choose(
    model: Asked,
    output: int,
    background: pa.Table,
    options: Options,
    explainers: Sequence[Explainer] = EXPLAINERS,
) -> Route:
    """Return the first explainer that applies and adds up on some background rows.

    Raises
    ------
    Unsupported
        None does.
    ModelFailed
        The model does not answer.
    """
    if background.num_rows == 0:
        raise Unsupported("the background has no rows")
    trial, refused = background.slice(0, _TRIAL_ROWS), []
    for explainer in explainers:
        try:
            route = Route(explainer, explainer.prepare(model, output, background, options), model, output)
            if explainer.exact:
                _require(check(route, trial).additivity)
        except Unsupported as error:
            refused.append(f"{explainer.slug}: {error}")
            continue
        return Route(explainer, route.ready, model, output, tuple(refused))
    raise Unsupported("; ".join(refused))


def explain(
    model: Asked,
    output: int,
    background: pa.Table,
    rows: pa.Table,
    options: Options,
    explainers: Sequence[Explainer] = EXPLAINERS,
) -> tuple[Route, Checked]:
    """Explain rows by the first explainer that applies and adds up on every one of them; raises as ``choose``."""
    route = choose(model, output, background, options, explainers)
    return go_on(route, background, rows, options, explainers)


def go_on(
    route: Route,
    background: pa.Table,
    rows: pa.Table,
    options: Options,
    explainers: Sequence[Explainer] = EXPLAINERS,
) -> tuple[Route, Checked]:
    """Explain rows by a route that was chosen before, or by those behind it; raises as ``choose``."""
    model, output = route.model, route.output
    refused: tuple[str, ...] = ()
    while True:
        checked = check(route, rows)
        if checked.additivity.state != "failed":
            return Route(route.explainer, route.ready, model, output, refused + route.refused), checked
        place = list(explainers).index(route.explainer)
        refused += (*route.refused, f"{route.explainer.slug}: {_gap(checked.additivity)}")
        explainers = explainers[place + 1 :]
        if not explainers:
            raise Unsupported("; ".join(refused))
        route = choose(model, output, background, options, explainers)


def _require(additivity: Additivity) -> None:
    if additivity.state == "failed":
        raise Unsupported(_gap(additivity))


def _gap(additivity: Additivity) -> str:
    gap = "no number" if additivity.max_abs is None else f"{additivity.max_abs:.3g}"
    return f"base value and contributions miss the model's answer by {gap}, {additivity.limit:.1g} is allowed"


def check(route: Route, rows: pa.Table) -> Checked:
    """Explain rows and compare base value plus contributions with what the model itself returns for each.

    Raises
    ------
    ModelFailed
        The model answers with missing or infinite values, or with another number of rows.
    """
    outputs = route.model.raw(rows)[:, route.output]
    if len(outputs) != rows.num_rows:
        raise ModelFailed(f"the model returned {len(outputs)} answers for {rows.num_rows} rows")
    if not np.isfinite(outputs).all():
        first = int(np.flatnonzero(~np.isfinite(outputs))[0])
        raise ModelFailed(f"the model answered {outputs[first]} for row {first}")
    contributions = route.ready.explain(rows)
    return Checked(contributions, outputs, additivity(route, contributions, outputs))


def additivity(route: Route, contributions: Contributions, outputs: Floats) -> Additivity:
    """Return the largest gap and whether it is within the model's own precision."""
    if not len(outputs):
        return Additivity(state="unchecked")
    gap = np.abs(route.ready.base_value + contributions.values.sum(axis=1) - outputs)
    allowed = route.model.about.tolerance * np.maximum(1.0, np.abs(outputs))
    fits = bool(np.all(gap <= allowed))
    exact = route.explainer.exact or (contributions.std_error is not None and not contributions.std_error.any())
    worst = float(gap.max()) if np.isfinite(gap).all() else None
    return Additivity(
        state="failed" if not fits else "exact" if exact else "estimated",
        max_abs=worst,
        limit=float(allowed[np.argmax(np.nan_to_num(gap, nan=np.inf))]),
        rows=len(outputs),
    )
