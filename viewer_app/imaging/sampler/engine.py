"""Which of the two samplers serves: the compiled one as soon as it is there."""

from __future__ import annotations

import importlib
import logging
import threading
from collections import deque
from collections.abc import Iterator
from types import ModuleType

import numpy as np

from viewer_app.compiling import Warming
from viewer_app.imaging.sampler import plain
from viewer_app.imaging.sampler.voxels import Stored

# What scanners write, the usual first, and what Modality LUTs and reduced pictures are made of. What is on show is
# compiled before all others.
_KINDS = ("int16", "uint16", "float32", "uint8")

_log = logging.getLogger(__name__)
_ready: dict[str, ModuleType] = {}
_asked = deque[str](maxlen=1)


def warm_up() -> threading.Thread:
    """Compile the kernels in a thread of their own, which is returned; a second call returns the same.

    It takes some seconds when a computer does it first, a fraction of one afterwards.
    """
    return _WARMING.start()


def sampler_for(stored: Stored) -> ModuleType:
    """`kernels` where it is compiled for such an array, else `plain`; both have the same functions."""
    fits = stored.flags.c_contiguous and stored.flags.writeable and stored.flags.aligned
    if fits and stored.dtype.name not in _ready:
        _asked.append(stored.dtype.name)
    return _ready.get(stored.dtype.name, plain) if fits else plain


def line_sampler() -> ModuleType:
    """The same for `window`, which takes modality values."""
    return next(iter(_ready.values()), plain)


def _compile() -> Iterator[None]:
    try:
        kernels = importlib.import_module("viewer_app.imaging.sampler.kernels")
    except ImportError:
        _log.info("numba is missing; views are drawn by numpy")
        return
    left = list(_KINDS)
    while left:
        kind = next((asked for asked in list(_asked) if asked in left), left[0])
        left.remove(kind)
        _run_once(kernels, kind)
        _ready[kind] = kernels
        yield


def _run_once(kernels: ModuleType, kind: str) -> None:
    """Call every kernel on one voxel, as it will be called."""
    stored, scales = np.zeros((1, 1, 1), kind), np.array([[1.0, 0.0, np.inf, -np.inf]])
    values, places = np.zeros((1, 1)), np.zeros(1, np.int64)
    kernels.halve(0, 1, stored, np.inf, -np.inf, np.zeros((1, 1, 1), np.float32))
    weights = np.ones((1, 1))
    line = (places, places, weights)
    kernels.box(stored, scales[0], False, *line, *line, np.zeros((1, 1, 1)))
    kernels.cut(0, stored, scales, False, np.zeros((4, 3)), (1, 1, 1), 0, True, values)
    kernels.window(values, 0.0, 1.0, False, np.zeros((1, 1), np.uint8))


_WARMING = Warming("sampler-compile", _compile)
