"""Mergeable profiles of tables: one pass over the rows, exact or bounded."""

from bellwether.profile.categories import CategoricalReference, CategoricalWindow
from bellwether.profile.fitting import fit, window
from bellwether.profile.kernels import KernelName
from bellwether.profile.numeric import Exact, NumericReference, NumericWindow
from bellwether.profile.parts import ReferencePart, Unusable, WindowPart
from bellwether.profile.passes import distance_bounds
from bellwether.profile.profiles import ReferenceProfile, WindowProfile

__all__ = [
    "CategoricalReference",
    "CategoricalWindow",
    "Exact",
    "KernelName",
    "NumericReference",
    "NumericWindow",
    "ReferencePart",
    "ReferenceProfile",
    "Unusable",
    "WindowPart",
    "WindowProfile",
    "distance_bounds",
    "fit",
    "window",
]
