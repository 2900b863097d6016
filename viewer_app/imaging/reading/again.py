"""A header that comes a second time: where its raw elements are the same, it need not be parsed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeGuard

from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import BaseTag

from viewer_app.imaging.documents.titles import TITLE_TAGS
from viewer_app.imaging.headers import HeaderMark, Instance
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.parse import HEADER_TAGS, PRIVATE_HEADER_TAGS, parse_instance, transfer_syntax
from viewer_app.imaging.reading.recall import Elements, elements, encoding
from viewer_app.imaging.reading.technique import CODE_TAGS

# What a server most likely says otherwise than the file, where only texts and the order of images come from it.
_TOLD = (
    "AccessionNumber", "ContrastBolusAgent", "DerivationDescription", "ImageComments", "InstitutionName",
    "PatientName", "StationName", "StudyDescription", *CODE_TAGS, *TITLE_TAGS,
)  # fmt: skip
_UNCOMPARED = frozenset((*map(tags.tag, _TOLD), *PRIVATE_HEADER_TAGS))
# Where private elements decide about pixels: the tiles of a mosaic, the SUV of a PET image.
_DECIDES = ((tags.tag("ImageType"), b"MOSAIC"), (tags.tag("Modality"), b"PT"))
# Their meaning depends on the character set; of other texts pydicom decodes nothing by it (PS3.5 6.1.2.2).
_CODED = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_TEXTS = tuple(tag for tag in map(tags.tag, HEADER_TAGS) if tag not in _UNCOMPARED and dictionary_VR(tag) in _CODED)
# Those of pydicom's names of character sets by which bytes below 128 are always ASCII (PS3.3 C.12.1.1.2).
_PLAIN_SETS = frozenset(
    (
        *("iso8859", "latin_1", "UTF8", "GB18030", "GBK"),
        *(f"iso8859_{part}" for part in (2, 3, 4)),
        *(f"iso_ir_{part}" for part in (126, 127, 138, 144, 148, 166)),
    )
)

_Raw = Mapping[BaseTag, RawDataElement]


@dataclass(frozen=True, slots=True)
class Parsed:
    """An instance, and the raw elements of the header it was parsed from; None where they are not known.

    The header is written in little endian with explicit VR, its texts in UTF-8.
    """

    instance: Instance
    known: _Raw | None

    def parse(self, dataset: Dataset, *, locator: str, size_bytes: int = 0, mark: HeaderMark | None = None) -> Instance:
        """As `parse_instance`; texts and dimensions may be those of the first header where all else is the same.

        Identity, pixel format, frames and padding are always what `dataset` says.
        """
        if size_bytes == self.instance.size_bytes and self._comes_again(dataset):
            return replace(self.instance, locator=locator, mark=mark, transfer_syntax_uid=transfer_syntax(dataset))
        return parse_instance(dataset, locator=locator, size_bytes=size_bytes, mark=mark)

    def _comes_again(self, dataset: Dataset) -> bool:
        known, own = self.known, elements(dataset)
        if known is None or not _is_plain(encoding(dataset)):
            return False
        if dataset.original_encoding[0]:
            own = {tag: _explicit(element) for tag, element in own.items()}
        is_same = known.items() <= own.items() and len(known) == len(own) - len(own.keys() & _UNCOMPARED)
        return is_same and all((known[tag].value or b"").isascii() for tag in _TEXTS if tag in known)


def parse_first(dataset: Dataset, *, locator: str, size_bytes: int) -> Parsed:
    """As `parse_instance`, for a header that will come again in its file."""
    known = {tag: element for tag, element in elements(dataset).items() if tag not in _UNCOMPARED}
    instance = parse_instance(dataset, locator=locator, size_bytes=size_bytes)
    return Parsed(instance, known if _is_comparable(known) else None)


def _is_plain(names: str | tuple[str, ...]) -> bool:
    return names in _PLAIN_SETS or (len(names) == 1 and names[0] in _PLAIN_SETS)


def _is_comparable(known: Elements) -> TypeGuard[_Raw]:
    if set(map(type, known.values())) != {RawDataElement}:
        return False
    for tag, word in _DECIDES:
        element = known.get(tag)
        if element is not None and word in (element.value or b""):
            return False
    return True


def _explicit(element: DataElement | RawDataElement) -> DataElement | RawDataElement:
    """With the value representation of the dictionary in place of none."""
    if not isinstance(element, RawDataElement) or element.VR is not None or element.tag in _UNCOMPARED:
        return element
    return element._replace(VR=_vr(element.tag), is_implicit_VR=False)


_vr = lru_cache(maxsize=1024)(dictionary_VR)
