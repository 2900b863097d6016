"""The wanted elements of a header, found by walking over its bytes without parsing the others.

The walker reads well-formed files and declines the rest: pydicom stays the judge of those, and where the
walker gives an answer, it is pydicom's (PS3.5 7.1 to 7.5, PS3.10 7.1).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import BinaryIO, NamedTuple

from pydicom import Dataset, uid
from pydicom.charset import convert_encodings, default_encoding
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement, convert_raw_data_element, empty_value_for_VR
from pydicom.dataset import FileMetaDataset
from pydicom.tag import BaseTag
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, VR

from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.recall import ReadDataset
from viewer_app.progress import Watch
from viewer_app.sources.runs import Found, Run, Runs, Span

# Float, Double Float and Pixel Data (PS3.3 C.7.6.24, C.7.6.25, C.7.6.3).
PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_PIXELS = min(PIXEL_TAGS)

Wanted = frozenset[BaseTag]

# Most headers come in one read; a longer one comes in steps that a cancel need not wait for.
_FIRST_READ, _LARGEST_STEP, _MOST_BYTES = 32 << 10, 1 << 20, 16 << 20
_MOST_ELEMENTS, _MOST_HEADS, _DEEPEST = 20_000, 20_000, 8
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_CHARACTER_SET, _CLASS, _SYNTAX = map(
    tags.tag, ("SpecificCharacterSet", "MediaStorageSOPClassUID", "TransferSyntaxUID")
)
# Behind a preamble of 128 bytes: the prefix and the length of the file meta group.
_PREFIX_AT, _META_AT, _PREFIX = 128, 132, b"DICM\x02\x00\x00\x00UL\x04\x00"
_META, _META_TAGS, _META_END = frozenset({_CLASS, _SYNTAX}), 0x00020000, 0x00030000
# Value representations by their two bytes, and whether a length of four bytes follows; implicit VR has none.
_NAMES: dict[bytes, str | None] = {b"": None, **{name.encode(): str(name) for name in VR if len(name) == 2}}
_IS_LONG = {code: name in EXPLICIT_VR_LENGTH_32 for code, name in _NAMES.items()}
_EMPTY = {code: empty_value_for_VR(name, raw=True) for code, name in _NAMES.items()}


class Declined(Exception):
    """Nothing for the walker: no DICOM, damaged, or merely unusual."""


class _Form(NamedTuple):
    """How a transfer syntax writes elements (PS3.5 7.1, 7.5).

    `element` is group, element, VR and length; `length` a long length; `item` the tag and length of an item.
    """

    implicit: bool
    little: bool
    element: struct.Struct
    length: struct.Struct
    item: struct.Struct


_EXPLICIT = _Form(False, True, struct.Struct("<HH2sH"), struct.Struct("<L"), struct.Struct("<HHL"))
_FORMS = {str(name): _EXPLICIT for name in uid.AllTransferSyntaxes if name != uid.DeflatedExplicitVRLittleEndian} | {
    uid.ImplicitVRLittleEndian: _Form(True, True, struct.Struct("<HH0sL"), struct.Struct("<L"), struct.Struct("<HHL")),
    uid.ExplicitVRBigEndian: _Form(False, False, struct.Struct(">HH2sH"), struct.Struct(">L"), struct.Struct(">HHL")),
}


_Head = tuple[int, BaseTag | None, bytes | None, str | None, int | None]


class _Heads(dict[bytes, _Head]):
    """The first eight bytes of elements to number, tag if wanted, VR as bytes and name, and length; slices repeat them.

    The VR as bytes is None where it is unknown, the length where it is in the next four bytes.
    """

    def __init__(self, form: _Form, wanted: Wanted) -> None:
        super().__init__()
        self._unpack = form.element.unpack
        self._wanted = {int(tag): tag for tag in wanted}

    def __missing__(self, head: bytes) -> _Head:
        if len(self) >= _MOST_HEADS:
            self.clear()
        group, element, code, length = self._unpack(head)
        number, known = group << 16 | element, code if code in _NAMES else None
        made = number, self._wanted.get(number), known, _NAMES.get(code), None if _IS_LONG.get(code) else length
        self[head] = made
        return made


_heads = cache(_Heads)
_runs = cache(lambda form, wanted: Runs())


@dataclass(frozen=True, slots=True)
class Header:
    """The wanted elements as a data set, and all bytes before the pixel element; None where the file has none.

    The data set's `file_meta` has the class and the transfer syntax only.
    """

    dataset: Dataset
    before_pixels: memoryview | None


def walk(stream: BinaryIO, wanted: Wanted, watch: Watch) -> Header:
    """The elements `wanted` of the header in `stream`, which is at its first byte.

    Values, sequences among them, are raw and converted by the data set on access. The stream is left anywhere.

    Raises:
        Declined: let pydicom read it.
        Cancelled: the watch ended it.
    """
    try:
        return _Walk(stream, watch).header(wanted)
    except (struct.error, LookupError, ValueError) as error:
        raise Declined from error


class _Walk:
    """One file: what has been read of it, and how its elements are written. Positions count from the first byte."""

    def __init__(self, stream: BinaryIO, watch: Watch) -> None:
        self._stream = stream
        self._watch = watch
        self._data = b""
        self._form = _EXPLICIT

    def header(self, wanted: Wanted) -> Header:
        """The data set with the wanted elements."""
        if not self._read(_META_AT).startswith(_PREFIX, _PREFIX_AT):
            raise Declined
        meta, position, _, _ = self._elements(_META_AT, _META, _META_TAGS, _META_END, {})
        file_meta, self._form = _file_meta(meta[_CLASS], meta[_SYNTAX])
        self._check_form(position)
        start, runs = position, _runs(self._form, wanted)
        found, position, next_tag, steps = self._elements(start, wanted, _META_END, _PIXELS, runs.known)
        if runs.is_due(steps, position):
            runs.learn(self._data, self._spans(start, position), found)
        has_pixels = next_tag in PIXEL_TAGS
        if not has_pixels and _PIXELS <= next_tag <= max(PIXEL_TAGS):
            raise Declined
        dataset = ReadDataset(found)
        dataset.set_original_encoding(self._form.implicit, self._form.little, _encoding(found))
        dataset.file_meta = file_meta
        return Header(dataset, memoryview(self._data)[:position] if has_pixels else None)

    def _elements(
        self, position: int, wanted: Wanted, first: int, end: int, runs: Mapping[bytes, Run]
    ) -> tuple[Found, int, int, int]:
        """The wanted elements from `position` on, where which tag from `end` on follows (-1: the file ends), and steps.

        Written out in one loop: a folder of two thousand files runs it two hundred thousand times.
        """
        implicit, little = self._form.implicit, self._form.little
        heads, unpack_length = _heads(self._form, wanted), self._form.length.unpack_from
        new_tuple = tuple.__new__  # the class's own way is a detour over keyword arguments
        data, found, last = self._data, Found(), first - 1
        safe = len(data) - 12
        for steps in range(_MOST_ELEMENTS):
            if position > safe:
                data = self._read(position + 12)
                safe = len(data) - 12
                if position == len(data):
                    return found, position, -1, steps
            head = data[position : position + 8]
            run = runs.get(head)
            if run is not None and run.first > last and data.startswith(run.raw, position):
                found.update(run.found)
                last, position = run.last, position + len(run.raw)
                continue
            tag, known, code, name, length = heads[head]
            if tag >= end:
                return found, position, tag, steps
            if tag <= last or code is None:
                raise Declined
            last = tag
            start = position + 8
            if length is None:
                (length,) = unpack_length(data, start)
                start += 4
            position = start + length
            if length == _UNDEFINED:
                position = self._past_sequence(tag, code, start)
                data, length = self._data, position - 8 - start
            if known is not None:
                data = data if position <= len(data) else self._whole(position)
                value = data[start : start + length] if length else _EMPTY[code]
                found[known] = new_tuple(RawDataElement, (known, name, length, value, 0, implicit, little, True, False))
        raise Declined

    def _spans(self, position: int, end: int) -> Iterator[Span]:
        """All elements from `position` to `end`, which have been walked over."""
        while position < end:
            tag, code, start, length = self._element(position)
            after = self._past_sequence(tag, code, start) if length == _UNDEFINED else start + length
            yield Span(tag, position, after)
            position = after

    def _past_sequence(self, tag: int, code: bytes, position: int, depth: int = 1) -> int:
        """What lies behind the sequence of undefined length with its first item at `position`."""
        if depth > _DEEPEST or not self._is_sequence(tag, code, position):
            raise Declined
        while True:
            self._watch.check()
            item, length = self._item(position)
            position += 8
            if item == _SEQUENCE_END and not length:
                return position
            if item != _ITEM:
                raise Declined
            position = self._past_item(position, length, depth)

    def _is_sequence(self, tag: int, code: bytes, position: int) -> bool:
        if not self._form.implicit:
            return code == b"SQ"
        is_private = bool(tag & 0x10000)
        return self._item(position)[0] == _ITEM if is_private else dictionary_VR(tag) == "SQ"

    def _past_item(self, position: int, length: int, depth: int) -> int:
        """What lies behind the item of `length` with its first element at `position`; every element of it is seen."""
        end = None if length == _UNDEFINED else position + length
        while position != end:
            if end is None and self._item(position) == (_ITEM_END, 0):
                return position + 8
            tag, code, start, length = self._element(position)
            if tag >= _ITEM or tag == _CHARACTER_SET or (end is not None and start + length > end):
                raise Declined
            position = self._past_sequence(tag, code, start, depth + 1) if length == _UNDEFINED else start + length
        return position

    def _element(self, position: int) -> tuple[int, bytes, int, int]:
        """Tag, VR, start and length of the value of the element at `position`."""
        data = self._read(position + 12)
        group, number, code, length = self._form.element.unpack_from(data, position)
        start = position + 8
        if _IS_LONG[code]:
            (length,) = self._form.length.unpack_from(data, start)
            start += 4
        return group << 16 | number, code, start, length

    def _item(self, position: int) -> tuple[int, int]:
        group, number, length = self._form.item.unpack_from(self._whole(position + 8), position)
        return group << 16 | number, length

    def _check_form(self, position: int) -> None:
        """Decline a data set whose first element is not written as the transfer syntax says."""
        first, second = self._whole(position + 6)[position + 4 :][:2]
        is_explicit = 0x40 < first < 0x5B and 0x40 < second < 0x5B
        if is_explicit == self._form.implicit:
            raise Declined

    def _whole(self, end: int) -> bytes:
        """What has been read, `end` bytes at least."""
        data = self._read(end)
        if len(data) < end:
            raise Declined
        return data

    def _read(self, end: int) -> bytes:
        """What has been read, `end` bytes at least where the file has them."""
        while len(self._data) < end:
            if end > _MOST_BYTES:
                raise Declined
            self._watch.check()
            have = len(self._data)
            more = self._stream.read(min(max(end - have, 4 * have, _FIRST_READ), _LARGEST_STEP))
            if not more:
                break
            self._data += more
        return self._data


@lru_cache(maxsize=256)
def _file_meta(sop_class: RawDataElement, syntax: RawDataElement) -> tuple[FileMetaDataset, _Form]:
    meta = FileMetaDataset({_CLASS: sop_class, _SYNTAX: syntax})
    meta.set_original_encoding(False, True, default_encoding)
    return meta, _FORMS[tags.text(meta, "TransferSyntaxUID")]


def _encoding(found: Found) -> str | list[str]:
    character_set = found.get(_CHARACTER_SET)
    return default_encoding if character_set is None else list(_encodings(character_set))


@lru_cache(maxsize=256)
def _encodings(character_set: DataElement | RawDataElement) -> tuple[str, ...]:
    if not isinstance(character_set, RawDataElement) or character_set.VR not in (None, "CS"):
        raise Declined
    return tuple(convert_encodings(convert_raw_data_element(character_set).value))
