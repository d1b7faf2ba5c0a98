"""Which kernel a process uses: the compiled one where numba is installed, unless a setting says otherwise."""

import importlib
import importlib.util
from functools import cache
from typing import Literal

from bellwether.profile.kernels.plain import PlainKernel
from bellwether.profile.kernels.port import Kernel

KernelName = Literal["auto", "compiled", "plain"]


@cache
def load(name: KernelName = "auto") -> Kernel:
    """Return this kernel; the first call compiles or loads it: call it before threads start."""
    if name == "plain" or (name == "auto" and importlib.util.find_spec("numba") is None):
        return PlainKernel()
    # Not imported at the top: numba is optional, and costs of the order of a second.
    kernel: Kernel = importlib.import_module("bellwether.profile.kernels.compiled").CompiledKernel()
    return kernel
