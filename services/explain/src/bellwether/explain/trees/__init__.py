"""Exact Shapley values of tree ensembles: pattern tables, quadrature, and the check against the real model.

Importing this package alone loads neither numba nor a model library: the process that holds a foreign model reads
it into an ``Ensemble`` and nothing more.
"""

from bellwether.explain.trees.ensemble import CategorySets, Ensemble, Tree, Unsupported

__all__ = ["CategorySets", "Ensemble", "Tree", "Unsupported"]
