"""The loops over rows, in two forms with the same counts: compiled (numba) and plain (numpy alone)."""

from bellwether.profile.kernels.choice import KernelName, load
from bellwether.profile.kernels.port import NO_BIN, Block, Grid, Kernel, Totals

__all__ = ["NO_BIN", "Block", "Grid", "Kernel", "KernelName", "Totals", "load"]
