"""Black boxes: the model is asked with columns taken from background rows."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from bellwether.explain.asked import Asked, ModelFailed
from bellwether.explain.explainers.base import Contributions, Explainer, Options
from bellwether.explain.games import Game, until
from bellwether.explain.games.ladder import FIRST
from bellwether.explain.trees.ensemble import Unsupported

MOST_PLAYERS = 1_000
"""Columns of a black box; one pair of permutations of 1,000 asks 200,000 rows for each row that is explained."""


@dataclass(frozen=True, slots=True)
class Box:
    """A model that shows nothing of its inside."""

    model: Asked
    output: int
    background: pa.Table
    base_value: float
    options: Options

    def explain(self, rows: pa.Table) -> Contributions:
        """Return estimates with standard errors, within the budget of model rows."""
        d = len(self.model.about.players)
        if rows.num_rows == 0:
            return Contributions(np.zeros((0, d)), np.zeros((0, d)))
        rng = np.random.default_rng(self.options.seed)
        budget = self.options.model_rows // (rows.num_rows * self.background.num_rows)
        try:
            game = Game(lambda z: self.model.worths(rows, self.background, z, self.output), d)
            found = until(game, max(budget, 2 * d), rng)
        except ModelFailed:
            raise
        except ValueError as error:
            raise ModelFailed(str(error)) from error
        return Contributions(found.values, found.std_error, found.evaluations)

    def part(self, share: float) -> "Box":
        """Return the same with a share of the budget, for a part of the rows."""
        rows = max(1, int(share * self.options.model_rows))
        return replace(self, options=replace(self.options, model_rows=rows))

    def affordable(self) -> int:
        """Return how many rows fit the budget at the first precision."""
        d = len(self.model.about.players)
        return max(1, int(self.options.model_rows / (self.background.num_rows * min(FIRST * d, 2.0**d))))


def prepare(model: Asked, output: int, background: pa.Table, options: Options) -> Box:
    """Draw the background rows that are affordable; raises ``Unsupported`` where no budget is enough."""
    d, n = len(model.about.players), background.num_rows
    if d > MOST_PLAYERS:
        raise Unsupported(
            f"a black box is asked with columns left out in turn, which is out of reach for {d:,}: at most"
            f" {MOST_PLAYERS:,} are tried. Lines and trees of known libraries are explained with any number"
        )
    if n > options.box_background:
        rng = np.random.default_rng(options.seed)
        background = background.take(np.sort(rng.choice(n, options.box_background, replace=False)))
    base = float(model.raw(background)[:, output].mean())
    if not np.isfinite(base):
        raise ModelFailed("the model returned missing or infinite values for background rows")
    return Box(model, output, background, base, options)


EXPLAINER = Explainer(
    slug="black_box",
    title="sampled coalitions, with standard errors",
    exact=False,
    perturbation="interventional",
    prepare=prepare,
    source="Musco & Witter 2024 (arXiv 2410.01917)",
)
