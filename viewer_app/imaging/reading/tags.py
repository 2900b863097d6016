"""Reading single values out of a data set that nobody has checked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import cast

from pydicom import Dataset
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement, convert_raw_data_element
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag

from viewer_app.imaging.reading.recall import Elements, elements, encoding

_LONGEST_TEXT = 1024
_LONGEST_REMEMBERED, _MOST_REMEMBERED = 1024, 10_000
# Value representations whose meaning is in their bytes alone; others are left to the data set.
_PLAIN = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "FD", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UI", "US"})
# UIDs, dates, times and decimal numbers as they should be written (PS3.5 6.2).
_SIMPLE = {
    "UI": re.compile(rb"[0-9.]+\0?"),
    "DA": re.compile(rb"[0-9]{8}"),
    "TM": re.compile(rb"[0-9]{2,6}(\.[0-9]{1,6})? ?"),
    "IS": re.compile(rb"-?[0-9]{1,9} ?"),
    "DS": re.compile(rb"-?[0-9]+(\.[0-9]+)?(\\-?[0-9]+(\.[0-9]+)?)* ?"),
}


def tag(keyword: str) -> BaseTag:
    """The tag of a keyword of the dictionary, always the same object: a data set finds that one faster."""
    number, _ = _tag(keyword)
    return number


def value(dataset: Dataset, keyword: str) -> object:
    """The element's value, or None where it is absent, empty or not to be parsed."""
    known = elements(dataset)
    element = _raw(known, keyword)
    if element is not None:
        return _converted(element, encoding(dataset))
    return _asked(dataset, keyword) if tag(keyword) in known else None


def text(dataset: Dataset, keyword: str) -> str:
    """The value as one line of plain text without control characters; "" where there is none."""
    known = elements(dataset)
    element = _raw(known, keyword)
    if element is not None:
        return _text(element, encoding(dataset))
    return _as_text(_asked(dataset, keyword)) if tag(keyword) in known else ""


def texts(dataset: Dataset, keywords: Iterable[str]) -> dict[str, str]:
    """The texts of those elements that have one, by keyword."""
    known, names = elements(dataset), encoding(dataset)
    found = {}
    for keyword in keywords:
        if tag(keyword) in known:
            element = _raw(known, keyword)
            told = text(dataset, keyword) if element is None else _text(element, names)
            if told:
                found[keyword] = told
    return found


def numbers(dataset: Dataset, keyword: str, count: int | None = None) -> tuple[float, ...] | None:
    """All values as finite floats, `count` of them if given; None where that is not what is there."""
    element = _raw(elements(dataset), keyword)
    found = _as_numbers(value(dataset, keyword)) if element is None else _numbers(element, encoding(dataset))
    return found if count is None or found is None or len(found) == count else None


def forget() -> None:
    """Let go of all remembered values, so that a benchmark sees a folder for the first time."""
    for remembered in (_converted, _text, _numbers):
        remembered.cache_clear()


# Slices of a series repeat most of their header: each different element is converted once.
def _raw(known: Elements, keyword: str) -> RawDataElement | None:
    """The element as its bytes, where those alone decide its value; None where they do not, or it is long or absent."""
    number, plain = _tag(keyword)
    element = known.get(number)
    if element is None or not plain or not isinstance(element, RawDataElement) or element.length > _LONGEST_REMEMBERED:
        return None
    return element._replace(value_tell=0) if element.value_tell else element


def _asked(dataset: Dataset, keyword: str) -> object:
    try:
        found = dataset[tag(keyword)].value
    except Exception:  # pydicom parses on access and lets many families out
        return None
    return None if found == "" else found


@lru_cache(maxsize=_MOST_REMEMBERED)
def _converted(element: RawDataElement, names: str | tuple[str, ...]) -> object:
    try:
        found = convert_raw_data_element(element, encoding=names if isinstance(names, str) else list(names)).value
    except Exception:  # pydicom lets many families out
        return None
    return None if found == "" else found


@lru_cache(maxsize=_MOST_REMEMBERED)
def _text(element: RawDataElement, names: str | tuple[str, ...]) -> str:
    if _is_simple(element):
        return cast(bytes, element.value).decode("ascii").rstrip(" \0")
    return _as_text(_converted(element, names))


@lru_cache(maxsize=_MOST_REMEMBERED)
def _numbers(element: RawDataElement, names: str | tuple[str, ...]) -> tuple[float, ...] | None:
    if _vr(element) in ("DS", "IS") and _is_simple(element):
        return tuple(map(float, cast(bytes, element.value).split(b"\\")))
    return _as_numbers(_converted(element, names))


def _is_simple(element: RawDataElement) -> bool:
    """True for what differs from slice to slice: its text is its bytes, and pydicom is not asked."""
    pattern = _SIMPLE.get(_vr(element))
    return pattern is not None and pattern.fullmatch(element.value or b"") is not None


def _vr(element: RawDataElement) -> str:
    return element.VR or dictionary_VR(element.tag)


@lru_cache(maxsize=1024)
def _tag(keyword: str) -> tuple[BaseTag, bool]:
    number = tag_for_keyword(keyword)
    assert number is not None, keyword
    return Tag(number), dictionary_VR(number) in _PLAIN


def _as_text(found: object) -> str:
    if found is None:
        return ""
    joined = "\\".join(map(str, _parts(found)))
    if not joined.isprintable():
        joined = "".join(character for character in joined if character.isprintable())
    return joined[:_LONGEST_TEXT].strip()


def _as_numbers(found: object) -> tuple[float, ...] | None:
    if found is None:
        return None
    try:
        result = tuple(_as_float(str(part)) for part in _parts(found))
    except ValueError:
        return None
    return result if result and all(map(math.isfinite, result)) else None


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
