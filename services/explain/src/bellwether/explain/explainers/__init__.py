"""Ways of explaining predictions, each a pure module."""

from bellwether.explain.explainers.linear_surrogate import Surrogate, fit

__all__ = ["Surrogate", "fit"]
