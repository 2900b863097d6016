"""Lookup tables and rescale: stored values to modality values (C16, C17; PS3.3 C.11.1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from viewer_app.imaging.geometry import Floats
from viewer_app.imaging.headers import Lookup, Rescale
from viewer_app.imaging.reading import tags

_MOST_BITS, _FEWEST_BITS = 16, 8
_WORD = 0x10000


def read_lookup(item: Dataset, *, signed_input: bool) -> Lookup | None:
    """The table in an item of a Modality or VOI LUT Sequence; None where it is broken.

    `signed_input` says how the first input value of LUT Descriptor is meant: it is a 16-bit word whose
    sign its own value representation need not tell.
    """
    descriptor = tags.numbers(item, "LUTDescriptor", 3)
    if descriptor is None or any(number != int(number) for number in descriptor):
        return None
    count, first, bits = (int(number) % _WORD for number in descriptor)
    if not _FEWEST_BITS <= bits <= _MOST_BITS:
        return None
    words = _words(item, count or _WORD, bits)
    if words is None:
        return None
    return _shared(first - _WORD if signed_input and first >= _WORD // 2 else first, words.tobytes(), bits)


def modality_values(stored: Floats, rescale: Rescale) -> Floats:
    """Stored values of any shape as modality values; NaN stays NaN."""
    if rescale.lookup is not None:
        return through(stored, rescale.lookup)
    values: Floats = stored * rescale.slope
    values += rescale.intercept
    return values


def through(values: Floats, lookup: Lookup) -> Floats:
    """What each of `values`, rounded to an integer, finds in the table; NaN stays NaN."""
    table = entries(lookup)
    places = np.clip(np.rint(np.nan_to_num(values, nan=lookup.first)) - lookup.first, 0, len(table) - 1)
    found: Floats = np.where(np.isnan(values), np.nan, table[places.astype(np.intp)].astype(np.float64))
    return found


def entries(lookup: Lookup) -> NDArray[np.uint16]:
    """The outputs, one for each input from `first` on."""
    return np.frombuffer(lookup.entries, dtype="<u2")


@lru_cache(maxsize=64)
def _shared(first: int, words: bytes, bits: int) -> Lookup:
    """The images of a series repeat their tables: equal ones are one object."""
    return Lookup(first, words, bits)


def _words(item: Dataset, count: int, bits: int) -> NDArray[np.uint16] | None:
    """`count` unsigned entries, however LUT Data holds them; None where it holds another number of them."""
    data = tags.value(item, "LUTData")
    if isinstance(data, int):
        data = [data]
    if isinstance(data, bytes):
        order = ">u2" if item.original_encoding[1] is False else "<u2"
        words = np.frombuffer(data[: len(data) // 2 * 2], dtype=order).astype("<u2")
    elif isinstance(data, Sequence) and all(isinstance(number, int) for number in data):
        words = (np.asarray(data, dtype=np.int64) % _WORD).astype("<u2")
    else:
        return None
    if len(words) == count:
        return words
    # PS3.3 C.11.1.1.1: entries of 8 bits may lie two to a word, the first in its lower half.
    packed = words.view(np.uint8)
    return packed[:count].astype("<u2") if bits == _FEWEST_BITS and len(packed) in (count, count + 1) else None
