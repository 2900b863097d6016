"""Reading single values out of a data set that nobody has checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from pydicom import Dataset
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement, convert_raw_data_element
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag

_LONGEST_TEXT = 1024
_LONGEST_REMEMBERED = 256
# Value representations whose meaning is in their bytes alone; others are left to the data set.
_PLAIN = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "FD", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UI", "US"})


def value(dataset: Dataset, keyword: str) -> object:
    """The element's value, or None where it is absent, empty or not to be parsed."""
    tag, plain = _tag(keyword)
    try:
        found = _plain_value(dataset, tag) if plain else dataset[tag].value
    except Exception:  # absent, or pydicom parses on access and lets many families out
        return None
    return None if found == "" else found


def _plain_value(dataset: Dataset, tag: BaseTag) -> object:
    """Slices of a series repeat most of their header: each different value is converted once."""
    element: object = dataset.get_item(tag)
    if not isinstance(element, RawDataElement) or len(element.value or b"") > _LONGEST_REMEMBERED:
        return dataset[tag].value
    encoding = dataset.original_character_set
    names = (encoding,) if isinstance(encoding, str) else tuple(encoding)
    return _converted(element._replace(value_tell=0), names)


@lru_cache(maxsize=20_000)
def _converted(element: RawDataElement, encoding: tuple[str, ...]) -> object:
    return convert_raw_data_element(element, encoding=list(encoding)).value


@lru_cache(maxsize=1024)
def _tag(keyword: str) -> tuple[BaseTag, bool]:
    number = tag_for_keyword(keyword)
    assert number is not None, keyword
    return Tag(number), dictionary_VR(number) in _PLAIN


def text(dataset: Dataset, keyword: str) -> str:
    """The value as one line of plain text without control characters; "" where there is none."""
    found = value(dataset, keyword)
    if found is None:
        return ""
    joined = "\\".join(map(str, _parts(found)))
    if not joined.isprintable():
        joined = "".join(character for character in joined if character.isprintable())
    return joined[:_LONGEST_TEXT].strip()


def numbers(dataset: Dataset, keyword: str, count: int | None = None) -> tuple[float, ...] | None:
    """All values as finite floats, `count` of them if given; None where that is not what is there."""
    found = value(dataset, keyword)
    if found is None:
        return None
    try:
        result = tuple(_as_float(str(part)) for part in _parts(found))
    except ValueError:
        return None
    if not result or not all(math.isfinite(number) for number in result):
        return None
    return result if count is None or len(result) == count else None


def _as_float(written: str) -> float:
    """As DICOM writes numbers; Python alone would also take 1_0 and digits of other scripts."""
    if "_" in written or not written.isascii():
        raise ValueError(written)
    return float(written)


def number(dataset: Dataset, keyword: str) -> float | None:
    """The single finite number of an element, or None."""
    found = numbers(dataset, keyword, 1)
    return found[0] if found else None


def integer(dataset: Dataset, keyword: str) -> int | None:
    """The single whole number of an element, or None."""
    found = number(dataset, keyword)
    return int(found) if found is not None and found == int(found) else None


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence, [] where there is none."""
    found = value(dataset, keyword)
    return [item for item in found if isinstance(item, Dataset)] if isinstance(found, Sequence) else []


def _parts(found: object) -> list[object]:
    """The values of a multi-valued element, or the one of a single-valued one."""
    return list(found) if isinstance(found, list | tuple | MultiValue) else [found]
