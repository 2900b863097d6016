"""Numbers as a person reads them: decimals by unit and size, rounded half to even (C44)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from viewer_app.measure.kinds import counts_voxels
from viewer_app.measure.measurement import Record
from viewer_app.measure.quantity import Dimension, Value

THIN_SPACE = "\u2009"
MINUS = "\u2212"
PLUS_MINUS = "\u00b1"

# From this uncertainty on a decimal means nothing.
_COARSE = 10.0
# Pixel values below this are shown with a power of ten.
_TINY = 1e-6
_DECIMALS = {
    Dimension.LENGTH: 1,
    Dimension.AREA: 1,
    Dimension.ANGLE: 1,
    Dimension.RATIO: 2,
    Dimension.COUNT: 0,
}
_SHORT = {"mean": "mean", "sd": "SD", "count": "n", "short": "short axis", "supplement": "supplement"}
_NAMES = frozenset({"Cobb"})
_SHOWN_UNITS = {"deg": "°"}


def decimals(value: Value) -> int | None:
    """How many decimals a value is shown with, as `pixel_decimals`; the stored number keeps them all.

    A value that is uncertain by ten or more has none (C42).
    """
    if value.dimension is Dimension.PIXEL_VALUE:
        return pixel_decimals(value.number, value.unit)
    if value.uncertainty is not None and value.uncertainty >= _COARSE:
        return 0
    if value.dimension is Dimension.VOLUME:
        return _volume_decimals(value.number)
    return _DECIMALS[value.dimension]


def _volume_decimals(number: float | None) -> int:
    """One from 10 ml on, two from 1 ml, three below: a small finding shows three digits."""
    size = abs(number or 0.0)
    return 1 if size >= 10.0 else 2 if size >= 1.0 else 3


def pixel_decimals(number: float | None, unit: str) -> int | None:
    """Decimals of a pixel value: none in HU, of a whole number and from 100 on; two, and below 0.1 three digits.

    None stands for three digits and a power of ten: a number smaller than a millionth.
    """
    if number is None or unit == "HU" or not math.isfinite(number) or abs(number) >= 100 or number == int(number):
        return 0
    size = abs(number)
    if size < _TINY:
        return None
    return 2 if size >= 0.1 else 2 - math.floor(math.log10(size))


def rounded(number: float, places: int | None) -> str:
    """The number with so many decimals, with a real minus sign and no minus zero; None: with a power of ten."""
    text = format(number, ".2E" if places is None else f".{places}f")
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def shown(value: Value) -> str:
    """The number with its unit after a thin space, "–" where there is none."""
    if value.number is None:
        return "–"
    unit = _SHOWN_UNITS.get(value.unit, value.unit)
    gap = THIN_SPACE if unit and unit != "°" else ""
    return rounded(value.number, decimals(value)) + gap + unit


def margin(value: Value) -> str:
    """The uncertainty with its sign, with the decimals of its number and never shown as 0: "±0.5"; "" for none."""
    if value.number is None or value.uncertainty is None:
        return ""
    places = decimals(value)
    last_digit = 10.0 ** -(places or 0)
    return PLUS_MINUS + rounded(max(value.uncertainty, last_digit), places)


def shown_with_margin(value: Value) -> str:
    """The number with its uncertainty and unit: "12.3 ± 0.5 mm"; as `shown` where none is claimed."""
    told = margin(value)
    if not told:
        return shown(value)
    unit = _SHOWN_UNITS.get(value.unit, value.unit)
    gap = THIN_SPACE if unit and unit != "°" else ""
    spread = f"{PLUS_MINUS}{THIN_SPACE}{told.removeprefix(PLUS_MINUS)}"
    return f"{rounded(value.number or 0.0, decimals(value))}{THIN_SPACE}{spread}{gap}{unit}"


def headline(values: Sequence[Value]) -> str:
    """The main value, as the label of a mark begins; "" for a mark without numbers."""
    return shown(values[0]) if values else ""


def details(values: Sequence[Value], *, with_units: bool = True) -> str:
    """The further values on one line: "mean 41 HU · SD 12 HU · n 21"; "" where there are none."""
    parts = [
        f"{_SHORT[value.key]} {shown(value) if with_units else shown(value).partition(THIN_SPACE)[0]}"
        for value in values[1:]
        if value.key in _SHORT and value.number is not None
    ]
    return " · ".join(parts)


def within(title: str) -> str:
    """A title as it stands within a sentence: "Two diameters" is "two diameters"; names and "3D" stay as they are."""
    first = title.partition(" ")[0]
    return title if first in _NAMES or not first[1:].islower() else title[:1].lower() + title[1:]


def origins(values: Sequence[Value]) -> str:
    """Line by line, each value and where its unit comes from: "Length 12.3 ± 0.4 mm: image plane"."""
    told = (value for value in values if value.number is not None)
    return "\n".join(
        f"{value.title} {shown_with_margin(value)}" + (f": {value.provenance}" if value.provenance else "")
        for value in told
    )


def caution(values: Sequence[Value]) -> str:
    """Why the main value, or else the others, should be read with care; "" if there is nothing to say."""
    return next((value.note for value in values if value.note), "")


def plane_words(record: Record) -> str:
    """How what was measured on a reconstructed plane came about, "" on an image.

    A slab is always told; a plane without thickness where its pixel values are (C45): a length on it is one in the
    patient, and statistics of voxels are not of the plane.
    """
    made = record.measurement.figures[0].reconstruction
    has_values = any(value.dimension is Dimension.PIXEL_VALUE for value in record.values)
    has_values = has_values and not counts_voxels(record.measurement)
    return made.words if made is not None and (made.slab_mm or has_values) else ""
