"""How a measurement was seen when it was drawn, so that a jump to it shows it so again. No number depends on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from viewer_app.imaging.geometry import Vector
from viewer_app.imaging.headers import Window

_FUNCTIONS = frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID", "LUT"})


@dataclass(frozen=True, slots=True)
class Seen:
    """Window, inversion, zoom and pan.

    `window` None is the file's own; one of the file's VOI LUTs is named without its table, which stands in the file.
    `scale` is screen pixels per unit of the plane, None where the image fitted the view. `center` is the patient
    point (in the plane's unit) that was in the middle, None for the middle of the image. `inverted` is None where that
    is not known, or where it was seen in the colours of a map.
    """

    window: Window | None = None
    scale: float | None = None
    center: Vector | None = None
    inverted: bool | None = None


def seen_to_json(seen: Seen) -> dict[str, Any]:
    """As plain JSON values."""
    window = seen.window
    return {
        "window": window
        and {
            "center": window.center,
            "width": window.width,
            "explanation": window.explanation,
            "function": window.function,
        },
        "scale": seen.scale,
        "center": seen.center and list(seen.center),
        "inverted": seen.inverted,
    }


def seen_from_json(data: Mapping[str, Any]) -> Seen | None:
    """What `measurement_data` hold of it; None for none, and for what is damaged: no number depends on it."""
    found = data.get("seen")
    try:
        return None if found is None else _seen(found)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def _seen(data: Mapping[str, Any]) -> Seen:
    center = None if data["center"] is None else [_finite(number) for number in data["center"]]
    scale = None if data["scale"] is None else _finite(data["scale"])
    if (scale is not None and scale <= 0) or (center is not None and len(center) != 3):
        raise ValueError("no view")
    middle = None if center is None else (center[0], center[1], center[2])
    inverted = data.get("inverted")  # the first Caliper to keep views did not keep it
    if inverted is not None and not isinstance(inverted, bool):
        raise ValueError("no view")
    return Seen(_window(data["window"]), scale, middle, inverted)


def _window(data: Mapping[str, Any] | None) -> Window | None:
    if data is None:
        return None
    center, width = _finite(data["center"]), _finite(data["width"])
    function, explanation = data["function"], data["explanation"]
    if width <= 0 or function not in _FUNCTIONS or not isinstance(explanation, str):
        raise ValueError("no window")
    return Window(center, width, explanation, function)


def _finite(number: Any) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise ValueError("no number")
    return float(number)
