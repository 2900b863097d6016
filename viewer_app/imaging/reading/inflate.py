"""Unpacking a deflated data set (PS3.5 A.5), whatever it claims to be."""

from __future__ import annotations

import zlib
from enum import Enum, auto
from typing import BinaryIO

from viewer_app.progress import Watch

_READ, _PIECE = 1 << 16, 1 << 20


class Ending(Enum):
    """How the unpacking of a data set ended."""

    WHOLE = auto()
    CUT_SHORT = auto()
    DAMAGED = auto()
    TOO_LARGE = auto()


def inflate(packed: BinaryIO, target: BinaryIO, most: int, watch: Watch) -> Ending:
    """Unpack what begins where `packed` stands into `target`, at most `most` bytes of it: a bomb goes no further.

    What came before a damage or a cut is in `target`. Raises Cancelled.
    """
    unpacker, room = zlib.decompressobj(-zlib.MAX_WBITS), most
    while not unpacker.eof:
        watch.check()
        given = unpacker.unconsumed_tail or packed.read(_READ)
        try:
            piece = unpacker.decompress(given, _PIECE)
        except zlib.error:
            return Ending.DAMAGED
        if not given and not piece:
            return Ending.CUT_SHORT  # not before it gave nothing: the last bytes may hold more than one piece
        target.write(piece[:room])
        if len(piece) > room:
            return Ending.TOO_LARGE
        room -= len(piece)
    return Ending.WHOLE
