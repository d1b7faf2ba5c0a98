"""Trees: pattern tables over a background, and quadrature over the training cover where paths are too long."""

from dataclasses import dataclass

import pyarrow as pa

from bellwether.explain.asked import Asked
from bellwether.explain.explainers.base import Contributions, Explainer, Options
from bellwether.explain.trees.ensemble import Unsupported
from bellwether.explain.trees.quadrature import Quadrature
from bellwether.explain.trees.tables import PatternTables


@dataclass(frozen=True, slots=True)
class Trees:
    """Compiled trees of one output."""

    model: Asked
    kernel: PatternTables | Quadrature
    threads: int

    @property
    def base_value(self) -> float:
        """Mean output over the background, or cover-weighted."""
        return self.kernel.base_value

    def explain(self, rows: pa.Table) -> Contributions:
        """Return exact contributions."""
        return Contributions(self.kernel.attribute(self.model.encoded(rows), self.threads))


def prepare_tables(model: Asked, output: int, background: pa.Table, options: Options) -> Trees:
    """Compile the trees against the background."""
    ensemble = model.ensemble(output)
    tables = PatternTables(
        ensemble,
        model.encoded(background),
        _groups(model),
        max_bytes=options.table_bytes,
        n_players=len(model.about.players),
    )
    return Trees(model, tables, options.threads)


def prepare_cover_tables(model: Asked, output: int, background: pa.Table, options: Options) -> Trees:
    """Compile the trees with the cover of their training rows; the background is not looked at."""
    ensemble = model.ensemble(output)
    tables = PatternTables(
        ensemble, None, _groups(model), max_bytes=options.table_bytes, n_players=len(model.about.players)
    )
    return Trees(model, tables, options.threads)


def prepare_quadrature(model: Asked, output: int, background: pa.Table, options: Options) -> Trees:
    """Compile the trees with the cover of their training rows; the background is not looked at."""
    ensemble = model.ensemble(output)
    return Trees(model, Quadrature(ensemble, _groups(model), n_players=len(model.about.players)), options.threads)


def _groups(model: Asked) -> tuple[int, ...]:
    if model.about.groups is None:
        raise Unsupported(str(model.about.mixed))
    return model.about.groups


TABLES = Explainer(
    slug="pattern_tables",
    title="trees by look-up, against background rows",
    exact=True,
    perturbation="interventional",
    prepare=prepare_tables,
    source="Lundberg et al. 2020 (doi 10.1038/s42256-019-0138-9); Laberge & Pequignot 2022 (arXiv 2209.15123)",
)
COVER_TABLES = Explainer(
    slug="cover_tables",
    title="trees by look-up, by training cover",
    exact=True,
    perturbation="path_dependent",
    prepare=prepare_cover_tables,
    source="Lundberg et al. 2020 (doi 10.1038/s42256-019-0138-9)",
)
QUADRATURE = Explainer(
    slug="quadrature",
    title="trees of any depth, by training cover",
    exact=True,
    perturbation="path_dependent",
    prepare=prepare_quadrature,
    source="Lundberg et al. 2020 (doi 10.1038/s42256-019-0138-9); Owen 1972 (doi 10.1287/mnsc.18.5.64)",
)
