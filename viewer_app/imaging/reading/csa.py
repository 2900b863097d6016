"""The CSA image header of Siemens MR scanners: named values in a private element, always little endian."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping

_MAGIC = b"SV10"
_NAME_BYTES, _TAG_BYTES, _ITEM_BYTES = 64, 84, 16
_MOST_TAGS, _MOST_ITEMS = 1024, 8192

Values = Mapping[str, tuple[float, ...]]


def csa_numbers(header: bytes, names: frozenset[str]) -> Values:
    """The numbers of the wanted `names`; what is absent, damaged or no number is left out.

    A header is a count of tags, then for each a record of 84 bytes (name in 64,
    number of items at 76) and its items of 16 bytes (length at 4) with their
    text, each filled up to 4 bytes.
    """
    try:
        return {name: found for name, found in _tags(header) if name in names and found}
    except (struct.error, ValueError):
        return {}


def _tags(header: bytes) -> Iterator[tuple[str, tuple[float, ...]]]:
    place = 8 if header.startswith(_MAGIC) else 0
    (count,) = struct.unpack_from("<I", header, place)
    if count > _MOST_TAGS:
        raise ValueError("no CSA header")
    place += 8
    for _ in range(count):
        name = header[place : place + _NAME_BYTES].split(b"\0")[0].decode("latin-1")
        (items,) = struct.unpack_from("<i", header, place + 76)
        if not 0 <= items <= _MOST_ITEMS:
            raise ValueError("no CSA header")
        texts, place = _items(header, place + _TAG_BYTES, items)
        yield name, _numbers(texts)


def _items(header: bytes, place: int, count: int) -> tuple[list[bytes], int]:
    texts = []
    for _ in range(count):
        (length,) = struct.unpack_from("<i", header, place + 4)
        place += _ITEM_BYTES
        if not 0 <= length <= len(header) - place:
            raise ValueError("no CSA header")
        texts.append(header[place : place + length])
        place += (length + 3) // 4 * 4
    return texts, place


def _numbers(texts: list[bytes]) -> tuple[float, ...]:
    filled = [text.split(b"\0")[0].strip() for text in texts]
    try:
        found = tuple(float(text) for text in filled if text)
    except ValueError:
        return ()
    return found if all(map(math.isfinite, found)) else ()
