"""Orthanc's JSON of a header back to a data set, value by value as the file has it.

Every value becomes the raw bytes a file would hold, so pydicom converts it on
access exactly as it does for a file: numbers keep their strings, damaged values
fail in the same way.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR
from pydicom.dataset import FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag

from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.parse import HEADER_TAGS, OVERLAY_TAGS, PRIVATE_HEADER_TAGS
from viewer_app.imaging.reading.private import SIEMENS_CSA_IMAGE_HEADER, SUV_PRIVATE_TAGS
from viewer_app.imaging.reading.recall import ReadDataset


def _name(tag: int) -> str:
    return f"{tag >> 16:04x},{tag & 0xFFFF:04x}"


# What may become part of a request's path.
_TAG_NAME = re.compile(r"[0-9A-Fa-f]{4},[0-9A-Fa-f]{4}")
_LUT_DATA = _name(0x00283006)
_CSA = frozenset(map(_name, SIEMENS_CSA_IMAGE_HEADER.places))
_PRIVATE = frozenset(map(_name, PRIVATE_HEADER_TAGS))
# Worth a request for each image; other private values only sort images.
_FETCHED = frozenset((_LUT_DATA, *map(_name, SUV_PRIVATE_TAGS)))
# By name, each the very object that readers look for: a data set finds that one without comparing tags.
_TAGS = {_name(tag): tag for tag in (*map(tags.tag, HEADER_TAGS), *OVERLAY_TAGS, *PRIVATE_HEADER_TAGS)}
_WANTED = frozenset(_TAGS)

# Orthanc leaves out values above 256 characters unless they are named.
FULL_LENGTH = ",".join(sorted(name.replace(",", "-") for name in (*_WANTED, _LUT_DATA)))

_BINARY = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}
# In the Japanese ISO_IR 13 the byte that separates values is the yen sign, and so Orthanc decodes it (PS3.5 6.1.2.3).
_LONGEST_SHARED = 256
_JAPANESE, _YEN = "IR 13", "\u00a5"
# Orthanc's texts are UTF-8 already, whatever Specific Character Set says.
_ENCODING = "utf8"


def dataset_of(values: Mapping[str, Any], transfer_syntax_uid: str = "") -> Dataset:
    """A header from Orthanc's `short` JSON ({"0028,0010": "512"}), with what `HEADER_TAGS` names.

    Its `file_meta`, which has the transfer syntax alone, is shared by all headers with the same one.
    Any of Python's or pydicom's errors where the JSON is no header.
    """
    is_japanese = _JAPANESE in str(values.get("0008,0005", ""))
    wanted = {name: value for name, value in values.items() if name in _WANTED or name.lower() in _WANTED}
    dataset = ReadDataset(_elements(wanted, is_japanese))
    dataset.set_original_encoding(False, True, _ENCODING)
    dataset.file_meta = _file_meta(transfer_syntax_uid)
    return dataset


@lru_cache(maxsize=64)
def _file_meta(transfer_syntax_uid: str) -> FileMetaDataset:
    if not transfer_syntax_uid:
        return FileMetaDataset()
    tag = tags.tag("TransferSyntaxUID")
    return FileMetaDataset({tag: _raw(tag, transfer_syntax_uid)})


def left_out(values: Mapping[str, Any]) -> Iterator[tuple[str | int, ...]]:
    """Where in a header Orthanc has left a value out that a reader needs: tags, and numbers of items from 0.

    Its JSON has no binary values, neither tables of words (OW) nor what it knows no representation for.
    """
    is_mosaic = "MOSAIC" in str(values.get("0008,0008", ""))
    for name, value in values.items():
        if value is None and (name.lower() in _FETCHED or (is_mosaic and name.lower() in _CSA)):
            yield (name,)
        elif isinstance(value, list) and _TAG_NAME.fullmatch(name):
            for number, item in enumerate(value):
                yield from ((name, number, *rest) for rest in left_out(item))


def with_value(values: Mapping[str, Any], place: tuple[str | int, ...], value: bytes) -> Mapping[str, Any]:
    """The same header with `value`, little endian, at one of the places of `left_out`."""
    name, *rest = place
    if not rest:
        return {**values, str(name): value}
    number, *inner = rest
    items = list(values[str(name)])
    items[int(number)] = with_value(items[int(number)], tuple(inner), value)
    return {**values, str(name): items}


def _dataset(values: Mapping[str, Any], is_japanese: bool) -> Dataset:
    dataset = Dataset(_elements(values, is_japanese))
    dataset.set_original_encoding(False, True, _ENCODING)
    return dataset


def _elements(values: Mapping[str, Any], is_japanese: bool) -> dict[BaseTag, DataElement | RawDataElement]:
    found: dict[BaseTag, DataElement | RawDataElement] = {}
    for name, value in values.items():
        if isinstance(value, str):
            text = value.replace(_YEN, "\\") if is_japanese else value
            element = _shared(name, text) if len(text) <= _LONGEST_SHARED else _named(name, text)
            if element is not None:
                found[element[0]] = element
        elif isinstance(value, list):
            tag = _tag(name)
            found[tag] = DataElement(tag, "SQ", Sequence([_dataset(item, is_japanese) for item in value]))
        elif isinstance(value, bytes):
            tag = _tag(name)
            found[tag] = RawDataElement(tag, "UN" if tag.is_private else "OW", len(value), value, 0, False, True)
    return found


@lru_cache(maxsize=1024)
def _tag(name: str) -> BaseTag:
    return _TAGS.get(name.lower()) or Tag(int(name.replace(",", ""), 16))


def _named(name: str, value: str) -> RawDataElement | None:
    """The element of a text; None of private ones that nobody asks for."""
    tag = _tag(name)
    is_read = name in _WANTED or not tag.is_private or name.lower() in _PRIVATE
    return _raw(tag, value) if is_read else None


def _raw(tag: BaseTag, value: str) -> RawDataElement:
    vr = _vr(tag, value)
    try:
        data = _bytes(vr, value)
    except (ValueError, struct.error):  # the file has another VR than the dictionary: the number stays readable as text
        vr, data = "LO", value.encode(_ENCODING)
    return RawDataElement(tag, vr, len(data), data or _empty(vr), 0, False, True)


@lru_cache(maxsize=64)
def _empty(vr: str) -> bytes | None:
    """What a file reader takes for a value of no length."""
    return b"" if empty_value_for_VR(vr, raw=True) == b"" else None


# The slices of a series have most values in common.
_shared = lru_cache(maxsize=4096)(_named)


def _vr(tag: BaseTag, value: str) -> str:
    vr = _dictionary_vr(tag)
    if vr == "US or SS":
        return "SS" if "-" in value else "US"
    return "US" if vr.startswith("US or") else vr


@lru_cache(maxsize=1024)
def _dictionary_vr(tag: BaseTag) -> str:
    if tag.is_private:  # read as text, whatever representation the file has
        return "LO"
    try:
        return dictionary_VR(tag)
    except KeyError:
        return "UN"


def _bytes(vr: str, value: str) -> bytes:
    if vr == "AT":
        return b"".join(struct.pack("<HH", *(int(part, 16) for part in tag.split(","))) for tag in value.split("\\"))
    if vr in _BINARY:
        return _packed(vr, value)
    data = value.encode(_ENCODING)
    return data + (b"\0" if vr == "UI" else b" ") if len(data) % 2 else data  # PS3.5 6.2


def _packed(vr: str, value: str) -> bytes:
    number = float if vr in ("FL", "FD") else int
    parts = [number(part) for part in value.split("\\") if part.strip()]
    return struct.pack(f"<{len(parts)}{_BINARY[vr]}", *parts)
