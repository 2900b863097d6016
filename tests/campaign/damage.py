"""One mutator for all that is fuzzed."""

from __future__ import annotations

import random


def damaged(content: bytes, chance: random.Random) -> bytes:
    """`content` with bits flipped, bytes set, taken out, put in or cut off at the end; never empty."""
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        place = chance.randrange(len(data))
        what = chance.randrange(5)
        if what == 0:
            data[place] ^= 1 << chance.randrange(8)
        elif what == 1:
            data[place] = chance.choice((0x00, 0xFF, 0x7F, 0x80))
        elif what == 2:
            data[place : place + chance.randrange(1, 64)] = b""
        elif what == 3:
            data[place:place] = chance.randbytes(chance.randrange(1, 64))
        else:
            del data[max(place, 1) :]
        if not data:
            return b"\0"
    return bytes(data)
