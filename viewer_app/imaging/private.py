"""Private elements of scanner makers: read only where the block's creator is the one expected (PS3.5 7.8)."""

from __future__ import annotations

import math
import struct

from pydicom import Dataset
from pydicom.dataelem import DataElement, RawDataElement

_BINARY = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}
_CREATORS = {
    0x00190010: "SIEMENS MR HEADER",
    0x00290010: "SIEMENS CSA HEADER",
    0x00430010: "GEMS_PARM_01",
    0x20010010: "Philips Imaging DD 001",
}

SIEMENS_B_VALUE = 0x0019100C
SIEMENS_GRADIENT_DIRECTION = 0x0019100E
SIEMENS_CSA_IMAGE_HEADER = 0x00291010
GE_B_VALUE = 0x00431039
PHILIPS_B_VALUE = 0x20011003

# The value representation of each, for files that do not write it.
_REPRESENTATIONS = {
    SIEMENS_B_VALUE: "IS",
    SIEMENS_GRADIENT_DIRECTION: "FD",
    GE_B_VALUE: "IS",
    PHILIPS_B_VALUE: "FL",
}

PRIVATE_TAGS = (*_CREATORS, *_REPRESENTATIONS, SIEMENS_CSA_IMAGE_HEADER)


def numbers(dataset: Dataset, tag: int) -> tuple[float, ...]:
    """The finite numbers of a private element named above; () where it is absent, another maker's, or no numbers."""
    element = _element(dataset, tag)
    if element is None or element.value is None:
        return ()
    try:
        found = _decoded(element, _REPRESENTATIONS[tag]) if isinstance(element, RawDataElement) else _parts(element)
        result = tuple(float(str(part)) for part in found)
    except (ValueError, struct.error, UnicodeDecodeError):
        return ()
    return result if all(map(math.isfinite, result)) else ()


def data(dataset: Dataset, tag: int) -> bytes:
    """The bytes of a private element; b"" where it is absent or another maker's."""
    element = _element(dataset, tag)
    return element.value if element is not None and isinstance(element.value, bytes) else b""


def _element(dataset: Dataset, tag: int) -> DataElement | RawDataElement | None:
    creator_tag = (tag & 0xFFFF0000) | 0x10
    creator = _get(dataset, creator_tag)
    if creator is None:
        return None
    name = creator.value.decode("ascii", "replace") if isinstance(creator.value, bytes) else str(creator.value)
    return _get(dataset, tag) if name.strip(" \0") == _CREATORS[creator_tag] else None


def _get(dataset: Dataset, tag: int) -> DataElement | RawDataElement | None:
    return dataset.get_item(tag) if tag in dataset else None


def _decoded(element: RawDataElement, expected: str) -> list[object]:
    vr = element.VR if element.VR not in (None, "UN") else expected
    raw = element.value or b""
    if vr not in _BINARY:
        return [part for part in raw.decode("ascii").strip(" \0").split("\\") if part]
    size = struct.calcsize(_BINARY[vr])
    order = "<" if element.is_little_endian else ">"
    return list(struct.unpack(f"{order}{len(raw) // size}{_BINARY[vr]}", raw))


def _parts(element: DataElement) -> list[object]:
    return list(element.value) if element.VM > 1 else [element.value]
