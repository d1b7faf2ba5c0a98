"""A model, what it is asked against, and the way it is explained: made once, kept while it is asked for."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pyarrow as pa

from bellwether.explain.asked import ModelFailed
from bellwether.explain.explainers import Contributions, Options, that
from bellwether.explain.explainers.box import Box
from bellwether.explain.findings import Attributed
from bellwether.explain.grounds import Ground
from bellwether.explain.host.remote import Remote
from bellwether.explain.hosts import Hosts
from bellwether.explain.registry import Found, Registry
from bellwether.explain.routes import Checked, Route, additivity, choose, go_on
from bellwether.explain.trees.ensemble import Floats, Unsupported
from bellwether.settings import Explain

STEP = 5_000
"""Rows between two looks at how far the work is."""

Tell = Callable[[int, int], None]
"""Rows done, and rows in all."""


@dataclass(frozen=True, slots=True)
class Question:
    """What of a model is explained: a class (None: the commonest, or likeliest), and what an absent feature means."""

    output_class: str | None = None
    perturbation: Literal["interventional", "path_dependent"] | None = None


@dataclass(slots=True)
class Standpoint:
    """One output of an open model, explained against one ground."""

    found: Found
    model: Remote
    ground: Ground
    output: int
    question: Question
    options: Options
    route: Route
    kept: dict[str, tuple[Attributed, str, Floats | None]] = field(default_factory=dict)
    """Contributions of the ground's rows, by the route that made them; and the times of those rows."""

    def explain(self, rows: pa.Table, tell: Tell = lambda done, total: None) -> Checked:
        """Explain rows, all by one route; raises ``Unsupported`` or ``ModelFailed``.

        Where a route that was good so far fails on some rows, the next one explains all of them.
        """
        while True:
            route = self.route
            parts = []
            for start in range(0, max(1, rows.num_rows), self._step(rows.num_rows)):
                part = rows.slice(start, self._step(rows.num_rows))
                self.route, checked = go_on(
                    self._share(route, part.num_rows / max(1, rows.num_rows)),
                    self.ground.background,
                    part,
                    self.options,
                    that(self.question.perturbation),
                )
                if self.route.explainer is not route.explainer:
                    break
                self.route = route
                parts.append(checked)
                tell(start + part.num_rows, rows.num_rows)
            else:
                return self._joined(parts)

    def affordable(self, rows: int) -> int:
        """Return how many of so many rows fit the budget."""
        ready = self.route.ready
        return min(rows, ready.affordable()) if isinstance(ready, Box) else rows

    def _step(self, rows: int) -> int:
        return STEP if self.route.explainer.exact else max(1, min(20, rows))

    def _share(self, route: Route, share: float) -> Route:
        return replace(route, ready=route.ready.part(share)) if isinstance(route.ready, Box) else route

    def _joined(self, parts: list[Checked]) -> Checked:
        if len(parts) == 1:
            return parts[0]
        errors = [part.contributions.std_error for part in parts]
        known = [error for error in errors if error is not None]
        contributions = Contributions(
            np.concatenate([part.contributions.values for part in parts]),
            np.concatenate(known) if len(known) == len(parts) else None,
            max(part.contributions.evaluations for part in parts),
        )
        outputs = np.concatenate([part.outputs for part in parts])
        return Checked(contributions, outputs, additivity(self.route, contributions, outputs))


@dataclass(slots=True)
class Standpoints:
    """Everything that is open or compiled; what was used last is kept."""

    registry: Registry
    hosts: Hosts
    settings: Explain
    threads: int = 1
    keep: int = 16
    _known: OrderedDict[tuple[object, ...], Standpoint] = field(default_factory=OrderedDict)

    def of(self, uri: str, ground: Ground, question: Question, row: pa.Table | None = None) -> Standpoint:
        """Return the model of a URI, ready to be explained against a ground.

        Of several classes the one asked for is explained; else the likeliest of ``row``, or the commonest of the
        background.

        Raises
        ------
        ModelFailed
            It cannot be opened or does not answer.
        Unsupported
            It has no such class, or there is no way to explain it.
        Unavailable
            Its registry does not answer.
        """
        if ground.background.num_rows == 0:
            raise Unsupported("the reference has no rows to stand for an absent feature")
        found = self.registry.find(uri)
        features = tuple(column.name for column in ground.columns if column.role == "feature")
        model = self.hosts.open(found, ground.background.slice(0, 50), features)
        output = _output(model, question, ground.background if row is None else row)
        key = found.digest, ground.about.digest, output, question.perturbation
        held = self._known.get(key)
        if held is None or held.model is not model:
            options = Options(
                threads=self.threads, table_bytes=self.settings.table_bytes, model_rows=self.settings.model_rows
            )
            held = self._known[key] = _made(found, model, ground, output, question, options)
        self._known.move_to_end(key)
        while len(self._known) > self.keep:
            self._known.popitem(last=False)
        return held

    def beside(self, at: Standpoint, output: int) -> Standpoint:
        """Return the standpoint of another output of the same model; not kept, as it may hold large tables.

        Raises ``Unsupported`` or ``ModelFailed``.
        """
        return _made(at.found, at.model, at.ground, output, at.question, at.options)


def _made(found: Found, model: Remote, ground: Ground, output: int, question: Question, options: Options) -> Standpoint:
    route = choose(model, output, ground.background, options, that(question.perturbation))
    return Standpoint(found, model, ground, output, question, options, route)


def _output(model: Remote, question: Question, rows: pa.Table) -> int:
    outputs = model.about.outputs
    if question.output_class is not None:
        if question.output_class not in outputs:
            named = ", ".join(repr(name) for name in outputs[:20])
            raise Unsupported(f"the model has no output {question.output_class!r}; it has {named}")
        return outputs.index(question.output_class)
    if len(outputs) == 1:
        return 0
    likeliest = np.argmax(_finite(model.answers(rows)), axis=1)
    return int(np.bincount(likeliest, minlength=len(outputs)).argmax())


def _finite(answers: Floats) -> Floats:
    if not np.isfinite(answers).all():
        first = int(np.flatnonzero(~np.isfinite(answers).all(axis=1))[0])
        raise ModelFailed(f"the model answered with a missing or infinite value for row {first}")
    return answers
