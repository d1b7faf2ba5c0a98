"""What every explanation says about itself, taken from how it was made."""

import time
from dataclasses import dataclass, field
from typing import Any

from bellwether.contracts import ExplainedModel
from bellwether.explain.host.remote import Remote
from bellwether.explain.routes import Checked
from bellwether.explain.standpoints import Standpoint

VERSION = 1
"""Of the way explanations are made; counted up when numbers change."""


@dataclass(slots=True)
class Clock:
    """CPU seconds of this process and of a model's since this was made."""

    began: float = field(default_factory=time.process_time)

    def seconds(self, model: Remote | None = None, before: float = 0.0) -> float:
        """Return what was spent."""
        other = 0.0 if model is None else max(0.0, model.cpu_seconds() - before)
        return time.process_time() - self.began + other


def about(at: Standpoint, checked: Checked, warnings: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields of the result: method, space, model, background, isolation, accuracy."""
    model, found, explainer = at.model, at.found, at.route.explainer
    said = list(warnings)
    if len(model.about.outputs) > 1 and at.question.output_class is None:
        said.append(f"of {len(model.about.outputs)} classes {model.about.outputs[at.output]!r} is explained")
    if model.about.mixed is not None:
        said.append(model.about.mixed)
    state = checked.additivity.state
    return {
        "method": explainer.slug,
        "output": model.about.space,
        "output_class": model.about.outputs[at.output] or None,
        "perturbation": explainer.perturbation,
        "exact": state == "exact",
        "base_value": at.route.ready.base_value,
        "additivity": checked.additivity,
        "background": at.ground.about,
        "explained": ExplainedModel(
            uri=found.uri,
            version=found.version,
            digest=found.digest,
            flavour=found.stored.flavour,
            kind=model.about.kind,
        ),
        "isolation": model.isolation,
        "versions": {"bellwether.explain": str(VERSION), **dict(model.about.versions)},
        "warnings": (*said, *(f"not taken: {why}" for why in at.route.refused if not why.startswith("linear: "))),
        "evaluations": checked.contributions.evaluations,
    }
