"""How the kernels are compiled: signatures given, results cached, no interpreter's lock while they run.

Nothing is compiled a second time: not at the first call, not in the next process. The machine code is cached beside
the source, or where numba's own cache setting says; a place that cannot be written costs the compilation at each
start, nothing else. A kernel's cache does not see a change in a kernel of another module that it calls.
"""

from collections.abc import Callable
from typing import Any

import numba

Loop = Callable[..., Any]


def compiled(*signatures: Any, **options: Any) -> Callable[[Loop], Loop]:
    """Compile for these types now."""

    def compile_(function: Loop) -> Loop:
        try:
            return numba.njit(list(signatures), cache=True, nogil=True, **options)(function)
        except RuntimeError:  # "no locator available": no folder for the cache can be written
            return numba.njit(list(signatures), nogil=True, **options)(function)

    return compile_
