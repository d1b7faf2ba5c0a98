"""Ways of explaining a model, tried in this order; the first that applies and passes the gap check is taken."""

from bellwether.explain.explainers import box, library, linear, tree
from bellwether.explain.explainers.base import Contributions, Explainer, Options, Ready
from bellwether.explain.explainers.linear_surrogate import Surrogate, fit

EXPLAINERS: tuple[Explainer, ...] = (
    linear.EXPLAINER,
    tree.TABLES,
    tree.QUADRATURE,
    library.NATIVE,
    library.SHAP,
    box.EXPLAINER,
)

__all__ = [
    "EXPLAINERS",
    "Contributions",
    "Explainer",
    "Options",
    "Ready",
    "Surrogate",
    "fit",
]
