"""Deflated data sets (PS3.5 A.5) unpack to their last byte, and never to more than they may."""

from __future__ import annotations

import io
import random
import zlib

import pytest

from viewer_app.errors import Cancelled
from viewer_app.imaging.reading.inflate import Ending, inflate
from viewer_app.progress import Watch

PIECE = 1 << 20
NOISE = random.Random(4).randbytes(3 * PIECE + 77)


def deflated(data: bytes, level: int = 9) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def unpacked(packed: bytes, most: int = 1 << 30, watch: Watch | None = None) -> tuple[bytes, Ending]:
    target = io.BytesIO()
    ending = inflate(io.BytesIO(packed), target, most, watch or Watch())
    return target.getvalue(), ending


@pytest.mark.parametrize("data", [b"", b"a", NOISE, bytes(5 * PIECE)], ids=["empty", "one", "noise", "zeros"])
def test_everything_comes_out(data: bytes) -> None:
    assert unpacked(deflated(data)) == (data, Ending.WHOLE)


@pytest.mark.parametrize("extra", [1, 2, 130, 257, 258, 259, 516])
@pytest.mark.parametrize("pattern", [b"\0", b"ab", bytes(range(256))])
def test_bytes_that_the_last_input_leaves_in_the_unpacker_come_out(extra: int, pattern: bytes) -> None:
    """All input may be taken in while output is still to come: one repeat of 258 bytes is a few bits."""
    data = (pattern * (PIECE // len(pattern) + extra))[: PIECE + extra]
    assert unpacked(deflated(data)) == (data, Ending.WHOLE)


@pytest.mark.parametrize("lost", [1, 5, 1000])
def test_a_cut_is_told_and_what_came_before_it_is_kept(lost: int) -> None:
    found, ending = unpacked(deflated(NOISE)[:-lost])
    assert ending is Ending.CUT_SHORT
    assert NOISE.startswith(found)
    assert len(found) > len(NOISE) - lost - 20


def test_a_damage_is_told_and_what_came_before_it_is_kept() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(NOISE[:5000]) + packer.flush(zlib.Z_FULL_FLUSH)
    found, ending = unpacked(packed + b"\xff" * 1000)  # no block is of the type 3
    assert ending is Ending.DAMAGED
    assert NOISE.startswith(found)


@pytest.mark.parametrize("most", [0, 1, PIECE - 1, PIECE, PIECE + 1])
def test_no_more_than_allowed_comes_out(most: int) -> None:
    found, ending = unpacked(deflated(bytes(3 * PIECE)), most)
    assert (len(found), ending) == (most, Ending.TOO_LARGE)
    assert unpacked(deflated(bytes(most)), most) == (bytes(most), Ending.WHOLE)


def test_a_cancel_ends_it() -> None:
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        unpacked(deflated(b"a"), watch=watch)
