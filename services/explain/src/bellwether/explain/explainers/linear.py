"""Lines: closed form. phi_j = sum over the columns of player j of c (x - mean x)."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bellwether.explain.asked import Asked
from bellwether.explain.explainers.base import Contributions, Explainer, Options
from bellwether.explain.flavours.base import Line
from bellwether.explain.trees.ensemble import Floats, Unsupported


@dataclass(frozen=True, slots=True)
class Linear:
    """A line, its background's mean and the players its columns belong to."""

    model: Asked
    line: Line
    centre: Floats
    starts: tuple[list[int], list[int]]
    base_value: float

    def explain(self, rows: pa.Table) -> Contributions:
        """Return exact interventional contributions."""
        order, first = self.starts
        parts = (self.model.encoded(rows) - self.centre) * self.line.coefficients
        found = np.zeros((len(parts), len(self.model.about.players)))
        if order:
            groups = np.asarray(self.model.about.groups)[order]
            found[:, groups[first]] = np.add.reduceat(parts[:, order], first, axis=1)
        return Contributions(found)


def prepare(model: Asked, output: int, background: pa.Table, options: Options) -> Linear:
    """Read the line; raises ``Unsupported`` where there is none, or its columns mix several of the user's."""
    line = model.line(output)
    if model.about.groups is None:
        raise Unsupported(str(model.about.mixed))
    groups = np.asarray(model.about.groups)
    if len(groups) != len(line.coefficients):
        raise Unsupported(f"{len(line.coefficients)} coefficients for {len(groups)} encoded columns")
    encoded = model.encoded(background)
    if not np.isfinite(encoded).all():
        raise Unsupported("the background holds missing or infinite values, of which a line knows nothing")
    order = np.argsort(groups, kind="stable")
    first = np.flatnonzero(np.diff(groups[order], prepend=-1))
    centre = encoded.mean(axis=0)
    base = line.intercept + float(centre @ line.coefficients)
    return Linear(model, line, centre, (order.tolist(), first.tolist()), base)


EXPLAINER = Explainer(
    slug="linear",
    title="closed form of a line",
    exact=True,
    perturbation="interventional",
    prepare=prepare,
    source="Strumbelj & Kononenko 2014 (doi 10.1007/s10115-013-0679-x)",
)
