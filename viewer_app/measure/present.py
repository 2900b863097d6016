"""Numbers as a person reads them: a fixed count of decimals per unit, rounded half to even (C44)."""

from __future__ import annotations

from collections.abc import Sequence

from viewer_app.measure.quantity import Dimension, Value

THIN_SPACE = "\u2009"
MINUS = "\u2212"

_DECIMALS = {"mm": 1, "px": 1, "deg": 1, "HU": 0, "mm²": 1, "px²": 1, "mm³": 1, "px³": 1}
_SHORT = {"mean": "mean", "sd": "SD", "count": "n"}
_SHOWN_UNITS = {"deg": "°"}


def decimals(value: Value) -> int:
    """How many decimals a value is shown with; the stored number keeps them all."""
    if value.dimension is Dimension.COUNT:
        return 0
    if value.unit in _DECIMALS:
        return _DECIMALS[value.unit]
    return 0 if value.number is None or abs(value.number) >= 100 else 2


def shown(value: Value) -> str:
    """The number with its unit after a thin space, "–" where there is none."""
    if value.number is None:
        return "–"
    rounded = format(value.number, f".{decimals(value)}f")
    if float(rounded) == 0:
        rounded = rounded.lstrip("-")
    unit = _SHOWN_UNITS.get(value.unit, value.unit)
    gap = THIN_SPACE if unit and unit != "°" else ""
    return rounded.replace("-", MINUS) + gap + unit


def headline(values: Sequence[Value]) -> str:
    """The main value, as the label of a mark begins."""
    return shown(values[0])


def details(values: Sequence[Value], *, with_units: bool = True) -> str:
    """The further values on one line: "mean 41 HU · SD 12 HU · n 21"; "" where there are none."""
    parts = [
        f"{_SHORT[value.key]} {shown(value) if with_units else shown(value).partition(THIN_SPACE)[0]}"
        for value in values[1:]
        if value.key in _SHORT and value.number is not None
    ]
    return " · ".join(parts)


def caution(values: Sequence[Value]) -> str:
    """Why the main value, or else the others, should be read with care; "" if there is nothing to say."""
    return next((value.note for value in values if value.note), "")
