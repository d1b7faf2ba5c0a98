"""Mergeable profiles of tables: one pass over the rows, exact or bounded."""

from bellwether.profile.categories import CategoricalReference, CategoricalWindow
from bellwether.profile.derived import DerivedReference, DerivedWindow
from bellwether.profile.fitting import fit, window
from bellwether.profile.kernels import KernelName
from bellwether.profile.merging import merge_windows
from bellwether.profile.numeric import Exact, NumericReference, NumericWindow
from bellwether.profile.parts import ReferencePart, Unusable, WindowPart
from bellwether.profile.passes import distance_bounds
from bellwether.profile.pieces import pick, settle, undecided, window_of_file
from bellwether.profile.profiles import ReferenceProfile, WindowProfile
from bellwether.profile.ranks import Ranks, rank_bins, rank_rows

__all__ = [
    "CategoricalReference",
    "CategoricalWindow",
    "DerivedReference",
    "DerivedWindow",
    "Exact",
    "KernelName",
    "NumericReference",
    "NumericWindow",
    "Ranks",
    "ReferencePart",
    "ReferenceProfile",
    "Unusable",
    "WindowPart",
    "WindowProfile",
    "distance_bounds",
    "fit",
    "merge_windows",
    "pick",
    "rank_bins",
    "rank_rows",
    "settle",
    "undecided",
    "window",
    "window_of_file",
]
