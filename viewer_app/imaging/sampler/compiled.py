"""How the kernels are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(function: Kernel) -> Kernel:
    """Compiled at the first call, without the GIL; kept on the disk where there is a place for it.

    Serial: two threads in numba's own parallel loops can end the process (docs/decisions/0001-dependencies.md).
    """
    try:
        return cast(Kernel, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # no folder that may be written to
        return cast(Kernel, numba.njit(nogil=True)(function))
