"""Ways of explaining a model, tried in this order; the first that applies and passes the gap check is taken."""

from bellwether.contracts import Perturbation
from bellwether.explain.explainers import box, library, linear, tree
from bellwether.explain.explainers.base import Contributions, Explainer, Options, Ready
from bellwether.explain.explainers.linear_surrogate import Surrogate, fit

EXPLAINERS: tuple[Explainer, ...] = (
    linear.EXPLAINER,
    tree.TABLES,
    tree.COVER_TABLES,
    tree.QUADRATURE,
    library.NATIVE,
    library.SHAP,
    box.EXPLAINER,
)


def that(perturbation: Perturbation | None) -> tuple[Explainer, ...]:
    """Return the explainers of one meaning of an absent feature; all, in their order, where any will do."""
    return tuple(one for one in EXPLAINERS if perturbation in (None, one.perturbation))


__all__ = [
    "EXPLAINERS",
    "Contributions",
    "Explainer",
    "Options",
    "Ready",
    "Surrogate",
    "fit",
    "that",
]
