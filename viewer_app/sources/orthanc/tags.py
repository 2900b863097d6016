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
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID

from viewer_app.imaging.reading.parse import HEADER_TAGS, OVERLAY_TAGS, PRIVATE_HEADER_TAGS
from viewer_app.imaging.reading.private import SIEMENS_CSA_IMAGE_HEADER, SUV_PRIVATE_TAGS


def _name(tag: int) -> str:
    return f"{tag >> 16:04x},{tag & 0xFFFF:04x}"


# What may become part of a request's path.
_TAG_NAME = re.compile(r"[0-9A-Fa-f]{4},[0-9A-Fa-f]{4}")
_LUT_DATA = _name(0x00283006)
_CSA = frozenset(map(_name, SIEMENS_CSA_IMAGE_HEADER.places))
_PRIVATE = frozenset(map(_name, PRIVATE_HEADER_TAGS))
# Worth a request for each image; other private values only sort images.
_FETCHED = frozenset((_LUT_DATA, *map(_name, SUV_PRIVATE_TAGS)))
_NAMED = (tag for name in HEADER_TAGS if (tag := tag_for_keyword(name)) is not None)
_WANTED = {_name(tag) for tag in (*_NAMED, *OVERLAY_TAGS)} | _PRIVATE

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
    dataset = _dataset({name: value for name, value in values.items() if name.lower() in _WANTED}, is_japanese)
    dataset.file_meta = _file_meta(transfer_syntax_uid)
    return dataset


@lru_cache(maxsize=64)
def _file_meta(transfer_syntax_uid: str) -> FileMetaDataset:
    found = FileMetaDataset()
    if transfer_syntax_uid:
        found.TransferSyntaxUID = UID(transfer_syntax_uid)
    return found


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
    found: dict[BaseTag, DataElement | RawDataElement] = {}
    for name, value in values.items():
        tag = _tag(name)
        if isinstance(value, list):
            found[tag] = DataElement(tag, "SQ", Sequence([_dataset(item, is_japanese) for item in value]))
        elif isinstance(value, bytes):
            found[tag] = RawDataElement(tag, "UN" if tag.is_private else "OW", len(value), value, 0, False, True)
        elif isinstance(value, str) and (not tag.is_private or name.lower() in _PRIVATE):
            text = value.replace(_YEN, "\\") if is_japanese else value
            found[tag] = _shared(tag, text) if len(text) <= _LONGEST_SHARED else _raw(tag, text)
    dataset = Dataset(found)
    dataset.set_original_encoding(False, True, _ENCODING)
    return dataset


@lru_cache(maxsize=512)
def _tag(name: str) -> BaseTag:
    return Tag(int(name.replace(",", ""), 16))


def _raw(tag: BaseTag, value: str) -> RawDataElement:
    vr = _vr(tag, value)
    try:
        data = _bytes(vr, value)
    except (ValueError, struct.error):  # the file has another VR than the dictionary: the number stays readable as text
        vr, data = "LO", value.encode(_ENCODING)
    return RawDataElement(tag, vr, len(data), data, 0, False, True)


# The slices of a series have most values in common.
_shared = lru_cache(maxsize=4096)(_raw)


def _vr(tag: BaseTag, value: str) -> str:
    if tag.is_private:  # read as text, whatever representation the file has
        return "LO"
    try:
        vr = dictionary_VR(tag)
    except KeyError:
        return "UN"
    if vr == "US or SS":
        return "SS" if "-" in value else "US"
    return "US" if vr.startswith("US or") else vr


def _bytes(vr: str, value: str) -> bytes:
    if vr == "AT":
        return b"".join(struct.pack("<HH", *(int(part, 16) for part in tag.split(","))) for tag in value.split("\\"))
    return _packed(vr, value) if vr in _BINARY else value.encode(_ENCODING)


def _packed(vr: str, value: str) -> bytes:
    number = float if vr in ("FL", "FD") else int
    parts = [number(part) for part in value.split("\\") if part.strip()]
    return struct.pack(f"<{len(parts)}{_BINARY[vr]}", *parts)
