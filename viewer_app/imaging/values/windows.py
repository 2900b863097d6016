"""Which windows and VOI LUTs a file proposes for a frame, all in modality values (C18-C22; PS3.3 C.11.2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from pydicom import Dataset

from viewer_app.imaging.headers import Lookup, PixelFormat, Rescale, Window
from viewer_app.imaging.reading import tags
from viewer_app.imaging.reading.groups import Groups
from viewer_app.imaging.values.lookup import entries, read_lookup

_FUNCTIONS = frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"})
# A window that ends beyond so many times the largest value an image can hold was not meant for these values.
_OUT_OF_REACH = 2.0


def frame_windows(
    groups: Groups, number: int, modality: str, rescale: Rescale, pixel_format: PixelFormat
) -> tuple[Window, ...]:
    """The usable VOI LUTs of frame `number` (from 1), then its usable windows, in the file's order.

    Where a file has both, either may be chosen, and the first is shown (PS3.3 C.11.2.1).
    """
    holder = groups.holder(number, "FrameVOILUTSequence")
    windows = tuple(_windows(holder, is_float=pixel_format.is_float))
    if modality == "MR" and any(_means_stored(window, rescale, pixel_format) for window in windows):
        windows = tuple(rescaled(window, rescale) for window in windows)
    return (*_lut_windows(holder, rescale, pixel_format), *windows)


def scaled(window: Window, factor: float) -> Window:
    """The same picture for values that are multiplied by `factor`, which is above zero."""
    return rescaled(window, Rescale(factor))


def rescaled(window: Window, rescale: Rescale) -> Window:
    """A window over values as the same window over slope * value + intercept; the slope is above zero.

    LINEAR becomes LINEAR_EXACT: its half unit and its one unit are units of the old values.
    """
    center, width = window.center, window.width
    if window.function == "LINEAR":
        # A threshold (width 1) keeps a width: one that no value of the old unit can lie in.
        center, width = center - 0.5, max(width - 1.0, 1e-6)
    function = "LINEAR_EXACT" if window.function == "LINEAR" else window.function
    return Window(center * rescale.slope + rescale.intercept, width * rescale.slope, window.explanation, function)


def _windows(holder: Dataset, *, is_float: bool) -> Iterator[Window]:
    centers, widths = tags.numbers(holder, "WindowCenter"), tags.numbers(holder, "WindowWidth")
    if not centers or not widths or len(centers) != len(widths):
        return
    function = tags.text(holder, "VOILUTFunction").upper()
    function = function if function in _FUNCTIONS else "LINEAR"
    if is_float and function == "LINEAR":
        function = "LINEAR_EXACT"  # the half unit of LINEAR is one of whole numbers: a map of 0 to 1 would be all white
    names = tags.text(holder, "WindowCenterWidthExplanation").split("\\")
    names += [""] * (len(centers) - len(names))
    smallest = 1.0 if function == "LINEAR" else 0.0
    for center, width, name in zip(centers, widths, names, strict=False):
        if width >= smallest and width > 0:
            yield Window(center, width, name.strip(), function)


def _means_stored(window: Window, rescale: Rescale, pixel_format: PixelFormat) -> bool:
    """Was the window written for stored values, as the MR IOD without a Modality LUT would have it (C18)?

    Only where nothing else makes sense: no modality value comes near its upper end, and stored values do.
    """
    if rescale.lookup is not None or rescale.slope <= 0 or pixel_format.is_float:
        return False
    low, high = pixel_format.stored_range
    upper = window.center + window.width / 2
    return upper > _OUT_OF_REACH * (high * rescale.slope + rescale.intercept) and low <= upper <= high + 1


def _lut_windows(holder: Dataset, rescale: Rescale, pixel_format: PixelFormat) -> Iterator[Window]:
    for item in tags.items(holder, "VOILUTSequence"):
        lookup = read_lookup(item, signed_input=_is_signed(rescale, pixel_format))
        if lookup is not None:
            yield _lut_window(lookup, tags.text(item, "LUTExplanation"))


def _is_signed(rescale: Rescale, pixel_format: PixelFormat) -> bool:
    """PS3.3 C.11.2.1.1: the input is signed where the modality values may be negative."""
    if rescale.lookup is not None:
        return False
    return min(end * rescale.slope + rescale.intercept for end in pixel_format.stored_range) < 0


def _lut_window(lookup: Lookup, explanation: str) -> Window:
    table = entries(lookup)
    changes = np.flatnonzero(np.diff(table.astype(np.int64)))
    low, high = (int(changes[0]), int(changes[-1]) + 1) if changes.size else (0, len(table) - 1)
    width = max(high - low + 1, 2)
    used = replace(lookup, bits=_used_bits(lookup.bits, int(table.max())))
    return Window(lookup.first + low + width / 2, float(width), explanation, "LUT", used)


def _used_bits(bits: int, largest: int) -> int:
    """Some scanners write how wide a word is, not how many of its bits count; the picture would be black."""
    used = max(largest.bit_length(), 8)
    return used if used > bits or bits - used > 1 else bits
