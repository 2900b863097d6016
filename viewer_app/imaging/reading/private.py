"""Private elements of scanner makers: read only where the block's creator is the one expected (PS3.5 7.8)."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from pydicom import Dataset
from pydicom.dataelem import DataElement, RawDataElement

_BINARY = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}
# Where a creator is looked for: scanners write theirs into the first blocks (PS3.5 7.8.1).
_BLOCKS = (0x10, 0x11)


@dataclass(frozen=True, slots=True)
class PrivateElement:
    """An element by its group, its creator and the low byte of its number.

    `vr` is its value representation, for files that do not write it.
    """

    group: int
    creator: str
    number: int
    vr: str

    @property
    def places(self) -> tuple[int, ...]:
        """The tags it may have, one for each block."""
        return tuple(self.group << 16 | block << 8 | self.number for block in _BLOCKS)

    @property
    def tags(self) -> tuple[int, ...]:
        """All tags that have to be read to find it: its places, and the creators of their blocks."""
        return (*(self.group << 16 | block for block in _BLOCKS), *self.places)


SIEMENS_B_VALUE = PrivateElement(0x0019, "SIEMENS MR HEADER", 0x0C, "IS")
SIEMENS_GRADIENT_DIRECTION = PrivateElement(0x0019, "SIEMENS MR HEADER", 0x0E, "FD")
SIEMENS_CSA_IMAGE_HEADER = PrivateElement(0x0029, "SIEMENS CSA HEADER", 0x10, "OB")
GE_B_VALUE = PrivateElement(0x0043, "GEMS_PARM_01", 0x39, "IS")
GE_SCAN_START = PrivateElement(0x0009, "GEMS_PETD_01", 0x0D, "DT")
PHILIPS_B_VALUE = PrivateElement(0x2001, "Philips Imaging DD 001", 0x03, "FL")
PHILIPS_SUV_SCALE = PrivateElement(0x7053, "Philips PET Private Group", 0x00, "DS")
PHILIPS_ACTIVITY_SCALE = PrivateElement(0x7053, "Philips PET Private Group", 0x09, "DS")

_DIFFUSION = (SIEMENS_B_VALUE, SIEMENS_GRADIENT_DIRECTION, GE_B_VALUE, PHILIPS_B_VALUE)
_SUV = (PHILIPS_SUV_SCALE, PHILIPS_ACTIVITY_SCALE, GE_SCAN_START)
SUV_PRIVATE_TAGS = tuple(dict.fromkeys(tag for element in _SUV for tag in element.tags))
PRIVATE_TAGS = tuple(
    dict.fromkeys(tag for element in (*_DIFFUSION, *_SUV, SIEMENS_CSA_IMAGE_HEADER) for tag in element.tags)
)


def numbers(dataset: Dataset, wanted: PrivateElement) -> tuple[float, ...]:
    """Its finite numbers; () where it is absent, another maker's, or no numbers."""
    element = _element(dataset, wanted)
    if element is None or element.value is None:
        return ()
    try:
        found = _decoded(element, wanted.vr) if isinstance(element, RawDataElement) else _parts(element)
        result = tuple(float(str(part)) for part in found)
    except (ValueError, struct.error, UnicodeDecodeError):
        return ()
    return result if all(map(math.isfinite, result)) else ()


def data(dataset: Dataset, wanted: PrivateElement) -> bytes:
    """Its bytes; b"" where it is absent or another maker's."""
    element = _element(dataset, wanted)
    return element.value if element is not None and isinstance(element.value, bytes) else b""


def text(dataset: Dataset, wanted: PrivateElement) -> str:
    """Its value as text, whatever representation a file gives it; "" where it is absent or another maker's."""
    element = _element(dataset, wanted)
    if element is None:
        return ""
    try:
        found = dataset[element.tag].value
    except Exception:  # pydicom parses on access and lets many families out
        return ""
    return "" if found is None else _plain(found)


def _element(dataset: Dataset, wanted: PrivateElement) -> DataElement | RawDataElement | None:
    for block, place in zip(_BLOCKS, wanted.places, strict=True):
        creator = _get(dataset, wanted.group << 16 | block)
        if creator is not None and _plain(creator.value) == wanted.creator:
            return _get(dataset, place)
    return None


def _plain(value: object) -> str:
    return (value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)).strip(" \0")


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
