"""The loops over rows, in two forms with the same counts: compiled (numba) and plain (numpy alone)."""

from bellwether.profile.kernels.choice import KernelName, load
from bellwether.profile.kernels.port import NO_BIN, Grid, Kernel, Totals

__all__ = ["NO_BIN", "Grid", "Kernel", "KernelName", "Totals", "load"]
