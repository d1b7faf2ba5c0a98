"""What an explainer is, and what it may spend. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from bellwether.contracts import Perturbation
from bellwether.explain.asked import Asked
from bellwether.explain.trees.ensemble import Floats


@dataclass(frozen=True, slots=True)
class Options:
    """What an explainer may spend.

    ``model_rows``: rows the model may be asked in all, where it is a black box. ``threads`` of a kernel.
    """

    seed: int = 0
    threads: int = 1
    table_bytes: int = 256 << 20
    model_rows: int = 4_000_000
    box_background: int = 100


@dataclass(frozen=True, slots=True)
class Contributions:
    """Contributions, shape (n rows, p players), in output units; standard errors where they are estimated."""

    values: Floats
    std_error: Floats | None = None
    evaluations: int = 0


class Ready(Protocol):
    """An explainer made for one model, output and background."""

    @property
    def base_value(self) -> float:
        """Mean output over the background, or cover-weighted."""

    def explain(self, rows: pa.Table) -> Contributions:
        """Return the contributions of rows."""


Prepare = Callable[[Asked, int, pa.Table, Options], Ready]
"""Model, output, background rows, options; raises ``Unsupported`` where the next explainer has to do."""


@dataclass(frozen=True, slots=True)
class Explainer:
    """One way of explaining: ``exact`` contributions are the definition's to rounding, others carry errors."""

    slug: str
    title: str
    exact: bool
    perturbation: Perturbation
    prepare: Prepare
    source: str
