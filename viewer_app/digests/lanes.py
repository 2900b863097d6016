"""MD5 (RFC 1321) of several bodies side by side: each lane of a vector belongs to one, all take the same step.

The steps are written in LLVM's words, since numba has no vectors, and loops that LLVM would have to make vectors of
take ten times as long to compile and are slower. The kernel and all that it calls are in one file, since numba's cache
of compiled code looks at the date of that alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from viewer_app.compiling import compiled

BLOCK_BYTES = 64
INITIAL = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)

_INTEGER = ir.IntType(32)
_WORDS = 16
_STEPS = 64
_ADDENDS = [int(abs(math.sin(step + 1)) * 2**32) for step in range(_STEPS)]
_TURNS = ((7, 12, 17, 22), (5, 9, 14, 20), (4, 11, 16, 23), (6, 10, 15, 21))
# Which word of the block a step of each round takes: (factor * step + offset) % 16.
_ORDER = ((1, 0), (5, 1), (3, 5), (7, 0))


def advance(states: NDArray[np.uint32], bodies: tuple[NDArray[np.uint8], ...], first: int = 0) -> int:
    """Take the blocks of all bodies into `states`, from block `first` to the last whole one that all have.

    `states` (4, bodies) is changed in place and C-contiguous; the bodies are one-dimensional, contiguous and read-only.
    Their number, a power of two up to 16, is compiled in. The block it ended before is returned.
    """
    if states.shape != (4, len(bodies)) or first < 0:
        raise ValueError(f"states of shape {states.shape} from block {first} for {len(bodies)} bodies")
    return _advance(states, bodies, first)


@compiled
def _advance(states: NDArray[np.uint32], bodies: tuple[NDArray[np.uint8], ...], first: int) -> int:
    last = bodies[0].size // BLOCK_BYTES
    for body in bodies:
        last = min(last, body.size // BLOCK_BYTES)
    _take(states, bodies, first, last)
    return last


def _typed(_context: Any, states: Any, bodies: Any, _first: Any, _last: Any) -> Any:
    """`_take(states, bodies, first, last)`: the blocks from `first` to before `last`, which every body must have."""
    return types.void(states, bodies, types.intp, types.intp), _write


_take = intrinsic(_typed)


def _write(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Sequence[ir.Value]) -> ir.Value:
    """The loop over the blocks, with the states in registers."""
    states, bodies, first, last = arguments
    kinds, lanes = signature.args, signature.args[1].count
    vector = ir.VectorType(_INTEGER, lanes)
    rows = builder.bitcast(context.make_array(kinds[0])(context, builder, states).data, vector.as_pointer())
    places = [builder.gep(rows, [ir.Constant(_INTEGER, row)]) for row in range(4)]
    kept = [cgutils.alloca_once_value(builder, builder.load(place, align=4)) for place in places]
    array = context.make_array(kinds[1].dtype)
    starts = [array(context, builder, builder.extract_value(bodies, lane)).data for lane in range(lanes)]
    with cgutils.for_range_slice(builder, first, last, ir.Constant(first.type, 1)) as (block, _):
        before = [builder.load(row) for row in kept]
        after = _steps(builder, before, _message(builder, starts, block, vector))
        for row, old, new in zip(kept, before, after, strict=True):
            builder.store(builder.add(old, new), row)
    for row, place in zip(kept, places, strict=True):
        builder.store(builder.load(row), place, align=4)
    return context.get_dummy_value()


def _message(builder: ir.IRBuilder, starts: list[ir.Value], block: ir.Value, vector: ir.VectorType) -> list[ir.Value]:
    """The 16 words of a block, each in the lanes of all bodies; they may lie at any address."""
    words: list[ir.Value] = []
    for word in range(0, _WORDS, len(starts)):
        offset = builder.add(builder.mul(block, block.type(BLOCK_BYTES)), block.type(4 * word))
        places = [builder.bitcast(builder.gep(start, [offset]), vector.as_pointer()) for start in starts]
        words += _transposed(builder, [builder.load(place, align=1) for place in places])
    return words


def _transposed(builder: ir.IRBuilder, rows: list[ir.Value]) -> list[ir.Value]:
    """The columns of as many rows as each has words, a power of two.

    Each pass exchanges one binary digit of a word's row with the same digit of its column.
    """
    size, rows = len(rows), list(rows)
    mask = ir.VectorType(_INTEGER, size)
    for digit in (2**power for power in range(size.bit_length() - 1)):
        upper = mask([size + word - digit if word & digit else word for word in range(size)])
        lower = mask([size + word if word & digit else word + digit for word in range(size)])
        for row in (row for row in range(size) if not row & digit):
            pair = rows[row], rows[row + digit]
            rows[row] = builder.shuffle_vector(*pair, upper)
            rows[row + digit] = builder.shuffle_vector(*pair, lower)
    return rows


def _steps(builder: ir.IRBuilder, state: list[ir.Value], words: list[ir.Value]) -> list[ir.Value]:
    """The 64 steps of a block (RFC 1321, 3.4)."""
    a, b, c, d = state
    lanes = a.type.count
    for step in range(_STEPS):
        kind = step // _WORDS
        factor, offset = _ORDER[kind]
        addend = builder.add(words[(factor * step + offset) % _WORDS], a.type([_ADDENDS[step]] * lanes))
        total = builder.add(builder.add(a, addend), _mixed(builder, kind, b, c, d))
        turn = _TURNS[kind][step % 4]
        high = builder.shl(total, a.type([turn] * lanes))
        low = builder.lshr(total, a.type([32 - turn] * lanes))
        a, b, c, d = d, builder.add(b, builder.or_(high, low)), b, c
    return [a, b, c, d]


def _mixed(builder: ir.IRBuilder, kind: int, b: ir.Value, c: ir.Value, d: ir.Value) -> ir.Value:
    """F, G, H and I of RFC 1321; the first two as x ^ (mask & (x ^ y)): y where the mask is set, else x."""
    if kind == 0:
        return builder.xor(d, builder.and_(b, builder.xor(c, d)))
    if kind == 1:
        return builder.xor(c, builder.and_(d, builder.xor(b, c)))
    if kind == 2:
        return builder.xor(b, builder.xor(c, d))
    return builder.xor(c, builder.or_(b, builder.not_(d)))
