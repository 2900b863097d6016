"""Which bodies are taken side by side, and what is done with the ends of them."""

from __future__ import annotations

import hashlib
import importlib
import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viewer_app.compiling import Warming

Body = bytes | bytearray | memoryview | NDArray[Any]

# Two vectors in flight, of most processors, and one. Lanes without a body cost as much as those with one.
_MOST, _FEWER = 16, 8
_WIDTHS = (1, _FEWER, _MOST)
_FEWEST = 4
# Shorter ones are done by hashlib before the lanes are filled.
_SHORTEST_BYTES = 4096

_log = logging.getLogger(__name__)
_ready: ModuleType | None = None


def md5s(bodies: Sequence[Body]) -> list[str]:
    """The MD5 of each body, as 32 hexadecimal digits, in their order.

    A body is any contiguous buffer; its length and address may be any. Nothing may write to it meanwhile. The GIL is
    let go. Fastest for 16 bodies, or a multiple, of nearly one length.
    """
    kernel = _ready
    if kernel is None or len(bodies) < _FEWEST:
        return [_by_hashlib(body) for body in bodies]
    arrays = [_bytes_of(body) for body in bodies]
    longest_first = sorted(range(len(arrays)), key=lambda place: -arrays[place].size)
    digests = [""] * len(arrays)
    for start in range(0, len(arrays), _MOST):
        group = longest_first[start : start + _MOST]
        for place, digest in zip(group, _group(kernel, [arrays[place] for place in group]), strict=True):
            digests[place] = digest
    return digests


def warm_up(after: threading.Thread | None = None) -> threading.Thread:
    """Compile the kernel in a thread of its own, once `after` has ended; a second call returns the same thread.

    It takes a second or two when a computer does it first, a fraction of one afterwards.
    """
    return _WARMING.start(after)


def _by_hashlib(body: Body) -> str:
    buffer = body.data if isinstance(body, np.ndarray) else body
    return hashlib.md5(buffer, usedforsecurity=False).hexdigest()


def _bytes_of(body: Body) -> NDArray[np.uint8]:
    """The same memory; read-only, since the kernel is compiled for that."""
    array = np.frombuffer(body, np.uint8)
    array.flags.writeable = False
    return array


def _group(kernel: ModuleType, bodies: list[NDArray[np.uint8]]) -> list[str]:
    """The digests of up to 16 bodies, longest first; where too few are long, hashlib has all."""
    count = sum(body.size >= _SHORTEST_BYTES for body in bodies)
    if count < _FEWEST:
        return [_by_hashlib(body) for body in bodies]
    long = _side_by_side(kernel, bodies[:count], _FEWER if count <= _FEWER else _MOST)
    return long + [_by_hashlib(body) for body in bodies[count:]]


def _side_by_side(kernel: ModuleType, bodies: list[NDArray[np.uint8]], width: int) -> list[str]:
    """The digests of up to `width` bodies; the lanes that are left over do the last body again."""
    filled = [*bodies, *bodies[-1:] * (width - len(bodies))]
    states = np.repeat(np.array(kernel.INITIAL, np.uint32), width).reshape(4, width)
    _take(kernel, states, filled, len(bodies))
    _take(kernel, states, [_ending(body, kernel.BLOCK_BYTES) for body in filled], len(bodies))
    return [digest.tobytes().hex() for digest in states.T[: len(bodies)].astype("<u4")]


def _take(kernel: ModuleType, states: NDArray[np.uint32], bodies: list[NDArray[np.uint8]], wanted: int) -> None:
    """All whole blocks: those that every body has side by side, the rest of each `wanted` one by itself."""
    common = kernel.advance(states, tuple(bodies))
    for lane, body in enumerate(bodies[:wanted]):
        if body.size // kernel.BLOCK_BYTES > common:
            state = np.ascontiguousarray(states[:, lane : lane + 1])
            kernel.advance(state, (body,), common)
            states[:, lane : lane + 1] = state


def _ending(body: NDArray[np.uint8], block: int) -> NDArray[np.uint8]:
    """What follows the whole blocks, in one or two: the rest, a one, zeros, the length in bits (RFC 1321, 3.1)."""
    rest = body.size % block
    length = (8 * body.size % 2**64).to_bytes(8, "little")
    zeros = bytes(-(rest + 1 + len(length)) % block)
    return np.frombuffer(b"".join((body[body.size - rest :].data, b"\x80", zeros, length)), np.uint8)


def _compile() -> Iterator[None]:
    """Compile for each number of lanes; it serves only if it agrees with hashlib, and on the byte order of MD5."""
    global _ready  # noqa: PLW0603  # one for the program
    if sys.byteorder != "little":
        return
    try:
        kernel = importlib.import_module("viewer_app.digests.lanes")
    except ImportError:
        _log.info("numba is missing; MD5s are taken by hashlib")
        return
    for width in _WIDTHS:
        probes = [_bytes_of(bytes(range(100)) * (lane + 1)) for lane in range(width)]
        if _side_by_side(kernel, probes, width) != [_by_hashlib(probe) for probe in probes]:
            _log.error("The compiled MD5 of %d lanes differs from hashlib, which serves instead", width)
            return
        yield
    _ready = kernel


_WARMING = Warming("digests-compile", _compile)
