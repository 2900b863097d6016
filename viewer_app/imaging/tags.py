"""Reading single values out of a data set that nobody has checked."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pydicom import Dataset

_LONGEST_TEXT = 1024


def value(dataset: Dataset, keyword: str) -> object:
    """The element's value, or None where it is absent, empty or not to be parsed."""
    try:
        found = dataset.get(keyword)
    except Exception:  # pydicom parses on access and lets many families out
        return None
    return None if found == "" else found


def text(dataset: Dataset, keyword: str) -> str:
    """The value as one line of plain text without control characters; "" where there is none."""
    found = value(dataset, keyword)
    if found is None:
        return ""
    parts = found if isinstance(found, list | tuple) or hasattr(found, "append") else [found]
    joined = "\\".join(str(part) for part in _items(parts))
    return "".join(character for character in joined if character.isprintable())[:_LONGEST_TEXT].strip()


def numbers(dataset: Dataset, keyword: str, count: int | None = None) -> tuple[float, ...] | None:
    """All values as finite floats, `count` of them if given; None where that is not what is there."""
    found = value(dataset, keyword)
    if found is None:
        return None
    parts = found if isinstance(found, list | tuple) or hasattr(found, "append") else [found]
    try:
        result = tuple(float(str(part)) for part in _items(parts))
    except ValueError:
        return None
    if not result or not all(math.isfinite(number) for number in result):
        return None
    return result if count is None or len(result) == count else None


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
    return [item for item in _items(found) if isinstance(item, Dataset)] if hasattr(found, "__iter__") else []


def _items(found: object) -> Iterable[object]:
    return found if isinstance(found, Iterable) and not isinstance(found, str | bytes) else [found]
