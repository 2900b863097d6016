"""Which colour a mark has: the one a person chose, or that of its kind or of its label.

The rule knows one measurement alone, so that a colour never changes because
another mark came or went, and a label has one colour in a study and its priors.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from enum import Enum

from viewer_app.measure.kinds import KINDS
from viewer_app.measure.measurement import Measurement

COLORS: Mapping[str, str] = {
    "Yellow": "#ffd54a",
    "Green": "#6fdc78",
    "Pink": "#ff8fc7",
    "Turquoise": "#4fe0cf",
    "Orange": "#ffa04d",
    "Violet": "#c6a0ff",
    "Red": "#ff8078",
    "Lime": "#d2f06a",
}
"""By name, "#rrggbb": light enough to stand out from the dark seam every mark is drawn with, on any image."""

_ALL = tuple(COLORS.values())
_COLOR = re.compile(r"#[0-9a-f]{6}")
_NUMBERED = re.compile(r"(.*?)(\d*)")


class ColorBy(Enum):
    """What decides the colour of a mark for which nobody chose one."""

    NOTHING = "nothing"
    KIND = "kind"
    LABEL = "label"


def is_color(text: object) -> bool:
    """True for "#rrggbb" in small letters."""
    return isinstance(text, str) and _COLOR.fullmatch(text) is not None


def color_of(measurement: Measurement, by: ColorBy) -> str:
    """The colour of a mark; "" for that of all marks."""
    return measurement.color or _RULES[by](measurement)


def _of_kind(measurement: Measurement) -> str:
    """In the order of the table of kinds, so that kinds side by side differ."""
    names = list(KINDS)
    return _ALL[names.index(measurement.kind) % len(_ALL)] if measurement.kind in names else ""


def _of_label(measurement: Measurement) -> str:
    """By the words of the label; "Target 1" and "Target 2" follow each other, so that they differ."""
    label = " ".join(measurement.label.casefold().split())
    found = _NUMBERED.fullmatch(label)
    if not label or found is None:
        return ""
    words, number = found.groups()
    return _ALL[(zlib.crc32(words.encode("utf-8", "replace")) + int(number[-9:] or 0)) % len(_ALL)]


_RULES: Mapping[ColorBy, Callable[[Measurement], str]] = {
    ColorBy.NOTHING: lambda measurement: "",
    ColorBy.KIND: _of_kind,
    ColorBy.LABEL: _of_label,
}
