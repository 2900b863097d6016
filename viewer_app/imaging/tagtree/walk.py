"""Element after element through a data set, without recursion and without trust in any length."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from viewer_app.imaging.tagtree.data_set import Writing
from viewer_app.imaging.tagtree.hiding import is_identifying
from viewer_app.imaging.tagtree.names import Known, known
from viewer_app.imaging.tagtree.node import ITEM, TagNode
from viewer_app.imaging.tagtree.text import (
    DEFAULT_ENCODINGS,
    bytes_wanted,
    encodings_of,
    plain,
    size_text,
    value_text,
)
from viewer_app.progress import Watch

_UNDEFINED = 0xFFFFFFFF
_ITEM_END, _SEQUENCE_END = 0xFFFEE00D, 0xFFFEE0DD
_CHARACTER_SET, _PIXEL_REPRESENTATION = 0x00080005, 0x00280103
# VRs with a length of two bytes; all others, also those of later editions, have four (PS3.5 7.1.2).
_SHORT = frozenset({
    "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI",
    "UL", "US",
})  # fmt: skip
_BYTES = frozenset({"OB", "OD", "OF", "OL", "OV", "OW"})
_AMBIGUOUS = {"US or SS": "US", "US or OW": "OW", "US or SS or OW": "OW", "OB or OW": "OW"}
_DEEPEST = 100
_MOST_TEXT = 32 << 20
_SHORT_TEXT = 256
_CHECK_EVERY = 256


class _Stopped(Exception):
    """Nothing behind this place can be read; the sentence says why."""


@dataclass(slots=True)
class _Level:
    """What is being read: the data set, a sequence, or an item of one. `end` None: until its delimiter."""

    depth: int
    end: int | None
    writing: Writing
    is_sequence: bool = False
    identifying: bool = False
    encodings: Sequence[str] = DEFAULT_ENCODINGS
    signed: bool = False
    items: int = 0
    creators: dict[int, str] = field(default_factory=dict)


class Walk:
    """One pass over the elements from `start`; `position` is where it stands, `notes` why it ended early.

    With `only_group` it ends before the first element of another group.
    """

    def __init__(
        self, stream: BinaryIO, start: int, writing: Writing, watch: Watch, most: int, *, only_group: int | None = None
    ) -> None:
        self.position = start
        self.notes: list[str] = []
        self._stream = stream
        self._size = stream.seek(0, os.SEEK_END)
        self._watch = watch
        self._most = most
        self._only_group = only_group
        self._text = 0
        self._cut = False
        self._levels = [_Level(0, self._size, writing)]

    def nodes(self) -> Iterator[TagNode]:
        """The nodes, in the order of the file."""
        count = 0
        try:
            while self._levels:
                if count % _CHECK_EVERY == 0:
                    self._watch.check()
                node = self._next()
                if node is None:
                    continue
                if count >= self._most:
                    raise _Stopped(f"There are more than {count:,} elements; the rest is not listed.")
                count += 1
                yield node
        except _Stopped as reason:
            self.notes.append(str(reason))

    def _next(self) -> TagNode | None:
        level = self._levels[-1]
        if level.end is not None and self.position >= level.end:
            self._levels.pop()
            return None
        self._stream.seek(self.position)
        tag = self._tag(level)
        if len(self._levels) == 1 and self._only_group not in (None, tag >> 16):
            self._levels.clear()
            return None
        if level.is_sequence:
            return self._item(level, tag)
        return self._element(level, tag)

    def _tag(self, level: _Level) -> int:
        if self._size - self.position < 8:
            self._end_in(level)
        group, element = self._unpack(level, "HH")
        tag = int(group) << 16 | int(element)
        if tag >> 16 == 0 and len(self._levels) == 1 and self._only_group is None:
            raise _Stopped(f"The last {size_text(self._size - self.position)} of the file are no elements.")
        return tag

    def _end_in(self, level: _Level) -> None:
        if level.depth == 0:
            raise _Stopped(f"The last {size_text(self._size - self.position)} of the file are no element.")
        raise _Stopped("The file ends inside a sequence; what was behind it is missing.")

    def _unpack(self, level: _Level, code: str) -> tuple[int, ...]:
        order = ">" if level.writing.big_endian else "<"
        data = self._stream.read(struct.calcsize(f"{order}{code}"))
        try:
            return struct.unpack(f"{order}{code}", data)
        except struct.error:
            raise _Stopped(f"The file ends inside an element, at byte {self.position:,}.") from None

    # -- items ----------------------------------------------------------------------------------------

    def _item(self, level: _Level, tag: int) -> TagNode | None:
        (length,) = self._unpack(level, "I")
        if tag == _SEQUENCE_END:
            self.position += 8
            self._levels.pop()
            return None
        if tag != ITEM:
            raise _Stopped(f"A sequence is broken at byte {self.position:,}; nothing behind it can be read.")
        self.position += 8
        level.items += 1
        end = None if length == _UNDEFINED else self._bounded(level, length, "an item")
        inner = replace(level, depth=level.depth + 1, end=end, is_sequence=False, items=0, creators={})
        self._levels.append(inner)
        return TagNode(level.depth, ITEM, "", _told(length), "", f"Item {level.items}", "", self.position)

    def _bounded(self, level: _Level, length: int, what: str) -> int:
        """Where it ends; what the end of the file cuts off is told and read as far as it goes."""
        end = self.position + length
        limit = self._size if level.end is None else level.end
        if end <= limit:
            return end
        told = (
            f"The length of {what} at byte {self.position:,} is {size_text(length)}, "
            f"but only {size_text(limit - self.position)} are there"
        )
        if limit < self._size:
            raise _Stopped(f"{told}; nothing behind it can be read.")
        if not self._cut:
            self.notes.append(f"{told}: the file is cut short.")
        self._cut = True
        return limit

    # -- elements -------------------------------------------------------------------------------------

    def _element(self, level: _Level, tag: int) -> TagNode | None:
        if tag in (_ITEM_END, _SEQUENCE_END, ITEM):
            self._delimiter(level, tag)
            return None
        found = known(tag, _creator(level, tag))
        vr, length = self._vr_and_length(level, found)
        self.position = self._stream.tell()
        # What was written as UN is known all the same where the dictionary has it (PS3.5 6.2.2).
        read_as = self._resolved(level, found.vr) if vr == "UN" else vr
        identifying = level.identifying or is_identifying(tag, read_as, found.keyword)
        node = TagNode(level.depth, tag, vr, _told(length), found.keyword, found.name, "", self.position, identifying)
        if read_as == "SQ" or (length == _UNDEFINED and vr not in _BYTES):
            return self._sequence(level, node, length)
        if length == _UNDEFINED:
            return replace(node, value=self._fragments(level))
        return self._value(level, node, length, read_as)

    def _delimiter(self, level: _Level, tag: int) -> None:
        (length,) = self._unpack(level, "I")
        if tag == ITEM or length:
            raise _Stopped(f"Item data without a sequence begins at byte {self.position:,}; nothing behind it is read.")
        self.position += 8
        if tag == _ITEM_END and level.depth:
            self._levels.pop()

    def _vr_and_length(self, level: _Level, found: Known) -> tuple[str, int]:
        letters = self._stream.read(2) if level.writing.explicit else b""
        if not (letters.isalpha() and letters.isupper()):
            # Implicit, or one stray element written so: the dictionary has the word.
            self._stream.seek(self.position + 4)
            (length,) = self._unpack(level, "I")
            return self._resolved(level, found.vr), length
        vr = letters.decode("ascii")
        if vr in _SHORT:
            return vr, self._unpack(level, "H")[0]
        _, length = self._unpack(level, "HI")
        return vr, length

    def _resolved(self, level: _Level, vr: str) -> str:
        return "SS" if vr == "US or SS" and level.signed else _AMBIGUOUS.get(vr, vr)

    def _sequence(self, level: _Level, node: TagNode, length: int) -> TagNode:
        end = None if length == _UNDEFINED else self._bounded(level, length, node.name)
        if node.depth >= 2 * _DEEPEST:
            raise _Stopped(f"Sequences are nested deeper than {_DEEPEST} levels; the rest is not listed.")
        # An element of unknown VR and undefined length is a sequence in implicit little endian (PS3.5 6.2.2).
        writing = Writing(explicit=False) if node.vr == "UN" else level.writing
        inner = replace(
            level, depth=level.depth + 1, end=end, writing=writing, is_sequence=True, items=0, creators={},
            identifying=node.identifying,
        )  # fmt: skip
        self._levels.append(inner)
        return replace(node, identifying=False)

    def _fragments(self, level: _Level) -> str:
        """Step over encapsulated pixels (PS3.5 A.4); their number and size."""
        count = total = 0
        while True:
            if count % _CHECK_EVERY == 0:
                self._watch.check()
            self._stream.seek(self.position)
            if self._size - self.position < 8:
                self.notes.append("The file ends inside its pixel data.")
                self.position = self._size
                break
            group, element, length = self._unpack(level, "HHI")
            tag = int(group) << 16 | int(element)
            if tag != ITEM:
                self._end_fragments(tag)
                break
            count, total = count + 1, total + int(length)
            self.position += 8 + int(length)
        return f"{size_text(total)} in {count:,} {'fragment' if count == 1 else 'fragments'}"

    def _end_fragments(self, tag: int) -> None:
        if tag != _SEQUENCE_END:
            raise _Stopped(f"The pixel data are broken at byte {self.position:,}; nothing behind them can be read.")
        self.position += 8

    def _value(self, level: _Level, node: TagNode, length: int, read_as: str) -> TagNode:
        limit = self._size if level.end is None else level.end
        there = min(length, limit - self.position)
        wanted = min(there, bytes_wanted(read_as), _SHORT_TEXT if self._text > _MOST_TEXT else length)
        data = self._stream.read(wanted)
        big_endian = level.writing.big_endian and node.vr != "UN"
        text = value_text(data, read_as, length, level.encodings, big_endian=big_endian)
        self._text += len(text)
        self._remember(level, node, text)
        self.position += length
        if there < length:
            self.notes.append(
                f"{node.number} {node.name} has {size_text(length)}, but only {size_text(there)} are there; "
                "nothing behind it can be read."
            )
            self._levels.clear()
        return replace(node, value=text)

    def _remember(self, level: _Level, node: TagNode, text: str) -> None:
        """What later elements of the same level are read by."""
        if node.tag == _CHARACTER_SET:
            level.encodings = encodings_of(text)
        elif node.tag == _PIXEL_REPRESENTATION:
            level.signed = text == "1"
        elif node.tag >> 16 & 1 and 0x10 <= node.tag & 0xFFFF <= 0xFF:
            level.creators[node.tag & 0xFFFF00FF] = plain(text).strip()


def _creator(level: _Level, tag: int) -> str:
    """The private creator of the block a tag lies in (PS3.5 7.8.1); "" for a standard tag."""
    if not tag >> 16 & 1:
        return ""
    return level.creators.get(tag & 0xFFFF0000 | (tag >> 8 & 0xFF), "")


def _told(length: int) -> int | None:
    return None if length == _UNDEFINED else length
