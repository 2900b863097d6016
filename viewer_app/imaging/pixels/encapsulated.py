"""Compressed frames in their fragments (PS3.5 A.4), found without reading them all."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from viewer_app.imaging.pixels.element import PixelElement
from viewer_app.imaging.pixels.refusal import damaged, reading
from viewer_app.progress import Watch

_ITEM = 0xFFFEE000
_DELIMITER = 0xFFFEE0DD
_CHECK_EVERY = 1024


@dataclass(frozen=True, slots=True)
class Fragment:
    """One piece of compressed pixels: its value lies at `start` of the file, `length` bytes."""

    start: int
    length: int


class EncapsulatedFrames:
    """The bytes of every compressed frame of one pixel element, at random.

    `mark` is what a codestream of this compression begins with, b"" where it has no such mark.
    """

    def __init__(self, element: PixelElement, frame_count: int, mark: bytes, watch: Watch) -> None:
        if element.length is not None:
            raise damaged("The header says the pixels are compressed, but they lie there in one uncompressed piece.")
        self._file, self._lock = element.file, element.lock
        with reading("The file cannot be read to its end."):
            table, *fragments = _items(element, watch)
            starts = _frame_starts(element, table, fragments, frame_count, mark)
        bounds = [*starts, len(fragments)]
        self._frames = [fragments[first:last] for first, last in pairwise(bounds)]

    def frame(self, number: int) -> bytes:
        """The compressed bytes of frame `number` (from 1); for any thread."""
        with self._lock, reading("The file cannot be read to its end."):
            return b"".join(_read(self._file, piece.start, piece.length) for piece in self._frames[number - 1])


def _items(element: PixelElement, watch: Watch) -> list[Fragment]:
    """The offset table and the fragments behind it, up to the delimiter, which must be there."""
    items: list[Fragment] = []
    at = element.start
    while True:
        if len(items) % _CHECK_EVERY == 0:
            watch.check()
        group, number, length = struct.unpack("<HHL", _read(element.file, at, 8))
        tag = group << 16 | number
        if tag == _DELIMITER:
            break
        if tag != _ITEM or at + 8 + length > element.end:
            raise damaged("The pieces of the compressed pixels do not follow each other as they must.")
        items.append(Fragment(at + 8, length))
        at += 8 + length
    if len(items) < 2:
        raise damaged("The file holds no compressed pixels.")
    return items


def _frame_starts(
    element: PixelElement, table: Fragment, fragments: list[Fragment], count: int, mark: bytes
) -> list[int]:
    """Index of the first fragment of each frame; every frame has at least one fragment of its own."""
    if len(fragments) == count:
        return list(range(count))
    starts = _marked(element.file, fragments, mark) or _listed(element, table, fragments)
    if count == 1 and not starts:
        return [0]
    if len(starts) != count or starts[0] != 0:
        raise damaged(
            f"The header promises {count} frame(s), but the {len(fragments)} compressed piece(s) hold {len(starts)}."
        )
    return starts


def _marked(file: BinaryIO, fragments: list[Fragment], mark: bytes) -> list[int]:
    """Fragments that begin with the mark a codestream begins with."""
    if not mark:
        return []
    return [n for n, piece in enumerate(fragments) if _read(file, piece.start, min(piece.length, len(mark))) == mark]


def _listed(element: PixelElement, table: Fragment, fragments: list[Fragment]) -> list[int]:
    """Fragments the Basic or Extended Offset Table names (PS3.5 A.4, PS3.3 C.7.6.3.1.8); [] without a table."""
    extended = element.header().get("ExtendedOffsetTable")
    raw, kind = (extended, "Q") if extended else (_read(element.file, table.start, table.length), "L")
    offsets = struct.unpack(f"<{len(raw) // struct.calcsize('<' + kind)}{kind}", raw)
    places = {piece.start - 8 - (table.start + table.length): n for n, piece in enumerate(fragments)}
    if any(offset not in places for offset in offsets):
        raise damaged("The table of frames points between the compressed pieces.")
    return [places[offset] for offset in offsets]


def _read(file: BinaryIO, start: int, size: int) -> bytes:
    file.seek(start)
    data = file.read(size)
    if len(data) < size:
        raise damaged("The file breaks off inside its compressed pixels.")
    return data
